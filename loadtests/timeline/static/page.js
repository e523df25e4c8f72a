// The page: everything is started, and drawn for the first time.

import { draw, startChart } from "./chart.js";
import { startControls } from "./controls.js";
import { startDetails } from "./details.js";
import { drawLegend, startMoments } from "./moments.js";
import { readPalette, whenSchemeChanges } from "./palette.js";
import { search, startSearch } from "./search.js";

startChart();
startDetails();
startMoments();
startSearch();
startControls();
drawLegend();
whenSchemeChanges(() => {
  readPalette();
  drawLegend();
  draw();
});
search();
