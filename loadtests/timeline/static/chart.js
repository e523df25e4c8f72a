// The chart: two canvases that are drawn again whenever what is looked at changes, and what lies where on them.

import { byId, say } from "./dom.js";
import { drawLanes, scaleOf, strikePlace } from "./lanes.js";
import { fit, readPalette } from "./palette.js";
import { allRows, rowIndexAt, rowOf, totalHeight, unfold } from "./rows.js";
import { search } from "./search.js";
import { sentence } from "./details.js";
import { drawStrips, stripsHeight } from "./strips.js";
import { sayMoment, story } from "./story.js";
import { bringIn, changed, span, view, whenViewChanges } from "./view.js";

const NEAR_PIXELS = 4;
const scroll = byId("lanes-scroll");

let isDue = false;

/** Draw at the next frame, once, however often it is asked for. */
export function draw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    drawNow();
  });
}

function drawNow() {
  const scale = chartScale();
  byId("lanes-room").style.height = `${Math.max(totalHeight(), 1)}px`;
  drawStrips(fit(byId("strips"), scale.right, stripsHeight), scale);
  const drawn = drawLanes(fit(byId("lanes"), scale.right, scroll.clientHeight), scale, scroll.scrollTop, scroll.clientHeight);
  byId("none-found").hidden = allRows().length > 0;
  const [from, to] = [Math.max(view.from, 0), Math.min(view.to, story.duration)];
  say(byId("window"), `${sayMoment(from, span())} \u2013 ${sayMoment(to, span())}`);
  Object.assign(byId("lanes").dataset, drawn, { from: view.from, to: view.to, left: scale.left });
}

/** Return how moments become places in the chart as wide as it is now. */
export function chartScale() {
  const width = scroll.clientWidth;
  const labels = Math.min(230, Math.round(width * 0.28));
  return scaleOf(labels, Math.max(width - labels, 1));
}

/** Return what is at a place of the lanes: the row, the moment, and the bar if there is one near enough. */
export function thingAt(x, y) {
  const row = allRows()[rowIndexAt(y + scroll.scrollTop)];
  const scale = chartScale();
  const at = view.from + (x - scale.left) / scale.perSecond;
  if (!row || y + scroll.scrollTop >= row.y + row.height) return { at };
  const isLabel = x < scale.left;
  return { at, row, isLabel, bar: row.kind === "lane" && !isLabel ? barNear(row.lane, x, scale) : undefined };
}

function barNear(lane, x, scale) {
  let [nearest, least] = [undefined, NEAR_PIXELS];
  for (const bar of lane.attempts) {
    const ends = [scale.x(bar.from), scale.x(bar.end)];
    if (bar.strike) ends.push(strikePlace(bar, scale));
    const distance = Math.max(Math.min(...ends) - x, x - Math.max(...ends), 0);
    if (distance <= least) [nearest, least] = [bar, distance];
  }
  return nearest;
}

/** Choose a bar, or nothing, and bring it into sight. */
export function choose(bar, { isSaid = true } = {}) {
  view.chosen = bar;
  if (bar) {
    bringIntoSight(bar);
    if (isSaid) say(byId("announcer"), sentence(bar));
  }
  changed();
}

function bringIntoSight(bar) {
  if (!rowOf(bar.lane)) {
    unfold(bar.lane.group);
    search();
  }
  const row = rowOf(bar.lane);
  if (row && (row.y < scroll.scrollTop || row.y + row.height > scroll.scrollTop + scroll.clientHeight)) {
    byId("lanes-room").style.height = `${totalHeight()}px`;
    scroll.scrollTop = row.y - scroll.clientHeight / 2;
  }
  bringIn(bar.from, bar.end);
}

/** Draw for the first time, and from then on whenever there is reason to. */
export function startChart() {
  readPalette();
  whenViewChanges(draw);
  scroll.addEventListener("scroll", draw);
  new ResizeObserver(draw).observe(byId("chart"));
}
