// The story, as it was written into the page, and what is derived from it once.

import { byId } from "./dom.js";

export const story = JSON.parse(byId("story").textContent);

/** All lanes in order, each knowing its group, its bars and its words. */
export const lanes = [];

/** All tries, in the order of their beginnings. */
export const bars = [];

for (const group of story.groups) {
  group.label = group.id ?? "of no presentation";
  for (const lane of group.lanes ?? []) {
    Object.assign(lane, { group, label: shortName(lane.id, group.id), attempts: lane.attempts ?? [] });
    lane.operations ??= [];
    lane.words = words(group.id, lane.id, ...lane.operations.flatMap((one) => [one.id, one.find, one.replace]));
    lane.fateWords = words(...lane.operations.flatMap((one) => [one.fate, one.says]));
    for (const bar of lane.attempts) derive(bar, lane);
    lane.from = Math.min(...lane.operations.map((one) => one.from), ...lane.attempts.map((bar) => bar.from));
    lane.isWrong = !lane.operations.every(isWell);
    lane.isTroubled = lane.isWrong || lane.attempts.some(isTrouble);
    lanes.push(lane);
    bars.push(...lane.attempts);
  }
  group.holds = (group.lanes ?? []).flatMap((lane) =>
    (lane.turns ?? []).filter((turn) => turn[1] !== null).map((turn) => [turn[1], turn[2] ?? story.duration, lane]));
}
bars.sort((a, b) => a.from - b.from);

function derive(bar, lane) {
  bar.lane = lane;
  bar.end = bar.to ?? story.duration;
  bar.look = lookOf(bar);
  bar.words = words(
    bar.method, bar.call, bar.outcome, bar.error, bar.text, bar.says, bar.status, bar.tls && "tls",
    bar.strike?.name, bar.strike?.says, bar.strike?.identity, bar.seen?.message,
  );
}

function lookOf(bar) {
  if (!bar.told) return "untold";
  if (bar.outcome === undefined) return "under-way";
  if (bar.outcome === "answered") return bar.call === "write" ? "write" : "read";
  if (bar.outcome === "unknown" && bar.seen?.committed) return "unknown-committed";
  return bar.outcome;
}

/** A try that did not go as it should, whoever is to blame. */
export function isTrouble(bar) {
  return bar.strike !== undefined || (bar.told === true && bar.outcome !== "answered");
}

/** An edit that landed once, as it was told. */
export function isWell(operation) {
  return operation.fate === "applied" && operation.flaw === undefined;
}

function words(...parts) {
  return parts.filter(Boolean).join("\n").toLowerCase();
}

/** Leave out of a lane's name what its group's says already. */
export function shortName(name, groupName) {
  return groupName && name.startsWith(`${groupName}/`) ? name.slice(groupName.length + 1) : name;
}

/** Say a moment, with digits that fit the stretch that is shown. */
export function sayMoment(at, span = 1) {
  const digits = span > 50 ? 0 : span > 5 ? 1 : span > 0.5 ? 2 : 3;
  return `${at.toFixed(digits)} s`;
}

/** Say a span with as many digits as it deserves. */
export function saySpan(seconds) {
  if (seconds < 0.1) return `${Number((1000 * seconds).toPrecision(3))} ms`;
  return `${seconds.toFixed(seconds < 10 ? 2 : seconds < 100 ? 1 : 0)} s`;
}
