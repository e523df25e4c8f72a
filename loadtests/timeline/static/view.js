// Where one looks: a window in time, what is chosen, what the pointer is over, what was searched for.

import { bars, story } from "./story.js";

const LEAST_SECONDS = 0.002;
const MARGIN = 0.015;

const first = Math.min(0, bars[0]?.from ?? 0);
const last = Math.max(story.duration, ...bars.slice(-50).map((bar) => bar.end), first + LEAST_SECONDS);
const margin = (last - first) * MARGIN;

/** The whole run, with room beside it. */
export const whole = { from: first - margin, to: last + margin };

export const view = { ...whole, chosen: null, hovered: null, cursor: null, hits: null };

const watchers = [];

/** Call `watcher` whenever what is looked at has changed. */
export const whenViewChanges = (watcher) => watchers.push(watcher);

export const changed = () => watchers.forEach((watcher) => watcher());

export const span = () => view.to - view.from;

/** Look at a stretch, as far as there is anything to see. */
export function look(from, to) {
  const wanted = Math.min(Math.max(to - from, LEAST_SECONDS), whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - wanted);
  Object.assign(view, { from: start, to: start + wanted });
  changed();
}

export const lookAtAll = () => look(whole.from, whole.to);

export const pan = (seconds) => look(view.from + seconds, view.to + seconds);

/** Zoom, so that the moment `at` stays where it is; a factor below 1 shows less time. */
export function zoom(factor, at = (view.from + view.to) / 2) {
  const wanted = Math.min(Math.max(span() * factor, LEAST_SECONDS), whole.to - whole.from);
  const share = (at - view.from) / span();
  look(at - share * wanted, at + (1 - share) * wanted);
}

/** Bring a stretch into the window; zoom only if it is too long for it. */
export function bringIn(from, to) {
  if (from >= view.from && to <= view.to) return;
  const wanted = Math.max(span(), (to - from) * 1.5);
  lookAround((from + to) / 2, wanted);
}

/** Look at a moment, with so many seconds around it. */
export const lookAround = (at, seconds) => look(at - seconds / 2, at + seconds / 2);
