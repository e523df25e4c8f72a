// The admin API of the server that this page came from. The token lives in this module and nowhere else.

let token = "";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function bear(newToken) {
  token = newToken;
}

export const hasToken = () => token !== "";

/** Ask; return the response. Throws Refused with the server's own words if it says no. */
export async function ask(method, path, body = undefined, signal = undefined) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, {
    method, headers, signal, cache: "no-store",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.ok) return response;
  throw new Refused(response.status, await wordsOf(response));
}

async function wordsOf(response) {
  const text = await response.text();
  try {
    return String(JSON.parse(text).error ?? text);
  } catch {
    return text || `The server answered ${response.status}.`;
  }
}
