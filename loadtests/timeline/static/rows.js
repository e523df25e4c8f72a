// From groups and lanes to rows: which are shown, and where. Only rows that can be seen are ever drawn.

import { lastBefore } from "./dom.js";
import { story } from "./story.js";

export const HEIGHTS = { group: 26, lane: 21, operation: 15 };

const closedGroups = new Set();
const openLanes = new Set();
let areAllOpen = false;
let rows = [];
let height = 0;

/** Lay out the rows of all lanes that `isShown` lets through. */
export function layOut(isShown) {
  rows = [];
  height = 0;
  for (const group of story.groups) {
    const shown = (group.lanes ?? []).filter(isShown);
    if (shown.length === 0 && !(group.refusals?.length && isShown(null, group))) continue;
    add({ kind: "group", group, key: group });
    if (closedGroups.has(group)) continue;
    for (const lane of shown) {
      add({ kind: "lane", group, lane, key: lane });
      if (!isOpen(lane)) continue;
      for (const operation of lane.operations) add({ kind: "operation", group, lane, operation, key: operation });
    }
  }
}

function add(row) {
  rows.push({ ...row, y: height, height: HEIGHTS[row.kind] });
  height += HEIGHTS[row.kind];
}

const isOpen = (lane) => areAllOpen !== openLanes.has(lane);

export const allRows = () => rows;

export const totalHeight = () => height;

export const isClosed = (group) => closedGroups.has(group);

/** Return the index of the row at a height, -1 above the first. */
export const rowIndexAt = (y) => lastBefore(rows, y, (row) => row.y);

export const rowOf = (thing) => rows.find((row) => row.key === thing);

/** Show or hide a group's lanes, or a lane's operations. */
export function toggle(thing) {
  const set = thing.lanes ? closedGroups : openLanes;
  if (!set.delete(thing)) set.add(thing);
}

/** Show a group's lanes, whatever was chosen before. */
export const unfold = (group) => closedGroups.delete(group);

/** Show the operations of all lanes, or of none. */
export function openAll(are) {
  areAllOpen = are;
  openLanes.clear();
}
