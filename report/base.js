// Helpers that every page shares; a page's own script follows in the same scope.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const denied = ["LIC_POD", "GP10", "LIC_ENTITY", "LIC_EMBARGO", "LIC_ENDUSE", "UNDECIDED"];
const charts = [];

const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};
const grade = (code) => (code === "NLR" ? "good" : denied.includes(code) ? "bad" : "maybe");
const tag = (code) => el("span", { class: "tag " + grade(code) }, code);
const round = (x, digits = 3) =>
  x === null || x === undefined ? "–" : Number(x.toPrecision(digits)).toLocaleString("en-US");
const money = (x) =>
  x >= 1e9 ? "$" + round(x / 1e9) + " bn" : x >= 1e6 ? "$" + round(x / 1e6) + " M" : "$" + round(x);
const megawatts = (x) => round(x / 1e6) + " MW";
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

function chart(host, option) {
  const box = el("div", { class: "chart", role: "img", "aria-label": option.title.text });
  host.append(box);
  charts.push({ box, option, drawn: null });
}

function draw() {
  for (const c of charts) {
    if (c.drawn) c.drawn.dispose();
    c.drawn = echarts.init(c.box, dark.matches ? "dark" : null, { renderer: "svg" });
    c.drawn.setOption({ backgroundColor: "transparent", animation: false, ...c.option, tooltip: safe(c.option.tooltip) });
  }
}

const palette = ["#5470c6", "#91cc75", "#fac858", "#ee6666", "#73c0de", "#3ba272", "#fc8452", "#9a60b4",
  "#ea7ccc", "#2f4b7c", "#b8860b", "#7f8c8d", "#17becf", "#c49c94"];
const axis = (unit) => ({ type: "value", name: unit, nameLocation: "middle", nameGap: 26 });

/** A table; columns whose index `numeric` accepts are aligned right. */
function tableOf(head, rows, numeric = () => false) {
  const table = el("table");
  const cell = (kind) => (c, i) => el(kind, numeric(i) ? { class: "n" } : {}, c);
  table.append(el("tr", {}, ...head.map(cell("th"))));
  for (const row of rows) table.append(el("tr", {}, ...row.map(cell("td"))));
  return el("div", { class: "scroll" }, table);
}

function finish() {
  draw();
  dark.addEventListener("change", draw);
  window.addEventListener("resize", () => charts.forEach((c) => c.drawn && c.drawn.resize()));
}
