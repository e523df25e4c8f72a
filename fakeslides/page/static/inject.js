// The form that injects a fault. Kinds, points and fields come from the server's own models.

import { ask } from "./admin.js";
import { byId, make, say } from "./dom.js";
import { act } from "./weather.js";

const FIRST_KIND = "tcp.reset";

let kinds = new Map();
let connectionPoints = new Set();

export function startInjecting() {
  byId("kind").addEventListener("change", showKind);
  byId("point").addEventListener("change", showScope);
  for (const button of byId("quick").children) button.addEventListener("click", () => injectAtOnce(...button.value.split("/")));
  for (const [slider, unit] of [["rate", "%"], ["seconds", "s"]]) {
    const show = () => say(byId(`${slider}-shown`), `${byId(slider).value} ${unit}`);
    byId(slider).addEventListener("input", show);
    show(); // a browser may have kept another value over a reload
  }
  byId("inject").addEventListener("submit", (event) => {
    event.preventDefault();
    const order = orderOf();
    act(() => ask("POST", "/faults", order), `${order.fault.kind} is on for ${order.for}.`);
  });
  byId("reset").addEventListener("click", () => byId("sure").showModal());
  byId("sure").addEventListener("close", () => {
    if (byId("sure").returnValue === "yes") act(() => ask("POST", "/reset"), "Everything is as at the start.");
    byId("sure").returnValue = "";
  });
}

/** Fill in the form with a kind and a point, and send it; share, time and scope stay as they are. */
function injectAtOnce(kind, point) {
  byId("kind").value = kind;
  showKind();
  byId("point").value = point;
  showScope();
  byId("inject").requestSubmit();
}

/** Offer the kinds, one group for each layer. */
export function offerKinds(offered, pointsOfConnections) {
  connectionPoints = new Set(pointsOfConnections);
  const before = byId("kind").value || FIRST_KIND;
  kinds = new Map(offered.map((kind) => [kind.kind, kind]));
  const layers = new Map();
  for (const { kind } of offered) {
    const layer = kind.split(".")[0];
    if (!layers.has(layer)) layers.set(layer, make("optgroup", { label: layer.toUpperCase() }));
    layers.get(layer).append(make("option", { value: kind }, kind));
  }
  byId("kind").replaceChildren(...layers.values());
  if (kinds.has(before)) byId("kind").value = before;
  showKind();
}

/** Offer the decks to aim at. */
export function offerDecks(decks) {
  const wanted = decks.map((deck) => deck.id).join("\n");
  const select = byId("deck");
  if (select.dataset.offered === wanted) return;
  const before = select.value;
  select.dataset.offered = wanted;
  select.replaceChildren(make("option", { value: "" }, "all decks"),
    ...decks.map((deck) => make("option", { value: deck.id }, deck.title || deck.id)));
  select.value = decks.some((deck) => deck.id === before) ? before : "";
}

function showKind() {
  const kind = kinds.get(byId("kind").value);
  if (!kind) return;
  say(byId("says"), kind.says);
  byId("point-field").hidden = kind.points.length === 0;
  byId("point").replaceChildren(...kind.points.map((point) => make("option", { value: point }, point.replaceAll("_", " "))));
  if (kind.point) byId("point").value = kind.point;
  byId("fields").replaceChildren(...kind.fields.map(fieldOf));
  showScope();
}

/** A connection that is just coming has no call yet, so none can be chosen. */
function showScope() {
  const isOfConnection = connectionPoints.has(byId("point").value);
  byId("method-field").hidden = byId("deck-field").hidden = isOfConnection;
}

function fieldOf(field) {
  const id = `field-${field.name}`;
  const control = controlOf(field);
  control.id = id;
  control.name = field.name;
  control.required = field.is_required && field.control !== "flag";
  return make("div", { className: "field" }, make("label", { htmlFor: id }, field.name.replaceAll("_", " ")), control);
}

function controlOf(field) {
  const given = field.default ?? (field.is_required ? field.example : null);
  if (field.control === "flag") return make("input", { type: "checkbox", checked: Boolean(given) });
  if (field.control === "choice") {
    const select = make("select", {}, ...field.choices.map((choice) => make("option", { value: choice }, String(choice))));
    if (given !== null) select.value = given;
    return select;
  }
  const placeholder = field.example === null ? "" : `such as ${field.example}`;
  return make("input", { type: field.control, placeholder, value: given ?? "" });
}

/** Return what the form asks for, as the admin API takes it. */
function orderOf() {
  const fault = { kind: byId("kind").value };
  if (!byId("point-field").hidden) fault.point = byId("point").value;
  for (const control of byId("fields").querySelectorAll("input, select")) {
    if (control.type === "checkbox") fault[control.name] = control.checked;
    else if (control.value !== "") fault[control.name] = control.type === "number" ? control.valueAsNumber : control.value;
  }
  const order = { fault, where: {}, often: { rate: `${byId("rate").value}%` }, for: `${byId("seconds").value}s` };
  if (byId("method-field").hidden) return order;
  if (byId("method").value) order.where.method = byId("method").value;
  if (byId("deck").value) order.where.presentation = byId("deck").value;
  return order;
}
