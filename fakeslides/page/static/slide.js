// The picture of a slide: which one is shown, and when it is drawn anew.

import { ask } from "./admin.js";
import { byId, make, mark, say } from "./dom.js";
import { drawSlide, textsOf } from "./drawing.js";

const CHANGED_FOR_MS = 1700;

let shown = { id: null, revision: null };
let wanted = shown;
let isFetching = false;
let deck = null;
let number = 0;

export function startSlide() {
  byId("previous-slide").addEventListener("click", () => turn(-1));
  byId("next-slide").addEventListener("click", () => turn(1));
  draw();
}

/** Show a deck; asked again with another revision, fetch it again. One fetch at a time, and the last wish wins. */
export function showSlideOf(id, revision) {
  wanted = { id, revision };
  if (!isFetching) fetchWanted();
}

async function fetchWanted() {
  isFetching = true;
  while (wanted.id !== shown.id || wanted.revision !== shown.revision) {
    const { id, revision } = wanted;
    const isOther = id !== shown.id;
    try {
      deck = id === null ? null : await (await ask("GET", `/presentations/${encodeURIComponent(id)}`)).json();
    } catch {
      deck = null; // it is gone, or the server is; the next state tells
    }
    shown = { id, revision };
    if (isOther) number = 0;
    draw(!isOther);
  }
  isFetching = false;
}

function turn(step) {
  number += step;
  draw();
}

function draw(isSameSlide = false) {
  const slides = deck?.slides ?? [];
  number = Math.max(0, Math.min(number, slides.length - 1));
  byId("previous-slide").disabled = number === 0;
  byId("next-slide").disabled = number >= slides.length - 1;
  say(byId("slide-number"), slides.length ? `${number + 1} of ${slides.length}` : "0 of 0");
  say(byId("slide-title"), deck?.title || "Slide");
  if (!slides.length) {
    byId("picture").replaceChildren(make("p", { className: "empty" }, "No slide to show."));
    return;
  }
  const before = isSameSlide ? textsOf(byId("picture")) : null;
  const picture = drawSlide(deck, slides[number]);
  picture.setAttribute("aria-label", `Slide ${number + 1} of ${slides.length}: ${[...textsOf(picture).values()].join("; ")}`);
  byId("picture").replaceChildren(picture);
  if (before) markChanges(picture, before);
}

function markChanges(picture, before) {
  const after = textsOf(picture);
  for (const part of picture.querySelectorAll("[data-text-of]")) {
    const id = part.dataset.textOf;
    if (before.has(id) && before.get(id) !== after.get(id)) mark(part, "changed", CHANGED_FOR_MS);
  }
}
