// Colours and texts of a slide.

import { make } from "./dom.js";

const SIZES = { TITLE: 26, CENTERED_TITLE: 36, SUBTITLE: 20, BODY: 14 };
const PLAIN_SIZE = 12;
const ALIGNMENTS = { START: "start", CENTER: "center", END: "end", JUSTIFIED: "justify" };
const BULLETS = ["●", "○", "■"];
const UNFILLED = /(\{\{[^{}]*\}\})/;

/** Return a fill's colour for CSS: "none" if it isn't drawn, null if it is inherited. */
export function paintOf(fill, deck) {
  if (fill?.propertyState === "NOT_RENDERED") return "none";
  const solid = fill?.solidFill;
  return solid?.color ? colourOf(solid.color, deck, solid.alpha ?? 1) : null;
}

function colourOf({ rgbColor, themeColor }, deck, alpha = 1) {
  const scheme = deck.masters?.[0]?.pageProperties?.colorScheme?.colors ?? [];
  const usual = { LIGHT1: { red: 1, green: 1, blue: 1 }, LIGHT2: { red: 0.93, green: 0.93, blue: 0.93 } };
  const rgb = rgbColor ?? scheme.find((one) => one.type === themeColor)?.color ?? usual[themeColor] ?? {};
  const share = (part) => Math.round(255 * (rgb[part] ?? 0));
  return `rgb(${share("red")} ${share("green")} ${share("blue")} / ${alpha})`;
}

/** Return a text as HTML that wraps inside its box; keys that still wait for a value are marked. */
export function textOf(text, { placeholder, align }, deck) {
  const box = make("div", { className: `text ${(align ?? "").toLowerCase()}` });
  box.style.fontSize = `${SIZES[placeholder] ?? PLAIN_SIZE}px`;
  for (const paragraph of paragraphsOf(text)) box.append(drawParagraph(paragraph, deck));
  markKeys(box);
  return box;
}

function paragraphsOf(text) {
  const paragraphs = [];
  for (const element of text.textElements ?? []) {
    if (element.paragraphMarker || !paragraphs.length) paragraphs.push({ marker: element.paragraphMarker ?? {}, runs: [] });
    const run = element.textRun ?? element.autoText;
    if (run) paragraphs.at(-1).runs.push(run);
  }
  return paragraphs;
}

function drawParagraph({ marker, runs }, deck) {
  const drawn = make("p");
  drawn.style.textAlign = ALIGNMENTS[marker.style?.alignment] ?? "start";
  if (marker.bullet) {
    const level = marker.bullet.nestingLevel ?? 0;
    drawn.style.paddingInlineStart = `${12 * level}px`;
    drawn.append(`${marker.bullet.glyph ?? BULLETS[level % BULLETS.length]} `);
  }
  drawn.append(...runs.map((run) => drawRun(run, deck)));
  return drawn;
}

function drawRun({ content = "", style = {} }, deck) {
  // A vertical tab is Google's line break inside a paragraph.
  const drawn = make("span", {}, content.replace(/\n$/, "").replaceAll("\u000b", "\n"));
  if (style.bold) drawn.style.fontWeight = "bold";
  if (style.italic) drawn.style.fontStyle = "italic";
  drawn.style.textDecoration = [style.underline && "underline", style.strikethrough && "line-through"].filter(Boolean).join(" ");
  if (style.fontSize) drawn.style.fontSize = `${style.fontSize.magnitude}px`;
  if (style.fontFamily) drawn.style.fontFamily = `"${style.fontFamily.replaceAll('"', "")}", sans-serif`;
  const colour = style.foregroundColor?.opaqueColor;
  if (colour) drawn.style.color = colourOf(colour, deck);
  return drawn;
}

/** A key is often in several runs; mark each of its pieces. */
function markKeys(box) {
  for (const paragraph of box.children) {
    let at = 0;
    const spans = keySpans(paragraph.textContent);
    for (const run of [...paragraph.childNodes]) {
      const begin = at;
      at += run.textContent.length;
      if (run instanceof Element) markPieces(run, begin, spans);
    }
  }
}

function keySpans(text) {
  const spans = [];
  let at = 0;
  for (const piece of text.split(UNFILLED)) {
    if (UNFILLED.test(piece)) spans.push([at, at + piece.length]);
    at += piece.length;
  }
  return spans;
}

function markPieces(run, begin, spans) {
  const text = run.textContent;
  const pieces = [];
  let at = 0;
  for (const [from, to] of spans) {
    const [start, end] = [Math.max(from - begin, at), Math.min(to - begin, text.length)];
    if (start >= end) continue;
    pieces.push(text.slice(at, start), make("mark", {}, text.slice(start, end)));
    at = end;
  }
  if (pieces.length) run.replaceChildren(...pieces, text.slice(at));
}
