// What stands beside the chart: moments to jump to, what the run comes to, rules to find, the legend.

import { byId, make, say } from "./dom.js";
import { fit } from "./palette.js";
import { searchFor } from "./search.js";
import { drawBar, drawFate, drawStrike, drawWaits } from "./shapes.js";
import { bars, lanes, sayMoment, story } from "./story.js";
import { choose } from "./chart.js";
import { lookAround, span, view } from "./view.js";

const MOST_FLAWS = 50;
const SWATCH = { width: 50, height: 18 };

/** Fill the header and the lists. */
export function startMoments() {
  say(byId("scene"), story.scene);
  say(byId("promise"), story.promise);
  say(byId("size"), story.size);
  const moments = allMoments();
  showVerdict(moments);
  byId("moments").replaceChildren(...moments.map((moment) => make("li", {}, momentButton(moment))));
  byId("no-moments").hidden = moments.length > 0;
  byId("summary").replaceChildren(
    ...story.summary.flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, words)]),
  );
  byId("rules").replaceChildren(...ruleButtons());
}

function showVerdict(moments) {
  const broken = story.remarks.filter((remark) => remark[2]).length;
  const flaws = moments.filter((moment) => moment.lane).length;
  const promises = broken === 1 ? "promise" : "promises";
  const words = broken ? `${broken} ${promises} broken` : flaws ? "reports and ledger differ" : "nothing broke";
  byId("verdict").className = broken ? "pill broken" : flaws ? "pill doubtful" : "pill";
  say(byId("verdict"), words);
}

/** Remarks, calls that were refused, and edits whose report contradicts the ledger, in order. */
function allMoments() {
  const remarks = story.remarks.map(([at, text, isBroken]) => ({ at, text, kind: isBroken ? "broken" : "remark" }));
  const refusals = story.groups.flatMap((group) =>
    (group.refusals ?? []).map(([at, says]) => ({ at, text: `${group.label}: call ended, ${says}`, kind: "odd" })));
  const flaws = lanes.flatMap((lane) => lane.operations.filter((one) => one.flaw).map((one) => (
    { at: one.to ?? story.duration, text: `${one.id}: ${one.says}`, kind: "odd", lane }
  )));
  return [...remarks, ...refusals, ...flaws.slice(0, MOST_FLAWS)].sort((a, b) => a.at - b.at);
}

function momentButton(moment) {
  const button = make("button", { type: "button", className: moment.kind },
    make("span", { className: "at" }, sayMoment(moment.at, 0)), make("span", {}, moment.text));
  button.addEventListener("click", () => jump(moment));
  return button;
}

/** Go where it happened: the moment in the middle, and its lane's last try chosen, if it has one. */
function jump(moment) {
  const wanted = Math.min(span(), Math.max(story.duration / 8, 1));
  view.cursor = moment.at;
  lookAround(moment.at, wanted);
  const bar = moment.lane?.attempts.at(-1);
  if (bar) choose(bar, { isSaid: false });
  say(byId("announcer"), `${sayMoment(moment.at, 0)}: ${moment.text}`);
}

function ruleButtons() {
  const counts = new Map();
  for (const bar of bars) if (bar.strike) counts.set(bar.strike.name, (counts.get(bar.strike.name) ?? 0) + 1);
  return [...counts].map(([name, count]) => {
    const button = make("button", { type: "button" }, `${name} \u00d7${count}`);
    button.addEventListener("click", () => searchFor(byId("query").value === name ? "" : name));
    return button;
  });
}

const swatch = (kind) => (context) => drawBar(context, kind, 6, 38, 3, 12);
const LEGEND = [
  ["write that was answered", swatch("write")],
  ["read that was answered", swatch("read")],
  ["refused by the server", swatch("rejected")],
  ["no trustworthy answer", swatch("unknown")],
  ["no trustworthy answer, yet committed", swatch("unknown-committed")],
  ["never sent", swatch("not_sent")],
  ["under way when the run ended", swatch("under-way")],
  ["only the server tells of it", swatch("untold")],
  ["a rule's fault; hollow: brought about by load", (context) => {
    drawStrike(context, 15, 5, false);
    drawStrike(context, 35, 5, true);
  }],
  ["waited for: lock, quota, slot, backoff, breaker", (context) => {
    const waits = ["lock", "quota", "slot", "backoff", "breaker"].map((reason) => [reason, 1]);
    drawWaits(context, waits, 45, 9, () => 8);
  }],
  ["all applied", (context) => drawFate(context, "applied", false, 25, 9)],
  ["not applied; not known", (context) => {
    drawFate(context, "rejected", false, 15, 9);
    drawFate(context, "indeterminate", false, 35, 9);
  }],
  ["report and ledger differ, or no fate", (context) => drawFate(context, "applied", true, 25, 9)],
];

/** Draw the legend, with the strokes of the chart. */
export function drawLegend() {
  byId("legend").replaceChildren(...LEGEND.map(([words, draw]) => {
    const canvas = make("canvas", { ariaHidden: "true" });
    draw(fit(canvas, SWATCH.width, SWATCH.height));
    return make("li", {}, canvas, make("span", {}, words));
  }));
}
