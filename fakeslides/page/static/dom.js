// Building and keeping parts of the page. Texts are always set as text, never parsed.

export const byId = (id) => document.getElementById(id);

/** Make an element with properties and children; a child may be a string. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Make `list` show `items`, one child each, in order. Children are kept by key and only updated,
 * so that focus and selection survive.
 */
export function keep(list, items, keyOf, create, update) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = known.get(key) ?? create(item);
    known.delete(key);
    child.dataset.key = key;
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const child of known.values()) child.remove();
}

/** Set an element's text, touching the document only when it differs. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Give `element` the class `name` for a while; asked again meanwhile, the while begins anew. */
export function mark(element, name, milliseconds) {
  element.classList.add(name);
  const timers = (element.markTimers ??= {});
  clearTimeout(timers[name]);
  timers[name] = setTimeout(() => element.classList.remove(name), milliseconds);
}
