// What is searched for: lanes that fit, and the bars in them that do.

import { byId, say } from "./dom.js";
import { layOut } from "./rows.js";
import { lanes } from "./story.js";
import { changed, view } from "./view.js";

/** Search again for what the controls say, and lay out the lanes that are to be shown. */
export function search() {
  const terms = byId("query").value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!terms.length) view.hits = null;
  const fitting = terms.length ? fittingLanes(terms) : null;
  const isHidden = fitting !== null && byId("only-hits").checked;
  const onlyTrouble = byId("only-trouble").checked;
  layOut((lane, group) => {
    if (lane === null) return refusalFits(group, terms) || !isHidden;
    return !(isHidden && !fitting.has(lane)) && !(onlyTrouble && !lane.isTroubled);
  });
  say(byId("found"), fitting === null ? "" : foundWords(fitting.size, view.hits.size));
  changed();
}

/** Search for `text`, as if it had been typed. */
export function searchFor(text) {
  byId("query").value = text;
  search();
}

function fittingLanes(terms) {
  view.hits = new Set();
  const fitting = new Set();
  for (const lane of lanes) {
    const hits = lane.attempts.filter((bar) => fits(terms, bar.words, lane.words));
    for (const bar of hits) view.hits.add(bar);
    if (hits.length || fits(terms, lane.fateWords, lane.words)) fitting.add(lane);
  }
  return fitting;
}

const fits = (terms, ...texts) => terms.every((term) => texts.some((text) => text.includes(term)));

const refusalFits = (group, terms) =>
  fits(terms, group.label.toLowerCase(), ...group.refusals.map(([, says]) => says.toLowerCase()));

function foundWords(laneCount, barCount) {
  return `${laneCount} ${laneCount === 1 ? "lane" : "lanes"}, ${barCount} ${barCount === 1 ? "try" : "tries"}`;
}

/** Listen to the controls. */
export function startSearch() {
  for (const name of ["query", "only-hits", "only-trouble"]) {
    byId(name).addEventListener("input", search);
  }
}
