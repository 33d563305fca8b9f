// Predicted against measured as an SVG, drawn by ECharts on the server side.
// usage: node tools/chart.mjs POINTS.json OUT.svg   (points: [{name, unit, data: [[measured, predicted, low, high]]}])
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const echarts = require("../node_modules/echarts/dist/echarts.common.js");

const [points, out] = process.argv.slice(2);
const series = JSON.parse(readFileSync(points, "utf8"));
const [least, most] = [0.1, 100000];
const line = (factor, type) => ({
  type: "line", symbol: "none", silent: true, lineStyle: { color: "#888", width: 1, type },
  data: [[least, least * factor], [most, most * factor]], clip: true,
});
const axis = (name) => ({
  type: "log", name, nameLocation: "middle", nameGap: 32, min: least, max: most,
  splitLine: { lineStyle: { color: "#eee" } },
});
const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 760, height: 620 });
chart.setOption({
  animation: false,
  backgroundColor: "#fff",
  title: { text: "Training runs: predicted against measured", left: "center", textStyle: { fontSize: 15 } },
  legend: { bottom: 0, data: series.map((s) => s.name) },
  grid: { left: 70, right: 30, top: 40, bottom: 80 },
  xAxis: axis("measured"),
  yAxis: axis("predicted"),
  series: [
    line(1, "solid"), line(1.25, "dashed"), line(1 / 1.25, "dashed"),
    ...series.map((s) => ({ name: s.name, type: "scatter", symbolSize: 4, itemStyle: { opacity: 0.55 }, data: s.data })),
  ],
});
writeFileSync(out, chart.renderToSVGString() + "\n");
process.exit(0);  // the chart keeps a timer alive
