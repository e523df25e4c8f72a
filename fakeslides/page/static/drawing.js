// Draws a slide as SVG from the JSON of presentations.get: shapes, tables, groups, lines, at their transforms.
// Lengths are points; pictures are never fetched.

import { compose, matrixOf, placed, points } from "./geometry.js";
import { paintOf, textOf } from "./paint.js";

const SVG = "http://www.w3.org/2000/svg";
const OUTLINE = "#b6bec9";
const PLAIN_FILL = "#f1f4f8";

/** Draw one slide of a deck. */
export function drawSlide(deck, slide) {
  const width = points(deck.pageSize?.width) || 720;
  const height = points(deck.pageSize?.height) || 405;
  const svg = part("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  const parents = placeholdersOf(deck);
  const ground = paintOf(slide.pageProperties?.pageBackgroundFill, deck) ?? "#ffffff";
  svg.append(part("rect", { width, height, fill: ground }));
  for (const element of slide.pageElements ?? []) svg.append(...drawElement(element, matrixOf(), parents, deck));
  return svg;
}

/** Return the texts of a drawing by the id of what they stand in. */
export function textsOf(drawing) {
  return new Map([...drawing.querySelectorAll("[data-text-of]")].map((one) => [one.dataset.textOf, one.textContent.trim()]));
}

/** A placeholder may leave its size and place to the layout's, and that to the master's. */
function placeholdersOf(deck) {
  const pages = [...(deck.layouts ?? []), ...(deck.masters ?? [])];
  return new Map(pages.flatMap((page) => page.pageElements ?? []).map((element) => [element.objectId, element]));
}

function drawElement(element, outer, parents, deck) {
  const { transform, size } = inherited(element, parents);
  const matrix = compose(outer, matrixOf(transform));
  if (element.elementGroup) {
    return (element.elementGroup.children ?? []).flatMap((child) => drawElement(child, matrix, parents, deck));
  }
  const box = placed(matrix, points(size?.width), points(size?.height));
  const group = part("g", { transform: box.transform });
  group.append(...contentOf(element, box, deck));
  return [group];
}

function inherited(element, parents) {
  let one = element;
  while (one && !one.size) one = parents.get(one.shape?.placeholder?.parentObjectId);
  return { size: one?.size, transform: element.transform ?? one?.transform };
}

function contentOf(element, box, deck) {
  if (element.shape) return shape(element, box, deck);
  if (element.table) return table(element, box, deck);
  if (element.line) return [part("line", { x2: box.width, y2: box.height, stroke: "#5f6b7a", "stroke-width": 1.5 })];
  if (element.wordArt) return [words(element.objectId, box, { textElements: [{ paragraphMarker: {} }, { textRun: { content: element.wordArt.renderedText } }] }, {}, deck)];
  return picture(element, box);
}

function shape(element, box, deck) {
  const { shapeType, shapeProperties, placeholder, text } = element.shape;
  const bare = shapeType === "TEXT_BOX" ? "none" : PLAIN_FILL;
  const fill = paintOf(shapeProperties?.shapeBackgroundFill, deck) ?? bare;
  const line = paintOf(shapeProperties?.outline?.outlineFill, deck) ?? (fill === PLAIN_FILL ? OUTLINE : "none");
  const drawn = [outline(shapeType, box, { fill, stroke: line })];
  if (text) drawn.push(words(element.objectId, box, text, { placeholder: placeholder?.type, align: shapeProperties?.contentAlignment }, deck));
  return drawn;
}

function outline(shapeType, { width, height }, paint) {
  if (shapeType === "ELLIPSE") return part("ellipse", { cx: width / 2, cy: height / 2, rx: width / 2, ry: height / 2, ...paint });
  if (shapeType === "TRIANGLE") return part("path", { d: `M${width / 2} 0L${width} ${height}H0Z`, ...paint });
  if (shapeType === "DIAMOND") return part("path", { d: `M${width / 2} 0L${width} ${height / 2}L${width / 2} ${height}L0 ${height / 2}Z`, ...paint });
  const rx = shapeType === "ROUND_RECTANGLE" ? Math.min(width, height) / 6 : 0;
  return part("rect", { width, height, rx, ...paint });
}

function table(element, box, deck) {
  const { tableRows = [], tableColumns = [], columns } = element.table;
  const widths = Array.from({ length: columns ?? tableColumns.length }, (_, i) => points(tableColumns[i]?.columnWidth) || box.width / columns);
  const heights = tableRows.map((row) => points(row.rowHeight) || box.height / tableRows.length);
  return tableRows.flatMap((row) => row.tableCells ?? []).flatMap((cell) => drawCell(element.objectId, cell, widths, heights, deck));
}

function drawCell(tableId, cell, widths, heights, deck) {
  const { rowIndex = 0, columnIndex = 0 } = cell.location ?? {};
  const sum = (list, from, count) => list.slice(from, from + count).reduce((total, one) => total + one, 0);
  const width = sum(widths, columnIndex, cell.columnSpan ?? 1);
  const height = sum(heights, rowIndex, cell.rowSpan ?? 1);
  const group = part("g", { transform: `translate(${sum(widths, 0, columnIndex)} ${sum(heights, 0, rowIndex)})` });
  const fill = paintOf(cell.tableCellProperties?.tableCellBackgroundFill, deck) ?? "none";
  group.append(part("rect", { width, height, fill, stroke: OUTLINE }));
  if (cell.text) group.append(words(`${tableId}/${rowIndex}/${columnIndex}`, { width, height }, cell.text, { align: "MIDDLE" }, deck));
  return [group];
}

/** What is not drawn itself stands as a crossed box with its description: its content is elsewhere. */
function picture(element, { width, height }) {
  const paint = { stroke: OUTLINE, fill: "none" };
  const label = part("text", { x: width / 2, y: height / 2, "text-anchor": "middle", "dominant-baseline": "middle", "font-size": 11, fill: "#4a5563" });
  label.append(element.description ?? element.title ?? kindOf(element));
  return [part("rect", { width, height, fill: PLAIN_FILL, stroke: OUTLINE }),
    part("path", { d: `M0 0L${width} ${height}M${width} 0L0 ${height}`, ...paint, opacity: 0.5 }), label];
}

const kindOf = (element) => ["image", "video", "sheetsChart"].find((kind) => element[kind]) ?? "element";

function words(id, { width, height }, text, look, deck) {
  const holder = part("foreignObject", { width: Math.max(width, 1), height: Math.max(height, 1), overflow: "visible" });
  holder.dataset.textOf = id;
  holder.append(textOf(text, look, deck));
  return holder;
}

function part(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
