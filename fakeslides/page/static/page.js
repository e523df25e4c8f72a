// The page: takes the token from its address, follows the server's events, and hands them to those who show them.

import { bear, hasToken } from "./admin.js";
import { showDecks, strikeDeck, whenDeckIsChosen } from "./decks.js";
import { byId, say } from "./dom.js";
import { follow } from "./events.js";
import { offerDecks, offerKinds, startInjecting } from "./inject.js";
import { addRequests, forgetRequests, showLive, startRequests } from "./requests.js";
import { showSlideOf, startSlide } from "./slide.js";
import { showFaults, showPace, showPhases, showQuota, startWeather } from "./weather.js";

const NEW_FOR_MS = 5000;
const LINKS = {
  live: ["live", "watching"],
  lost: ["lost", "no connection; trying again"],
  refused: ["lost", "the token is not right"],
};

const handlers = {
  hello: ({ kinds, connection_points }) => { forgetRequests(); offerKinds(kinds, connection_points); },
  reset: forgetRequests,
  state: showState,
  entries: (news) => {
    addRequests(news);
    const struck = news.entries.filter((entry) => entry.fault && isNew(entry));
    for (const entry of struck) strikeDeck(entry);
    if (struck.length) tellLag(struck.at(-1));
  },
};

function showState(state) {
  say(byId("promise"), state.promise);
  say(byId("connections"), String(state.connections.connections_peak));
  showDecks(state.decks);
  offerDecks(state.decks);
  showLive(state.live);
  for (const call of state.live) if (call.fault) strikeDeck(call);
  showPace(state.time_scale);
  showPhases(state.phases, state.phase);
  showFaults(state.faults, state.phase);
  showQuota(state.quota, state.quota_window_seconds);
}

/** Whoever opens the page is shown what was, but only what happens now as happening. */
const isNew = (entry) => Date.now() - entry.ended_at * 1000 < NEW_FOR_MS;

/** Tell how long it took from the server's stamp of a strike until the browser had painted it. */
function tellLag(entry) {
  requestAnimationFrame(() => setTimeout(() => {
    const milliseconds = Math.max(0, Math.round(Date.now() - entry.ended_at * 1000));
    byId("lag").dataset.milliseconds = milliseconds;
    say(byId("lag"), `${milliseconds} ms`);
  }));
}

/** Take the token out of the address, where it would be seen over a shoulder, and keep it in memory only. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return;
  bear(given);
  history.replaceState(null, "", location.pathname);
}

function watch() {
  byId("door").hidden = hasToken();
  if (!hasToken()) return say(byId("link"), "waiting for a token");
  follow(handlers, (link) => {
    const [name, words] = LINKS[link];
    byId("link").className = `pill ${name}`;
    say(byId("link"), words);
    byId("door").hidden = link !== "refused";
  });
}

byId("door").addEventListener("submit", (event) => {
  event.preventDefault();
  bear(byId("token").value.trim());
  byId("token").value = "";
  watch();
});

startRequests();
startSlide();
startInjecting();
startWeather((words, isWrong) => {
  byId("said").classList.toggle("wrong", isWrong);
  say(byId("said"), words);
});
whenDeckIsChosen(showSlideOf);
takeToken();
watch();
