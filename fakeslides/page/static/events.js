// Server-sent events over fetch, because EventSource cannot send the token as a header.

import { ask, Refused } from "./admin.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
// The server gives a sign of life every second; a machine that slept may hold a connection that is long dead.
const SILENCE_MS = 6000;

/**
 * Follow the server's events for ever, and come back after every break.
 * `handlers` maps an event's name to a function of its data; `onLink` hears "live", "lost" or "refused".
 */
export async function follow(handlers, onLink) {
  let wait = FIRST_WAIT_MS;
  for (;;) {
    const giveUp = new AbortController();
    try {
      const response = await ask("GET", "/events", undefined, giveUp.signal);
      onLink("live");
      wait = FIRST_WAIT_MS;
      await readAll(response.body, handlers, giveUp);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return onLink("refused");
    }
    onLink("lost");
    await new Promise((wake) => setTimeout(wake, wait));
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}

async function readAll(stream, handlers, giveUp) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const silence = setTimeout(() => giveUp.abort(), SILENCE_MS);
    const { value, done } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) dispatch(block, handlers);
  }
}

function dispatch(block, handlers) {
  const fields = new Map(block.split("\n").map((line) => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  }));
  const handler = handlers[fields.get("event")];
  if (handler) handler(JSON.parse(fields.get("data")));
}
