// The strips above the lanes: the whole run small, the axis, and states over time.

import { lastBefore } from "./dom.js";
import { palette, PLAIN, SMALL } from "./palette.js";
import { drawStrike } from "./shapes.js";
import { bars, sayMoment, story } from "./story.js";
import { span, view, whole } from "./view.js";

const BREAKER_LOOKS = { closed: "write", "half-open": "rejected", open: "unknown" };
const GAP = 3;
const TICK_PIXELS = 110;

export const OVERVIEW_HEIGHT = 34;

const strips = [
  { height: OVERVIEW_HEIGHT, name: () => ["whole run", ""], draw: drawOverview },
  { height: 20, name: () => ["", ""], draw: drawAxis },
  ...(story.phases.length ? [{ height: 17, name: (at) => ["phase", phaseAt(at)], draw: drawPhases }] : []),
  { height: 17, name: (at) => ["breaker", breakerAt(at)], draw: drawBreaker },
  { height: 30, name: permitsName, draw: drawPermits },
  ...story.quotas.map(quotaStrip),
  { height: 20, name: (at) => ["batches waiting", countAt(story.waiting, at)], draw: drawAllWaiting },
];

export const stripsHeight = strips.reduce((sum, strip) => sum + strip.height + GAP, GAP);

/** Draw all strips. */
export function drawStrips(context, scale) {
  let y = GAP;
  for (const strip of strips) {
    const box = { y, height: strip.height, bottom: y + strip.height };
    drawStripName(context, strip.name(view.cursor), box, scale.left);
    context.save();
    context.beginPath();
    context.rect(scale.left, y - GAP, scale.width, strip.height + GAP);
    context.clip();
    strip.draw(context, scale, box);
    context.restore();
    y = box.bottom + GAP;
  }
  drawFlags(context, scale);
}

function drawStripName(context, [name, value], box, width) {
  context.textBaseline = "middle";
  context.font = PLAIN;
  context.fillStyle = palette.muted;
  context.fillText(name, 8, box.y + box.height / 2 + 0.5);
  const room = width - 24 - context.measureText(name).width;
  context.fillStyle = palette.text;
  context.textAlign = "right";
  if (context.measureText(value).width < room) context.fillText(value, width - 8, box.y + box.height / 2 + 0.5);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
}

// The whole run: tries in flight, where faults struck, and the stretch that is shown.

function drawOverview(context, scale, box) {
  const perSecond = scale.width / (whole.to - whole.from);
  const x = (at) => scale.left + (at - whole.from) * perSecond;
  context.fillStyle = palette.sunken;
  context.fillRect(scale.left, box.y, scale.width, box.height);
  const most = Math.max(1, ...story.permits.map((step) => step[1]));
  const small = { ...scale, x, perSecond, from: whole.from, to: whole.to };
  drawSteps(context, small, box, story.permits, most * 1.4, palette.read);
  context.fillStyle = palette.struck;
  for (const bar of bars) if (bar.strike) context.fillRect(x(bar.strike.at) - 0.5, box.y, 1.5, 8);
  context.fillStyle = palette.accent;
  for (const bar of view.hits ?? []) context.fillRect(x(bar.from) - 1, box.bottom - 7, 2, 7);
  for (const [at, , isBroken] of story.remarks) {
    context.fillStyle = isBroken ? palette.struck : palette.refused;
    context.fillRect(x(at) - 1, box.y, 2, box.height);
  }
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.72;
  context.fillRect(scale.left, box.y, x(view.from) - scale.left, box.height);
  context.fillRect(x(view.to), box.y, scale.right - x(view.to), box.height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(x(view.from) + 1, box.y + 1, Math.max((view.to - view.from) * perSecond - 2, 3), box.height - 2);
}

function drawAxis(context, scale, box) {
  const step = tickSeconds(scale.width);
  context.fillStyle = palette.muted;
  context.font = SMALL;
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    const x = scale.x(at);
    context.fillRect(x, box.bottom - 5, 1, 5);
    const name = tickName(at, step);
    const width = context.measureText(name).width;
    context.fillText(name, x + 4 + width <= scale.right ? x + 4 : x - 4 - width, box.bottom - 6);
  }
}

/** Return 1, 2 or 5 times a power of ten, so that ticks stand well apart. */
function tickSeconds(width) {
  const least = (span() * TICK_PIXELS) / width;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least);
}

function tickName(at, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return `${(Math.abs(at) < step / 2 ? 0 : at).toFixed(digits)} s`;
}

/** Remarks stand as flags on the axis. */
function drawFlags(context, scale) {
  const y = GAP + OVERVIEW_HEIGHT + GAP;
  for (const [at, , isBroken] of story.remarks) {
    const x = scale.x(at);
    if (x < scale.left || x > scale.right) continue;
    context.fillStyle = isBroken ? palette.struck : palette.refused;
    context.fillRect(x - 1, y, 2, stripsHeight - y);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 11, y + 5);
    context.lineTo(x, y + 10);
    context.fill();
  }
}

// States: segments with their names in them.

function drawSegment(context, scale, box, [from, to, name, fill, ink]) {
  const x = Math.max(scale.x(from), scale.left);
  const end = Math.min(scale.x(to), scale.right);
  if (end <= scale.left || x >= scale.right) return;
  context.fillStyle = fill;
  context.fillRect(x, box.y, Math.max(end - x - 1, 1), box.height);
  context.font = PLAIN;
  context.fillStyle = ink;
  if (end - x > name.length * 6.5 + 8) context.fillText(name, x + 5, box.bottom - 5);
}

function drawPhases(context, scale, box) {
  story.phases.forEach(([name, from, to], index) => {
    const fill = palette[index % 2 ? "phase-odd" : "phase-even"];
    drawSegment(context, scale, box, [from, to ?? whole.to, name, fill, palette.text]);
  });
}

function phaseAt(at) {
  const index = at === null ? -1 : lastBefore(story.phases, at, (phase) => phase[1]);
  return index < 0 ? "" : story.phases[index][0];
}

function drawBreaker(context, scale, box) {
  const changes = story.breakers;
  const first = changes[0]?.[2] ?? "closed";
  const states = [[whole.from, null, null, first], ...changes];
  states.forEach(([from, , , state], index) => {
    const to = states[index + 1]?.[0] ?? whole.to;
    const isOpen = state !== "closed";
    const fill = isOpen ? palette[BREAKER_LOOKS[state] ?? "edge"] : palette.sunken;
    drawSegment(context, scale, box, [from, to, state, fill, isOpen ? palette["on-bar"] : palette.muted]);
  });
}

function breakerAt(at) {
  const index = at === null ? story.breakers.length - 1 : lastBefore(story.breakers, at, (one) => one[0]);
  return index < 0 ? "closed" : story.breakers[index][3];
}

// Counts: areas, with their limit as a line.

function drawSteps(context, scale, box, steps, most, colour) {
  const [from, to] = [scale.from ?? view.from, scale.to ?? view.to];
  context.fillStyle = colour;
  let [pixel, highest] = [null, 0];
  const flush = () => {
    const height = (Math.min(highest, most) / most) * box.height;
    if (pixel !== null && height > 0) context.fillRect(pixel, box.bottom - height, 1, height);
  };
  for (let i = Math.max(0, lastBefore(steps, from, (step) => step[0])); i < steps.length && steps[i][0] <= to; i += 1) {
    const start = Math.max(Math.floor(scale.x(steps[i][0])), scale.left);
    const end = Math.min(Math.floor(scale.x(steps[i + 1]?.[0] ?? story.duration)), scale.right);
    const height = (Math.min(steps[i][1], most) / most) * box.height;
    if (start === pixel) highest = Math.max(highest, steps[i][1]);
    else {
      flush();
      [pixel, highest] = [start, steps[i][1]];
    }
    if (end > start + 1) context.fillRect(start, box.bottom - height, end - start, height);
  }
  flush();
}

function drawLimit(context, scale, box, steps, most, valueOf) {
  context.strokeStyle = palette.struck;
  context.lineWidth = 1;
  context.beginPath();
  steps.forEach((step, index) => {
    const y = Math.round(box.bottom - (valueOf(step) / most) * box.height) + 0.5;
    const from = index === 0 ? whole.from : step[0];
    context.lineTo(scale.x(from), y);
    context.lineTo(scale.x(steps[index + 1]?.[0] ?? whole.to), y);
  });
  context.stroke();
}

function baseline(context, scale, box) {
  context.fillStyle = palette.sunken;
  context.fillRect(scale.left, box.y, scale.width, box.height);
}

function drawPermits(context, scale, box) {
  const most = Math.max(1, ...story.permits.map((step) => Math.max(step[1], step[2]))) * 1.15;
  baseline(context, scale, box);
  drawSteps(context, scale, box, story.permits, most, palette.read);
  drawLimit(context, scale, box, story.permits, most, (step) => step[2]);
}

function permitsName(at) {
  const index = at === null ? -1 : lastBefore(story.permits, at, (step) => step[0]);
  return ["in flight", index < 0 ? "" : `${story.permits[index][1]} of ${story.permits[index][2]}`];
}

function quotaStrip(quota) {
  const peak = Math.max(1, ...quota.steps.map((step) => step[1]));
  const isNear = quota.limit !== undefined && quota.limit !== null && quota.limit <= 3 * peak;
  const most = (isNear ? Math.max(quota.limit, peak) : peak) * 1.12;
  const name = (at) => [
    `${quota.kind}s in ${story.window} s`,
    `${at === null ? `peak ${peak}` : countAt(quota.steps, at)}${quota.limit === null ? "" : ` of ${quota.limit}`}`,
  ];
  const draw = (context, scale, box) => {
    baseline(context, scale, box);
    drawSteps(context, scale, box, quota.steps, most, palette.quota);
    if (isNear) drawLimit(context, scale, box, [[whole.from]], most, () => quota.limit);
  };
  return { height: 30, name, draw };
}

function drawAllWaiting(context, scale, box) {
  const most = Math.max(1, ...story.waiting.map((step) => step[1])) * 1.1;
  baseline(context, scale, box);
  drawSteps(context, scale, box, story.waiting, most, palette.lock);
}

function countAt(steps, at) {
  const index = at === null ? -1 : lastBefore(steps, at, (step) => step[0]);
  return at === null ? "" : index < 0 ? 0 : steps[index][1];
}
