// The decks and their revisions; a struck deck says so at once.

import { byId, keep, make, mark, say } from "./dom.js";

const STRUCK_FOR_MS = 6000;
const EDITED_FOR_MS = 1500;

let onChoice = () => {};
let chosen = null;
const titles = new Map();

export function whenDeckIsChosen(listener) {
  onChoice = listener;
}

export const titleOf = (id) => titles.get(id) || id || "";

/** Show all decks; the first one is chosen until somebody chooses another. */
export function showDecks(decks) {
  titles.clear();
  for (const deck of decks) titles.set(deck.id, deck.title || "Untitled");
  keep(byId("decks"), decks, (deck) => deck.id, create, update);
  say(byId("deck-count"), decks.length ? String(decks.length) : "");
  byId("no-decks").hidden = decks.length > 0;
  if (!titles.has(chosen)) choose(decks[0]?.id ?? null);
}

function create(deck) {
  const button = make("button", { type: "button", className: "deck" },
    make("span", { className: "title" }), make("span", { className: "count" }),
    make("span", { className: "revision" }), make("span", { className: "blow", hidden: true }));
  button.addEventListener("click", () => choose(deck.id));
  return make("li", {}, button);
}

function update(item, deck) {
  const button = item.firstElementChild;
  const [title, count, revision] = button.children;
  say(title, titleOf(deck.id));
  say(count, deck.slide_count === 1 ? "1 slide" : `${deck.slide_count} slides`);
  if (button.dataset.revision && button.dataset.revision !== deck.revision_id) mark(button, "edited", EDITED_FOR_MS);
  button.dataset.revision = deck.revision_id;
  say(revision, `revision ${deck.revision_id}`);
  button.setAttribute("aria-pressed", String(deck.id === chosen));
  if (deck.id === chosen) onChoice(deck.id, deck.revision_id);
}

function choose(id) {
  chosen = id;
  for (const item of byId("decks").children) {
    item.firstElementChild.setAttribute("aria-pressed", String(item.dataset.key === id));
  }
  const button = buttonOf(id);
  onChoice(id, button?.dataset.revision ?? "");
}

const buttonOf = (id) => [...byId("decks").children].find((item) => item.dataset.key === id)?.firstElementChild;

/** Show that a call on a deck was struck. */
export function strikeDeck(entry) {
  const button = buttonOf(entry.presentation_id);
  if (!button) return;
  const blow = button.lastElementChild;
  say(blow, `⚡ ${entry.fault}${entry.committed ? ", after the edit landed" : ""}`);
  blow.hidden = false;
  button.dataset.struckBy = entry.fault;
  mark(button, "struck", STRUCK_FOR_MS);
  clearTimeout(button.blowTimer);
  button.blowTimer = setTimeout(() => { blow.hidden = true; }, STRUCK_FOR_MS);
}
