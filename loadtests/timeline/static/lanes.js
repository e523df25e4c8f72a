// The lanes: every row that can be seen, its labels, bars, waits, strikes and fates.

import { lastBefore } from "./dom.js";
import { palette, PLAIN, SMALL } from "./palette.js";
import { allRows, isClosed, rowIndexAt } from "./rows.js";
import { drawBar, drawFate, drawStrike, drawText, drawWaits } from "./shapes.js";
import { isWell, story } from "./story.js";
import { span, view } from "./view.js";

const CHAR = 6.65;
const BAR_HEIGHT = 12;
const WAITING_PIXELS = 2;

/** Return how moments become places between `left` and `left + width`. */
export function scaleOf(left, width) {
  const perSecond = width / span();
  return { left, width, right: left + width, perSecond, x: (at) => left + (at - view.from) * perSecond };
}

/** Draw the rows from `top` to `top + height`; return how many rows and bars there were to draw. */
export function drawLanes(context, scale, top, height) {
  const rows = allRows();
  const drawn = { rows: 0, bars: 0 };
  context.textBaseline = "alphabetic";
  for (let i = Math.max(0, rowIndexAt(top)); i < rows.length && rows[i].y < top + height; i += 1) {
    drawn.rows += 1;
    drawn.bars += drawRow(context, scale, rows[i], rows[i].y - top);
  }
  drawMoments(context, scale, height);
  return drawn;
}

function drawRow(context, scale, row, y) {
  const total = scale.left + scale.width;
  if (row.kind === "group") {
    context.fillStyle = palette.sunken;
    context.fillRect(0, y, total, row.height);
  } else if (view.chosen?.lane === row.lane) {
    context.fillStyle = palette["accent-ground"];
    context.fillRect(0, y, total, row.height);
  }
  context.fillStyle = palette.line;
  context.fillRect(0, y + row.height - 1, total, row.kind === "group" ? 1 : 0.5);
  context.save();
  context.beginPath();
  context.rect(scale.left, y, scale.width, row.height);
  context.clip();
  const count = DRAWERS[row.kind](context, scale, row, y);
  context.restore();
  drawLabel(context, scale, row, y);
  return count;
}

const DRAWERS = { group: drawGroup, lane: drawLane, operation: drawOperation };

function drawLabel(context, scale, row, y) {
  const indent = { group: 8, lane: 20, operation: 32 }[row.kind];
  const middle = y + row.height / 2 + 4;
  context.font = row.kind === "group" ? `bold ${SMALL}` : SMALL;
  context.fillStyle = row.kind === "operation" ? palette.muted : palette.text;
  if (row.kind === "lane" && row.lane.isWrong) context.fillStyle = palette.struck;
  drawText(context, labelOf(row), indent, middle, scale.left - indent - 8, CHAR);
}

function labelOf(row) {
  if (row.kind === "group") return `${isClosed(row.group) ? "\u25b8" : "\u25be"} ${row.group.label}`;
  if (row.kind === "operation") return `${row.operation.slide} ${row.operation.find}`;
  const count = row.lane.operations.length;
  return count > 1 ? `${row.lane.label} \u00d7${count}` : row.lane.label;
}

/** A group's row shows its lock: who has the presentation, and, hanging from above, how many wait for it. */
function drawGroup(context, scale, row, y) {
  const { group, height } = row;
  drawWaiting(context, scale, group.waiting ?? [], y);
  context.font = PLAIN;
  for (const [from, to, lane] of group.holds) {
    const [x, end] = [scale.x(from), scale.x(to)];
    if (end < scale.left || x > scale.right) continue;
    context.fillStyle = palette.surface;
    context.strokeStyle = palette.lock;
    context.lineWidth = 1;
    const width = Math.max(end - x - 1, 1);
    context.fillRect(x, y + height - 13, width, 11);
    context.strokeRect(x + 0.5, y + height - 12.5, Math.max(width - 1, 0.5), 10);
    const begin = Math.max(x, scale.left);
    context.fillStyle = palette.text;
    if (end - begin > 30) drawText(context, lane.label, begin + 4, y + height - 4, end - begin - 8, 6.2);
  }
  for (const [at] of group.refusals ?? []) drawFate(context, "not_sent", false, scale.x(at), y + height / 2);
  return 0;
}

function drawWaiting(context, scale, steps, y) {
  context.fillStyle = palette.lock;
  for (let i = Math.max(0, lastBefore(steps, view.from, (step) => step[0])); i < steps.length; i += 1) {
    const [at, count] = steps[i];
    if (at > view.to) break;
    const end = steps[i + 1]?.[0] ?? story.duration;
    if (count) context.fillRect(scale.x(at), y, Math.max((end - at) * scale.perSecond, 1), Math.min(count * WAITING_PIXELS, 12));
  }
}

function drawLane(context, scale, row, y) {
  const { lane } = row;
  const top = y + (row.height - BAR_HEIGHT) / 2 + 1;
  drawLife(context, scale, lane, top + BAR_HEIGHT / 2);
  let count = 0;
  for (const bar of lane.attempts) {
    const waited = bar.waits ? bar.waits.reduce((sum, [, seconds]) => sum + seconds, 0) : 0;
    if (bar.from - waited > view.to || Math.max(bar.end, bar.seen?.to ?? 0) < view.from) continue;
    count += 1;
    drawTry(context, scale, bar, top);
  }
  drawFates(context, scale, lane.operations, top + BAR_HEIGHT / 2);
  return count;
}

/** A thin line from the wish to its fate. */
function drawLife(context, scale, lane, y) {
  if (lane.operations.length === 0) return;
  const end = Math.max(...lane.operations.map((one) => one.to ?? story.duration));
  const from = Math.min(...lane.operations.map((one) => one.from));
  context.fillStyle = palette.line;
  context.fillRect(scale.x(from), y - 0.5, (end - from) * scale.perSecond, 1);
}

function drawTry(context, scale, bar, top) {
  const [x, width] = [scale.x(bar.from), (bar.end - bar.from) * scale.perSecond];
  context.globalAlpha = view.hits && !view.hits.has(bar) ? 0.28 : 1;
  if (bar.waits) drawWaits(context, bar.waits, x, top + BAR_HEIGHT / 2, (seconds) => seconds * scale.perSecond);
  if (bar.seen && bar.told) drawServerSide(context, scale, bar, top);
  drawBar(context, bar.look, x, width, top, BAR_HEIGHT);
  drawName(context, scale, bar, x, width, top);
  if (bar.strike) drawStrike(context, strikePlace(bar, scale), top - 4, bar.strike.organic);
  context.globalAlpha = 1;
  if (view.hits?.has(bar)) ring(context, x, width, top, palette.accent, 1.5);
  if (view.hovered === bar) ring(context, x, width, top, palette.text, 1.5);
  if (view.chosen === bar) ring(context, x, width, top, palette.accent, 3);
}

/** The server's work on a try, as a line under it: it may outlast the client's patience. */
function drawServerSide(context, scale, bar, top) {
  context.fillStyle = bar.seen.committed ? palette.applied : palette.muted;
  const [from, to] = [scale.x(bar.seen.from), scale.x(bar.seen.to)];
  context.fillRect(from, top + BAR_HEIGHT + 1, Math.max(to - from, 1), 1.5);
}

function drawName(context, scale, bar, x, width, top) {
  const begin = Math.max(x, scale.left);
  const room = Math.min(x + width, scale.right) - begin;
  if (room < 12 || bar.look === "untold") return;
  const isSolid = bar.look === "write" || bar.look === "read";
  if (!isSolid && room < 30) return;
  const text = room < 80 ? String(bar.n) : `${bar.n} ${bar.error ?? bar.call}`;
  context.font = SMALL;
  if (!isSolid) {
    context.fillStyle = palette.surface;
    context.fillRect(begin + 2, top + 1.5, Math.min(text.length * CHAR + 4, room - 4), BAR_HEIGHT - 3);
  }
  context.fillStyle = isSolid ? palette["on-bar"] : palette.text;
  drawText(context, text.padEnd(2), begin + 4, top + BAR_HEIGHT - 2.5, room - 4, CHAR);
}

/** Where a strike's wedge stands: at its moment, but never off its bar. */
export function strikePlace(bar, scale) {
  const at = bar.told ? Math.min(Math.max(bar.strike.at, bar.from), bar.end) : bar.strike.at;
  return scale.x(at);
}

function ring(context, x, width, top, colour, thickness) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.strokeRect(x - 2, top - 2, Math.max(width, 2.5) + 4, BAR_HEIGHT + 4);
}

/** One mark for all that ended alike at one moment; the worst is drawn last, and so on top. */
function drawFates(context, scale, operations, y) {
  const marks = new Map();
  for (const one of operations) marks.set(`${one.to} ${one.fate} ${one.flaw}`, one);
  const inOrder = [...marks.values()].sort((a, b) => Number(!isWell(a)) - Number(!isWell(b)));
  for (const one of inOrder) {
    const x = scale.x(one.to ?? story.duration) + 6;
    if (x > scale.left - 8 && x < scale.right + 8) drawFate(context, one.fate, one.flaw !== undefined, x, y);
  }
}

function drawOperation(context, scale, row, y) {
  const { operation } = row;
  const middle = y + row.height / 2;
  const [from, to] = [scale.x(operation.from), scale.x(operation.to ?? story.duration)];
  context.fillStyle = isWell(operation) ? palette.edge : palette.struck;
  context.fillRect(from, middle - 0.75, to - from, 1.5);
  drawFate(context, operation.fate, operation.flaw !== undefined, to, middle);
  return 0;
}

/** Moments go through all lanes: remarks, where a phase begins, where the pointer is. */
function drawMoments(context, scale, height) {
  const line = (at, colour, width, dash) => {
    const x = scale.x(at);
    if (x < scale.left || x > scale.right) return;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    context.setLineDash([]);
  };
  if (view.cursor !== null) line(view.cursor, palette.edge, 1, []);
  for (const [, from] of story.phases.slice(1)) line(from, palette.edge, 1, [1, 3]);
  for (const [at, , isBroken] of story.remarks) {
    if (isBroken) line(at, palette.struck, 2, []);
    else line(at, palette.refused, 1, [5, 3]);
  }
}
