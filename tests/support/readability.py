"""Whether what a page says can be read."""

_READABLE = 4.5
# Every text whose contrast with what is behind it is too low (https://www.w3.org/TR/WCAG22/#contrast-minimum);
# the slide is the deck's own and stays out.
TOO_PALE = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const isText = (node) => node.nodeType === 3 && node.data.trim();
  const hasText = (element) => [...element.childNodes].some(isText);
  const seen = [...document.querySelectorAll("body *")].filter((element) =>
    hasText(element) && element.checkVisibility() && !element.closest("svg, option, noscript, :disabled"));
  const pale = seen.map((element) => {
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(ground(element))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className, element.textContent];
  }).filter(([contrast]) => contrast < READABLE);
  return {pale, seenCount: seen.length};
})()
""".replace("READABLE", str(_READABLE))
