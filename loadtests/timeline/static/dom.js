// Building parts of the page. Texts are always set as text, never parsed.

export const byId = (id) => document.getElementById(id);

/** Make an element with properties and children; a child may be a string. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Set an element's text, touching the document only when it differs. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Return the index of the last of `items` whose moment is not after `at`, or -1; they are in order. */
export function lastBefore(items, at, momentOf) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (momentOf(items[middle]) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
