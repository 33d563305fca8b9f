// Charts of the documents as SVG, drawn by ECharts on the server side.
// usage: node tools/chart.mjs accuracy POINTS.json OUT.svg   (POINTS: [{name, data: [[measured, predicted]]}])
//        node tools/chart.mjs frontier FRONTIER.json OUT.svg (what `millwright rules frontier` writes)
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const echarts = require("../node_modules/echarts/dist/echarts.common.js");

/** Predicted against measured, on logarithmic axes, with lines at a quarter more and less. */
function accuracy(series) {
  const [least, most] = [0.1, 100000];
  const line = (factor, type) => ({
    type: "line", symbol: "none", silent: true, lineStyle: { color: "#888", width: 1, type },
    data: [[least, least * factor], [most, most * factor]], clip: true,
  });
  const axis = (name) => ({
    type: "log", name, nameLocation: "middle", nameGap: 32, min: least, max: most,
    splitLine: { lineStyle: { color: "#eee" } },
  });
  return { width: 760, height: 620, option: {
    title: { text: "Training runs: predicted against measured", left: "center", textStyle: { fontSize: 15 } },
    legend: { bottom: 0, data: series.map((s) => s.name) },
    grid: { left: 70, right: 30, top: 40, bottom: 80 },
    xAxis: axis("measured"),
    yAxis: axis("predicted"),
    series: [
      line(1, "solid"), line(1.25, "dashed"), line(1 / 1.25, "dashed"),
      ...series.map((s) => ({ name: s.name, type: "scatter", symbolSize: 4, itemStyle: { opacity: 0.55 }, data: s.data })),
    ],
  } };
}

/** One panel a buyer: trained tokens a second of the best factory, month by month. */
function frontier(study) {
  const kinds = [["unrestricted", "unrestricted best", "#8a94a0", "dashed"], ["licensed", "best lawful", "#5470c6", "solid"],
    ["free", "best without a licence", "#3ba272", "solid"], ["domestic", "best domestic chip", "#d0483c", "dotted"]];
  const [width, panel, top] = [900, 150, 50];
  const cell = (i) => ({ left: 60, right: 20, top: top + i * panel + 22, height: panel - 52 });
  const months = study.parties[0].months.map((m) => m.month);
  return { width, height: top + study.parties.length * panel + 40, option: {
    title: [{ text: `${study.job} within ${study.bounds}: million tokens/s trained`, left: "center", textStyle: { fontSize: 15 } },
      ...study.parties.map((p, i) => ({ text: p.name, left: 60, top: top + i * panel - 4, textStyle: { fontSize: 12 } }))],
    legend: { bottom: 0, data: kinds.map(([, name]) => name) },
    grid: study.parties.map((p, i) => cell(i)),
    xAxis: study.parties.map((p, i) => ({ type: "category", gridIndex: i, data: months })),
    yAxis: study.parties.map((p, i) => ({ type: "value", gridIndex: i, splitNumber: 3, splitLine: { lineStyle: { color: "#eee" } } })),
    series: study.parties.flatMap((p, i) => kinds.map(([key, name, color, type]) => ({
      name, type: "line", step: "start", symbol: "none", xAxisIndex: i, yAxisIndex: i, color, lineStyle: { type, width: 2 },
      data: p.months.map((m) => (m[key] ? m[key].trained_tokens_per_s / 1e6 : null)) }))),
  } };
}

const [kind, input, out] = process.argv.slice(2);
const { width, height, option } = { accuracy, frontier }[kind](JSON.parse(readFileSync(input, "utf8")));
const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
chart.setOption({ animation: false, backgroundColor: "#fff", ...option });
writeFileSync(out, chart.renderToSVGString() + "\n");
process.exit(0);  // the chart keeps a timer alive
