// Requests as they end, each with its verdict, and those still under way.

import { titleOf } from "./decks.js";
import { byId, keep, make, mark, say } from "./dom.js";

const MOST_ROWS = 300;
const MOST_LIVE = 40;
const FRESH_FOR_MS = 700;
const ANNOUNCE_EVERY_MS = 2000;

let requestCount = 0;
let struckCount = 0;
let held = [];
let isPaused = false;
let unannounced = [];

/** Wire the list's own controls, and say aloud now and then what came. */
export function startRequests() {
  byId("pause").addEventListener("click", () => {
    isPaused = !isPaused;
    byId("pause").setAttribute("aria-pressed", String(isPaused));
    if (!isPaused) addRows(held.splice(0));
  });
  byId("only-struck").addEventListener("change", (event) => {
    byId("requests-panel").classList.toggle("only-struck", event.target.checked);
  });
  setInterval(announce, ANNOUNCE_EVERY_MS);
}

/** Take in lines of the ledger, oldest first. */
export function addRequests({ entries, skipped, skipped_struck: skippedStruck }) {
  requestCount += entries.length + skipped;
  struckCount += entries.filter((entry) => entry.fault).length + skippedStruck;
  say(byId("request-count"), String(requestCount));
  say(byId("struck-count"), String(struckCount));
  unannounced.push(...entries);
  if (isPaused) held = [...held, ...entries].slice(-MOST_ROWS);
  else addRows(entries);
}

export function forgetRequests() {
  [requestCount, struckCount, held, unannounced] = [0, 0, [], []];
  byId("requests").replaceChildren();
  addRequests({ entries: [], skipped: 0, skipped_struck: 0 });
}

function addRows(entries) {
  const rows = entries.map(row).reverse();
  byId("requests").prepend(...rows);
  while (byId("requests").children.length > MOST_ROWS) byId("requests").lastElementChild.remove();
  byId("no-requests").hidden = byId("requests").children.length > 0;
}

function row(entry) {
  const [kind, word, detail] = verdictOf(entry);
  const verdict = make("td", { className: "wide" }, make("span", { className: `verdict ${kind}` }, word));
  if (detail) verdict.append(make("span", { className: "hint", title: detail }, detail));
  const made = make("tr", { className: entry.fault ? "struck" : "" },
    make("td", {}, timeOf(entry.ended_at)), make("td", {}, shortName(entry.method)),
    make("td", {}, titleOf(entry.presentation_id)), make("td", { className: "number" }, String(entry.attempt ?? "")),
    make("td", { className: "number" }, entry.http_status === null ? "none" : String(entry.http_status)),
    verdict, make("td", { className: "number" }, spanOf(entry.duration_seconds)));
  mark(made, "fresh", FRESH_FOR_MS);
  return made;
}

/** Return a verdict's class, its word, and what else there is to say. */
function verdictOf(entry) {
  const fate = entry.committed ? "the edit landed" : "nothing changed";
  if (entry.fault) {
    const point = entry.point ? ` ${entry.point.replaceAll("_", " ")}` : "";
    return ["struck", `⚡ ${entry.fault}${point}`, `${entry.rule_id ?? entry.organic ?? ""}: ${fate}`];
  }
  if (entry.message) return ["refused", "refused", entry.message];
  if (!entry.committed) return ["", "answered", ""];
  const counted = entry.request_count === 1 ? "1 request" : `${entry.request_count} requests`;
  return ["applied", "applied", entry.request_count ? `${counted}, ${entry.occurrences} places` : ""];
}

/** Show the calls that are being served: how many, and the oldest of them. */
export function showLive(calls) {
  say(byId("live-count"), String(calls.length));
  keep(byId("live"), calls.slice(0, MOST_LIVE), (call) => call.key, () => make("li"), (item, call) => {
    const fault = call.fault ? ` ⚡ ${call.fault}` : "";
    item.classList.toggle("struck", Boolean(call.fault));
    say(item, `${shortName(call.method)} ${titleOf(call.presentation_id)} ${spanOf(call.age_seconds)}${fault}`);
  });
}

function announce() {
  const news = unannounced.splice(0);
  if (!news.length) return;
  const struck = news.filter((entry) => entry.fault);
  const last = struck.at(-1);
  const blow = last ? ` ${struck.length} struck, the last by ${last.fault} on ${titleOf(last.presentation_id)}.` : "";
  say(byId("announcer"), `${news.length} more ${news.length === 1 ? "request" : "requests"}.${blow}`);
}

const shortName = (method) => method.replace("presentations.", "");

function timeOf(seconds) {
  const date = new Date(seconds * 1000);
  const tenth = Math.floor(date.getMilliseconds() / 100);
  return `${date.toLocaleTimeString("en-GB")}.${tenth}`;
}

function spanOf(seconds) {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
