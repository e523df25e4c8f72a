// Colours and type for the canvases, taken from the styles, so that light and dark are decided once.

const NAMES = [
  "ground", "surface", "sunken", "line", "edge", "text", "muted", "accent", "accent-ground", "struck", "struck-ground",
  "applied", "refused", "write", "read", "rejected", "unknown", "on-bar", "lock", "backoff", "quota", "slot", "breaker",
  "phase-even", "phase-odd",
];

export const palette = {};
export const SMALL = '11px ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace';
export const PLAIN = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

let hatches = new Map();

/** Read the colours that hold now. */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  for (const name of NAMES) palette[name] = style.getPropertyValue(`--${name}`).trim();
  hatches = new Map();
}

/** Return a fill of slanted lines. */
export function hatch(context, colour) {
  if (!hatches.has(colour)) hatches.set(colour, makeHatch(context, colour));
  return hatches.get(colour);
}

function makeHatch(context, colour) {
  const tile = Object.assign(document.createElement("canvas"), { width: 6, height: 6 });
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift - 1, 7);
    pen.lineTo(shift + 7, -1);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

/** Call `watcher` when the reader's preference for light or dark changes. */
export function whenSchemeChanges(watcher) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", watcher);
}

/** Fit a canvas to a size in CSS pixels; return its context, in which one unit is one of them. */
export function fit(canvas, width, height) {
  const scale = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) {
    Object.assign(canvas, { width: wide, height: high });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
