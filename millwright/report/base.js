// Helpers that every page shares; a page's own script follows in the same scope.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const charts = [];

const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};
const grade = (answer) => ({ free: "good", possible: "maybe" })[answer.tier] || "bad";
/** The code of an authority's answer, in the colour of its tier where it is about an export. */
const tag = (answer) => el("span", { class: "tag" + (answer.asks === "export" ? " " + grade(answer) : "") }, answer.code);
const round = (x, digits = 3) =>
  x === null || x === undefined ? "–"
    : Number(x.toPrecision(digits)).toLocaleString("en-US", { maximumFractionDigits: 15 });
const money = (x) => {
  const [unit, name] = [[1e9, " bn"], [1e6, " M"], [1e3, " k"]].find(([size]) => x >= size) || [1, ""];
  return "$" + round(x / unit) + name;
};
const watts = (x) => (x >= 1e6 ? round(x / 1e6) + " MW" : round(x / 1e3) + " kW");
const percent = (x, digits = 1) => (100 * x).toFixed(digits) + " %";

function section(title, note) {
  main.append(el("h2", {}, title));
  if (note) main.append(el("p", { class: "note" }, note));
}

/** A mark in the colour of a series. */
function dot(color) {
  const mark = el("span", { class: "dot" });
  mark.style.background = typeof color === "string" ? color : "currentColor";
  return mark;
}

/** Lines of a tooltip: what its formatter returns, or a name and a value of each series. */
function linesOf(tooltip, params) {
  if (tooltip.formatter) return [tooltip.formatter(params)].flat();
  const points = [params].flat();
  const show = tooltip.valueFormatter || String;
  return [points[0].name, ...points.map((p) => el("span", {}, dot(p.color), `${p.seriesName}: ${show(p.value)}`))];
}

/** The tooltip as elements: the library reads text as HTML, and text holds names. Within the chart,
 * for outside it draws an arrow of HTML. */
const safe = (tooltip) => ({ ...tooltip, confine: true,
  formatter: (params) => el("div", {}, ...linesOf(tooltip, params).map((line) => el("div", {}, line))) });

/** Names of the series in their colours; as text of the page it wraps at any width. */
function legendOf({ series, color }) {
  const named = series.map((s, i) => [s.name, s.color || color[i % color.length]]).filter(([name]) => name);
  return el("div", { class: "legend" }, ...named.map(([name, c]) => el("span", {}, dot(c), name)));
}

/** A chart with its title and, where the option has one, its legend; as high as its rows need. */
function chart(host, option) {
  const box = el("div", { class: "chart", role: "img", "aria-label": option.title.text });
  if (option.yAxis.data) {
    const bars = new Set(option.series.map((s, i) => s.stack || i)).size;
    box.style.height = `${70 + option.yAxis.data.length * (20 + 14 * bars)}px`;
  }
  host.append(el("figure", {}, el("figcaption", {}, option.title.text), box, option.legend ? legendOf(option) : null));
  charts.push({ box, option: { ...option, title: undefined, legend: undefined }, drawn: null });
}

function draw() {
  for (const c of charts) {
    if (c.drawn) c.drawn.dispose();
    c.drawn = echarts.init(c.box, dark.matches ? "dark" : null, { renderer: "svg" });
    c.drawn.setOption({ backgroundColor: "transparent", animation: false, ...c.option, tooltip: safe(c.option.tooltip) });
  }
}

const palette = ["#5470c6", "#91cc75", "#fac858", "#ee6666", "#73c0de", "#3ba272", "#fc8452", "#9a60b4",
  "#ea7ccc", "#2f4b7c", "#b8860b", "#7f8c8d", "#17becf", "#c49c94", "#556b2f", "#d4a5e0", "#8b4513", "#a0c4ff"];
const colorOfTerm = new Map();
/** The colour of each term of a ledger: on all charts of a page the same, while colours last; on one
 * chart no two alike. */
function colorsOf(terms) {
  const here = new Set();
  const give = (colors) => palette.find((c) => !colors.has(c) && !here.has(c)) || palette.find((c) => !here.has(c)) || palette[0];
  const known = new Set(terms.filter((t) => colorOfTerm.has(t)).map((t) => colorOfTerm.get(t)));
  return terms.map((term) => {
    if (!colorOfTerm.has(term)) colorOfTerm.set(term, give(new Set([...colorOfTerm.values(), ...known])));
    const color = here.has(colorOfTerm.get(term)) ? give(known) : colorOfTerm.get(term);
    here.add(color);
    return color;
  });
}
const grid = { left: 8, right: 24, top: 12, bottom: 30, containLabel: true };
const axis = (unit) => ({ type: "value", name: unit, nameLocation: "middle", nameGap: 26 });
/** Whether the smallest would vanish beside the largest. */
const far = (values) => Math.max(...values) > 30 * Math.min(...values);
/** An axis on which each of the values is seen: logarithmic, and said, where they are far apart. */
function axisOf(unit, values) {
  if (values.length === 0 || !far(values)) return axis(unit);
  const least = 10 ** Math.floor(Math.log10(Math.min(...values) / 1.2));
  return { ...axis(unit + ", log scale"), type: "log", min: least, startValue: least };
}

/** Bands of points with percentiles, as series of a line chart: nine in ten, half, and the median.
 * Bands are heights, put upon each other from p5 on, which may be below zero. */
function fanSeries(points, nine, half, median) {
  const line = { type: "line", symbol: "none" };
  const flat = { ...line, stack: "fan", stackStrategy: "all", lineStyle: { width: 0 } };
  const band = (name, from, to, opacity) => ({ ...flat, name, color: `rgba(84, 112, 198, ${opacity})`, areaStyle: { opacity: 1 },
    data: points.map((p) => Math.max(0, p[to] - p[from])) });
  return [
    { ...flat, silent: true, color: "transparent", data: points.map((p) => p.p5) },
    band(nine, "p5", "p25", 0.28), band(half, "p25", "p75", 0.55), band("", "p75", "p95", 0.28),
    { ...line, name: "median", color: median, lineStyle: { width: 1.5 }, data: points.map((p) => p.p50) },
  ];
}

/** A table, on a phone a card a row; columns whose index `numeric` accepts are aligned right. */
function tableOf(head, rows, numeric = () => false) {
  const table = el("table");
  const cell = (kind) => (c, i) => el(kind, numeric(i) ? { class: "n" } : {}, c);
  table.append(el("tr", {}, ...head.map(cell("th"))));
  for (const row of rows) table.append(el("tr", {}, ...row.map(cell("td"))));
  for (const row of [...table.rows].slice(1)) [...row.cells].forEach((c, i) => c.setAttribute("data-head", head[i]));
  return el("div", { class: "scroll" }, table);
}

function finish() {
  draw();
  dark.addEventListener("change", draw);
  window.addEventListener("resize", () => charts.forEach((c) => c.drawn && c.drawn.resize()));
}
