// How things look: tries, waits, strikes, fates. The legend is drawn with the same strokes.

import { hatch, palette, SMALL } from "./palette.js";

const LEAST_WIDTH = 2.5;

/** Draw a try. Colour is never alone: what failed is hatched or only an outline. */
export function drawBar(context, look, x, width, y, height) {
  const wide = Math.max(width, LEAST_WIDTH);
  const solid = { write: palette.write, read: palette.read }[look];
  const rim = { rejected: palette.rejected, unknown: palette.unknown, "unknown-committed": palette.unknown }[look];
  if (solid) {
    context.fillStyle = solid;
    context.fillRect(x, y, wide, height);
  } else if (rim) {
    drawHatched(context, rim, x, wide, y, height);
    if (look === "unknown-committed") {
      context.fillStyle = palette.write;
      context.fillRect(x, y + height * 0.62, wide, height * 0.38);
    }
  } else {
    drawOutline(context, look, x, wide, y, height);
  }
}

function drawHatched(context, colour, x, width, y, height) {
  context.fillStyle = palette.surface;
  context.fillRect(x, y, width, height);
  context.fillStyle = width < 5 ? colour : hatch(context, colour);
  context.fillRect(x, y, width, height);
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  if (width > 4) context.strokeRect(x + 0.6, y + 0.6, width - 1.2, height - 1.2);
}

function drawOutline(context, look, x, width, y, height) {
  context.strokeStyle = { "not_sent": palette.rejected, "under-way": palette.unknown }[look] ?? palette.edge;
  context.lineWidth = 1.2;
  context.setLineDash(look === "untold" ? [] : [3, 2]);
  context.strokeRect(x + 0.6, y + 0.6, Math.max(width - 1.2, 1), height - 1.2);
  context.setLineDash([]);
}

/** Draw the waits before a try as one line, each part in its reason's colour, ending at `x`. */
export function drawWaits(context, waits, x, y, widthOf) {
  let end = x;
  for (const [reason, seconds] of waits.toReversed()) {
    const width = widthOf(seconds);
    context.fillStyle = palette[reason] ?? palette.edge;
    context.fillRect(end - width, y - 1, width, 2.5);
    end -= width;
  }
}

/** Draw a strike as a wedge that points at its moment; one that load brought about is hollow. */
export function drawStrike(context, x, y, isOrganic) {
  context.beginPath();
  context.moveTo(x - 4.5, y);
  context.lineTo(x + 4.5, y);
  context.lineTo(x, y + 7);
  context.closePath();
  context.fillStyle = isOrganic ? palette.surface : palette.struck;
  context.fill();
  context.lineWidth = 1.2;
  context.strokeStyle = isOrganic ? palette.struck : palette.surface;
  context.stroke();
}

/** Draw a fate: a disc for what was applied, a cross for what was not, a question for doubt, a diamond for a flaw. */
export function drawFate(context, fate, isFlawed, x, y) {
  if (isFlawed || fate === undefined) return drawDiamond(context, x, y);
  context.lineWidth = 1.8;
  context.beginPath();
  if (fate === "applied") {
    context.arc(x, y, 3.2, 0, 2 * Math.PI);
    context.fillStyle = palette.applied;
    return context.fill();
  }
  if (fate === "indeterminate") {
    context.fillStyle = palette.refused;
    context.font = `bold ${SMALL}`;
    return context.fillText("?", x - 3, y + 4);
  }
  context.strokeStyle = palette.refused;
  context.moveTo(x - 3, y - 3);
  context.lineTo(x + 3, y + 3);
  context.moveTo(x - 3, y + 3);
  context.lineTo(x + 3, y - 3);
  return context.stroke();
}

function drawDiamond(context, x, y) {
  context.beginPath();
  context.moveTo(x, y - 6);
  context.lineTo(x + 6, y);
  context.lineTo(x, y + 6);
  context.lineTo(x - 6, y);
  context.closePath();
  context.fillStyle = palette.struck;
  context.fill();
  context.fillStyle = palette.surface;
  context.font = `bold ${SMALL}`;
  context.fillText("!", x - 2.6, y + 4);
}

/** Draw a text, its end left out where it does not fit; return whether any of it did. */
export function drawText(context, text, x, y, width, charWidth) {
  const room = Math.floor(width / charWidth);
  if (room < 2) return false;
  context.fillText(text.length <= room ? text : `${text.slice(0, room - 1)}\u2026`, x, y);
  return true;
}
