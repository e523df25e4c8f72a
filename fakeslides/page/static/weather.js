// Which faults are on, which phase it is, and how full the quota's windows are.

import { ask } from "./admin.js";
import { byId, keep, make, say } from "./dom.js";

const TIGHT_SHARE = 0.75;

let report = () => {};

/** `listener(words, isWrong)` hears how what was asked for went. */
export function startWeather(listener) {
  report = listener;
}

/** Say how long a scenario's second is, if it is not a real one. */
export function showPace(timeScale) {
  byId("pace").hidden = timeScale === 1;
  say(byId("pace"), `A second of this scenario lasts ${Number((1000 * timeScale).toPrecision(3))} ms.`);
}

export function showPhases(names, current) {
  keep(byId("phases"), names, (name) => name, createPhase, (button, name) => {
    say(button, name);
    if (name === current) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
}

function createPhase(name) {
  const button = make("button", { type: "button", title: `Go to the phase ${name}` });
  button.addEventListener("click", () => act(() => ask("POST", "/phase", { to: name }), `The phase is ${name}.`));
  return button;
}

/** Show every rule; one is on if its phase is the current one, or if it has none. */
export function showFaults(faults, phase) {
  keep(byId("faults"), faults, (fault) => fault.id, createFault, (item, fault) => {
    const isOn = fault.phase === null || fault.phase === phase;
    const [name, fired, what] = item.children;
    item.classList.toggle("on", isOn);
    say(name, isInjected(fault) ? `${fault.kind}, injected` : fault.id);
    say(fired, `struck ${fault.fired} of ${fault.matched}`);
    say(what, wordsOf(fault, isOn));
  });
  byId("no-faults").hidden = faults.length > 0;
}

/** Only what was injected ends by itself. */
const isInjected = (fault) => fault.ends_in_seconds !== null;

function wordsOf(fault, isOn) {
  const words = isInjected(fault) ? [] : [fault.kind];
  if (fault.point) words.push(fault.point.replaceAll("_", " "));
  words.push(fault.often.replaceAll(" ", "\u00a0"));
  if (fault.phase !== null) words.push(`in ${fault.phase}`);
  if (isInjected(fault)) words.push(`${fault.ends_in_seconds} s left`);
  return `${isOn ? "on" : "off"}: ${words.join(", ")}`;
}

function createFault(fault) {
  const item = make("li", {}, make("span", { className: "name" }), make("span", { className: "fired" }),
    make("span", { className: "what" }));
  if (isInjected(fault)) {
    const stop = make("button", { type: "button" }, "Stop");
    stop.setAttribute("aria-label", `Stop ${fault.kind}`);
    stop.addEventListener("click", () => act(() => ask("DELETE", `/faults/${encodeURIComponent(fault.id)}`), `${fault.kind} is stopped.`));
    item.append(stop);
  }
  return item;
}

export function showQuota(fills, windowSeconds) {
  keep(byId("quota"), fills, (fill) => `${fill.scope}/${fill.kind}/${fill.user}`, createFill, (item, fill) => {
    const [who, count, meter] = item.children;
    const share = fill.limit ? Math.min(fill.used / fill.limit, 1) : 1;
    const name = `${fill.kind}s, ${fill.scope === "project" ? "whole project" : fill.user}`;
    say(who, name);
    say(count, `${fill.used} of ${fill.limit} in ${windowSeconds} s`);
    meter.classList.toggle("tight", share >= TIGHT_SHARE && share < 1);
    meter.classList.toggle("full", share >= 1);
    meter.firstElementChild.style.width = `${100 * share}%`;
    meter.setAttribute("aria-label", name);
    meter.setAttribute("aria-valuemax", fill.limit);
    meter.setAttribute("aria-valuenow", Math.min(fill.used, fill.limit));
  });
  byId("no-quota").hidden = fills.length > 0;
}

function createFill() {
  const meter = make("div", { className: "meter", role: "meter" }, make("div"));
  meter.setAttribute("aria-valuemin", 0);
  return make("li", {}, make("span", { className: "who" }), make("span", { className: "much" }), meter);
}

/** Ask for something, and report how it went. */
export async function act(asking, success) {
  try {
    await asking();
    report(success, false);
  } catch (error) {
    report(error.message, true);
  }
}
