// Pointer, wheel, keys and buttons.

import { chartScale, choose, draw, thingAt } from "./chart.js";
import { byId, say } from "./dom.js";
import { openAll, toggle, allRows } from "./rows.js";
import { search, searchFor } from "./search.js";
import { bars, isTrouble } from "./story.js";
import { OVERVIEW_HEIGHT } from "./strips.js";
import { changed, look, lookAround, lookAtAll, pan, span, view, whole, zoom } from "./view.js";

const STEP = 1.5;
const WHEEL_SHARE = 0.0016;
const CLICK_PIXELS = 4;
const PAN_SHARE = 0.2;

/** Listen. */
export function startControls() {
  startButtons();
  startPointer();
  startOverview();
  for (const name of ["strips", "lanes-scroll"]) byId(name).addEventListener("wheel", onWheel, { passive: false });
  byId("lanes-scroll").addEventListener("keydown", onKey);
  document.addEventListener("keydown", onKeyAnywhere);
}

function startButtons() {
  const actions = {
    "zoom-in": () => zoom(1 / STEP, middle()),
    "zoom-out": () => zoom(STEP, middle()),
    "zoom-all": lookAtAll,
    "next-trouble": () => goToTrouble(1),
    "previous-trouble": () => goToTrouble(-1),
  };
  for (const [name, action] of Object.entries(actions)) byId(name).addEventListener("click", action);
  byId("toolbar").addEventListener("submit", (event) => {
    event.preventDefault();
    goToNext(1, (bar) => view.hits?.has(bar));
  });
  byId("all-operations").addEventListener("input", (event) => {
    openAll(event.target.checked);
    search();
  });
}

/** Where to zoom if nobody points: at what is chosen and seen, or in the middle. */
function middle() {
  const at = view.chosen && (view.chosen.from + view.chosen.end) / 2;
  return at !== null && at > view.from && at < view.to ? at : (view.from + view.to) / 2;
}

// The wheel: over the strips, or with Ctrl, it zooms; with Shift, or sideways, it moves in time; else it scrolls.

function onWheel(event) {
  const scale = chartScale();
  const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
  const room = byId("lanes-scroll");
  const isIdle = room.scrollHeight <= room.clientHeight + 1;
  const isZoom = event.ctrlKey || event.metaKey || event.altKey || event.currentTarget.id === "strips" || isIdle;
  if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
    pan(sideways / scale.perSecond);
  } else if (isZoom) {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    zoom(Math.exp(event.deltaY * WHEEL_SHARE), view.from + (x - scale.left) / scale.perSecond);
  } else {
    return;
  }
  event.preventDefault();
}

// The pointer: drag to move in time, click to choose, point to be told.

function startPointer() {
  const canvas = byId("lanes");
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { x: event.clientX, from: view.from, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag) moveBy(drag, event);
    else point(event);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag && !drag.moved) click(event);
    drag = null;
  });
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointerleave", () => showTip(null));
  canvas.addEventListener("dblclick", (event) => {
    const { bar } = thingAt(event.offsetX, event.offsetY);
    if (bar) lookClosely(bar);
  });
  byId("strips").addEventListener("pointermove", (event) => {
    view.cursor = view.from + (event.offsetX - chartScale().left) / chartScale().perSecond;
    changed();
  });
}

const lookClosely = (bar) => lookAround((bar.from + bar.end) / 2, (bar.end - bar.from) * 3);

function moveBy(drag, event) {
  const pixels = event.clientX - drag.x;
  drag.moved ||= Math.abs(pixels) > CLICK_PIXELS;
  if (!drag.moved) return;
  const from = drag.from - pixels / chartScale().perSecond;
  look(from, from + span());
}

function click(event) {
  const { row, bar, isLabel } = thingAt(event.offsetX, event.offsetY);
  byId("lanes-scroll").focus({ preventScroll: true, focusVisible: false });
  if (row && (isLabel || row.kind === "group")) {
    toggle(row.kind === "group" ? row.group : row.lane);
    search();
  } else {
    choose(bar ?? null);
  }
}

function point(event) {
  const { at, row, bar, isLabel } = thingAt(event.offsetX, event.offsetY);
  Object.assign(view, { cursor: isLabel ? null : at, hovered: bar ?? null });
  const label = row && isLabel ? (row.operation?.says ? `${row.operation.id}\n${row.operation.says}` : row.lane?.id ?? row.group.label) : null;
  showTip(bar ? `${bar.call} #${bar.n}: ${bar.says}` : label, event);
  changed();
}

function showTip(words, event) {
  const tip = byId("tip");
  tip.hidden = !words;
  if (!words) {
    view.hovered = null;
    return draw();
  }
  say(tip, words.length > 400 ? `${words.slice(0, 399)}\u2026` : words);
  const room = byId("chart").getBoundingClientRect();
  const [x, y] = [event.clientX - room.left, event.clientY - room.top];
  const left = Math.max(4, Math.min(x + 12, room.width - tip.offsetWidth - 8));
  const top = y + 18 + tip.offsetHeight > room.height ? y - tip.offsetHeight - 10 : y + 18;
  return Object.assign(tip.style, { transform: `translate(${left}px, ${top}px)` });
}

// The whole run, small: press or drag there to move the window.

function startOverview() {
  const canvas = byId("strips");
  let offset = null;
  const momentAt = (event) => {
    const scale = chartScale();
    return whole.from + ((event.offsetX - scale.left) / scale.width) * (whole.to - whole.from);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (event.offsetY > OVERVIEW_HEIGHT + 4) {
      offset = { x: event.clientX, from: view.from };
      return;
    }
    const at = momentAt(event);
    const isInside = at > view.from && at < view.to && span() < 0.98 * (whole.to - whole.from);
    offset = { grip: isInside ? at - view.from : span() / 2 };
    look(at - offset.grip, at - offset.grip + span());
  });
  canvas.addEventListener("pointermove", (event) => {
    if (offset?.grip !== undefined) look(momentAt(event) - offset.grip, momentAt(event) - offset.grip + span());
    else if (offset) moveBy(Object.assign(offset, { moved: true }), event);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { offset = null; });
}

// Keys.

const KEYS = {
  ArrowLeft: (event) => (event.shiftKey ? pan(-PAN_SHARE * span()) : besides(-1)),
  ArrowRight: (event) => (event.shiftKey ? pan(PAN_SHARE * span()) : besides(1)),
  ArrowUp: () => otherLane(-1),
  ArrowDown: () => otherLane(1),
  Home: () => choose(bars[0] ?? null),
  End: () => choose(bars.at(-1) ?? null),
  "+": () => zoom(1 / STEP, middle()),
  "=": () => zoom(1 / STEP, middle()),
  "-": () => zoom(STEP, middle()),
  0: lookAtAll,
  z: () => view.chosen && lookClosely(view.chosen),
  n: () => goToTrouble(1),
  p: () => goToTrouble(-1),
  Enter: () => view.chosen && byId("details").focus(),
  " ": () => view.chosen && openChosen(),
};

function onKey(event) {
  const action = KEYS[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action(event);
}

function onKeyAnywhere(event) {
  const isTyping = event.target.matches("input[type='search']");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    byId("query").focus();
  } else if (event.key === "Escape") {
    if (isTyping && byId("query").value) return searchFor("");
    choose(null);
    byId("lanes-scroll").focus();
  }
  return undefined;
}

function openChosen() {
  toggle(view.chosen.lane);
  search();
}

const laneRows = () => allRows().filter((row) => row.kind === "lane" && row.lane.attempts.length);

function besides(step) {
  const tries = view.chosen?.lane.attempts;
  if (!tries) return choose(firstShown());
  const next = tries[tries.indexOf(view.chosen) + step];
  return next && choose(next);
}

function firstShown() {
  return bars.find((bar) => bar.end >= view.from && laneRows().some((row) => row.lane === bar.lane)) ?? null;
}

function otherLane(step) {
  if (!view.chosen) return choose(firstShown());
  const rows = laneRows();
  const next = rows[rows.findIndex((row) => row.lane === view.chosen.lane) + step];
  if (!next) return undefined;
  const distance = (bar) => Math.abs(bar.from - view.chosen.from);
  return choose(next.lane.attempts.reduce((best, bar) => (distance(bar) < distance(best) ? bar : best)));
}

/** Choose the next try that went wrong, among those that are shown and found. */
const goToTrouble = (step) => goToNext(step, (bar) => isTrouble(bar) && (!view.hits || view.hits.has(bar)));

function goToNext(step, isWanted) {
  const shown = new Set(laneRows().map((row) => row.lane));
  const wanted = bars.filter((bar) => shown.has(bar.lane) && isWanted(bar));
  const here = view.chosen ? wanted.indexOf(view.chosen) : -1;
  if (here >= 0) return choose(wanted[(here + step + wanted.length) % wanted.length]);
  const from = view.chosen?.from ?? view.from;
  const ahead = step > 0 ? wanted.find((bar) => bar.from >= from) : wanted.findLast((bar) => bar.from < from);
  return choose(ahead ?? (step > 0 ? wanted[0] : wanted.at(-1)) ?? null);
}
