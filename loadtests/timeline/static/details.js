// All there is to say of the chosen try.

import { byId, make } from "./dom.js";
import { isWell, sayMoment, saySpan } from "./story.js";
import { view, whenViewChanges } from "./view.js";

const EMPTY = "Choose a bar: by a click, or with the arrow keys in the timeline.";
const MOST_OPERATIONS = 60;

let shown = null;

/** Follow what is chosen. */
export function startDetails() {
  whenViewChanges(() => {
    if (view.chosen === shown) return;
    shown = view.chosen;
    byId("details").replaceChildren(...(shown ? detailsOf(shown) : [make("p", { className: "empty" }, EMPTY)]));
  });
}

/** Say in a sentence what a bar is, for who hears the page. */
export function sentence(bar) {
  return `${bar.call} ${bar.n} of ${bar.lane.id}, at ${sayMoment(bar.from, 0)}: ${bar.says}`;
}

function detailsOf(bar) {
  return [
    make("p", { className: `what ${bar.tone}` }, `${bar.call} #${bar.n}: ${inShort(bar)}`),
    pairs(clientSide(bar)),
    ...(bar.strike ? [make("h3", {}, "Struck"), pairs(strikeRows(bar))] : []),
    make("h3", {}, "The server's side"),
    bar.seen ? pairs(serverSide(bar)) : make("p", { className: "empty" }, "It never saw this try."),
    ...operationsOf(bar),
  ];
}

/** What its error says at length stands below. */
function inShort(bar) {
  const end = `: ${bar.error}: ${bar.text}`;
  return bar.says.endsWith(end) ? bar.says.slice(0, -end.length) : bar.says;
}

const exact = (at) => `${at.toFixed(6)} s`;

function clientSide(bar) {
  return [
    ["presentation", bar.lane.group.id],
    ["lane", bar.lane.id],
    ["method", bar.method],
    ["try", bar.n],
    ["sent", exact(bar.from)],
    ["ended", bar.to === undefined ? "not before the run did" : exact(bar.to)],
    ["took", saySpan(bar.end - bar.from)],
    ["outcome", bar.outcome ?? "never told"],
    ["status", bar.status],
    ["error", bar.error],
    ["text", bar.text],
    ["TLS", bar.tls && "TLS was what broke"],
    ["trial", bar.trial && "of a half-open breaker"],
    ["waited", bar.waits?.map(([reason, seconds]) => `${reason} ${saySpan(seconds)}`).join("\n")],
  ];
}

const strikeRows = (bar) => [
  [bar.strike.organic ? "cause" : "rule", bar.strike.name],
  ["fault", bar.strike.says !== bar.strike.name && bar.strike.says],
  ["at", exact(bar.strike.at)],
  ["on", bar.strike.identity],
];

const serverSide = (bar) => [
  ["arrived", exact(bar.seen.from)],
  ["done", exact(bar.seen.to)],
  ["answered", bar.seen.status ?? "no whole answer"],
  ["committed", bar.seen.committed ? "yes" : "no"],
  ["replaced", bar.seen.committed && `${bar.seen.replaced} matches`],
  ["revision", bar.seen.committed && `${bar.seen.before} \u2192 ${bar.seen.after}`],
  ["message", bar.seen.message],
  ["connection", bar.seen.connection],
  ["user", bar.seen.user],
];

function pairs(rows) {
  const said = rows.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== "");
  const parts = said.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]);
  return make("dl", { className: "pairs" }, ...parts);
}

function operationsOf(bar) {
  const { operations } = bar.lane;
  if (!operations.length) return [];
  const items = operations.slice(0, MOST_OPERATIONS).map((one) => {
    const fate = make("span", { className: isWell(one) ? "fate" : "fate wrong" }, one.says);
    const when = one.to === undefined ? "" : `, at ${sayMoment(one.to, 0)}`;
    return make("li", {}, `${one.id}: \u201c${one.find}\u201d \u2192 \u201c${one.replace ?? ""}\u201d: `, fate, when);
  });
  const rest = operations.length - items.length;
  if (rest > 0) items.push(make("li", {}, `and ${rest} more`));
  return [make("h3", {}, `Operations of the batch (${operations.length})`), make("ul", {}, ...items)];
}
