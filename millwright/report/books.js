// The page of factories as investments.
const books = data;
const colors = { outer: "rgba(84, 112, 198, 0.28)", inner: "rgba(84, 112, 198, 0.6)", median: palette[0], low: "#5470c6", high: "#ee6666" };
const dollars = (x) => (x === null ? "–" : x < 0 ? "−" + money(-x) : money(x));
/** The unit in which amounts up to this one read well. */
const unitOf = (most) => [[1e9, "bn $"], [1e6, "M $"], [1e3, "k $"], [1, "$"]].find(([size]) => most >= size) || [1, "$"];
const names = (list) => ({ type: "category", inverse: true, data: list, axisLabel: { width: 150, overflow: "break", lineHeight: 13 } });

/** Figures over samples as bars: nine in ten, half, and the scenario as it stands. */
function rangeChart(title, rows) {
  const told = rows.filter((r) => r.figure.p50 !== null && r.figure.p50 !== undefined);
  if (!told.length) return null;
  const [size, unit] = unitOf(Math.max(...told.map((r) => Math.max(Math.abs(r.figure.p5), Math.abs(r.figure.p95)))));
  // one broken line of thick strokes: a stroke from end to end of each row
  const bar = (from, to, color, width) => ({ type: "line", symbol: "none", silent: true, lineStyle: { color, width, cap: "butt" },
    data: told.flatMap((r, i) => [[r.figure[from] / size, i], [r.figure[to] / size, i], [null, null]]) });
  return {
    title: { text: `${title}, ${unit}` },
    tooltip: { formatter: (p) => {
      const { name, figure } = told[p.dataIndex];
      return [name, `as it stands: ${dollars(figure.point)}`, `median ${dollars(figure.p50)}, mean ${dollars(figure.mean)}`,
        `half: ${dollars(figure.p25)} to ${dollars(figure.p75)}`, `nine in ten: ${dollars(figure.p5)} to ${dollars(figure.p95)}`];
    } },
    grid,
    xAxis: axis(unit),
    yAxis: { ...names(told.map((r) => r.name)), axisLine: { onZero: false } },
    series: [bar("p5", "p95", colors.outer, 14), bar("p25", "p75", colors.inner, 14),
      { type: "scatter", symbol: "diamond", symbolSize: 11, color: colors.median,
        data: told.map((r, i) => [(r.figure.point === null ? r.figure.p50 : r.figure.point) / size, i]) }],
  };
}

/** Cash paid and earned so far, as the scenario stands. */
function cashChart() {
  const sums = books.factories.map((f) => f.free_cash_usd.reduce((all, x) => [...all, (all.at(-1) || 0) + x], []));
  const [size, unit] = unitOf(Math.max(...sums.flat().map(Math.abs)));
  return {
    title: { text: `Free cash so far, ${unit}` },
    tooltip: { trigger: "axis", valueFormatter: (x) => `${round(x)} ${unit}` },
    color: palette,
    legend: {},
    grid: { ...grid, left: 40 },
    xAxis: { type: "category", boundaryGap: false, data: sums[0].map((_, m) => m), name: "months since the first order",
      nameLocation: "middle", nameGap: 26, axisLabel: { interval: 11 }, axisTick: { interval: 11 } },
    yAxis: { ...axis(unit), nameGap: 36 },
    series: books.factories.map((f, i) => ({ name: f.name, type: "line", symbol: "none", data: sums[i].map((x) => x / size) })),
  };
}

/** What an output is on average where an input is low and where it is high, around its mean. */
function tornadoChart(indices, mean) {
  const shown = indices.inputs.filter((i) => Math.abs(i.when_high - i.when_low) > 0)
    .sort((a, b) => Math.abs(b.when_high - b.when_low) - Math.abs(a.when_high - a.when_low)).slice(0, 12);
  if (!shown.length) return null;
  const [size, unit] = unitOf(Math.max(...shown.map((i) => Math.max(Math.abs(i.when_low), Math.abs(i.when_high)))));
  const side = (name, key, color) => ({ name, type: "bar", stack: "sides", barMaxWidth: 20, color,
    data: shown.map((i) => (i[key] - mean) / size) });
  return {
    title: { text: `${indices.output} of ${indices.factory}: from its mean of ${dollars(mean)}, ${unit}` },
    tooltip: { formatter: (p) => {
      const i = shown[p.dataIndex];
      return [i.input, `in its lowest tenth: ${dollars(i.when_low)}`, `in its highest tenth: ${dollars(i.when_high)}`,
        `of the variance alone ${percent(Math.max(0, i.first))}` + (i.total === null ? "" : `, in all ${percent(Math.max(0, i.total))}`)];
    } },
    legend: {},
    grid,
    xAxis: axis(unit),
    yAxis: { ...names(shown.map((i) => i.input)), axisLine: { onZero: false } },
    series: [side("lowest tenth of the input", "when_low", colors.low), side("highest tenth", "when_high", colors.high)],
  };
}

function add(host, option) {
  if (option) chart(host, option);
}

function factoriesTable() {
  const figure = (f, show) => (f.point === null ? "–" : show(f.point));
  main.append(tableOf(["factory", "capital", "a year", "chip-hour", "net present value", "nine in ten", "rate of return", "payback"],
    books.factories.map((f) => [f.name, figure(f.capital_usd, dollars), figure(f.yearly_cost_usd, dollars),
      figure(f.chip_hour_usd, (x) => "$" + round(x)), figure(f.npv_usd, dollars),
      f.npv_usd.known ? `${dollars(f.npv_usd.p5)} to ${dollars(f.npv_usd.p95)}` : "–",
      figure(f.irr, percent), figure(f.payback_years, (x) => `${round(x)} years`)]), (i) => i > 0));
}

function inputsTable() {
  section("What is uncertain", "In SI units; of a prediction a factor on the time of jobs.");
  main.append(tableOf(["number", "range from", "p10", "median", "p90", "source"],
    books.inputs.map((i) => [i.name, i.from, round(i.p10), round(i.p50), round(i.p90), i.source]), (i) => i > 1 && i < 5));
}

section("Worth and cost");
const pair = el("div", { class: "pair" });
main.append(pair);
add(pair, rangeChart("Net present value", books.factories.map((f) => ({ name: f.name, figure: f.npv_usd }))));
if (books.factories.length) add(pair, cashChart());
factoriesTable();
const jobs = books.factories.flatMap((f) => f.jobs.map((j) => ({ name: `${f.name}: ${j.job}`, figure: j.usd_per_million_tokens })));
if (jobs.length) {
  section("A million tokens");
  add(main, rangeChart("What a million tokens cost", jobs));
}
const means = new Map(books.factories.flatMap((f) => [[f.name + "npv", f.npv_usd.mean], [f.name + "chip_hour", f.chip_hour_usd.mean]]));
const drivers = books.indices.filter((i) => i.output === (books.factories[0].npv_usd.known === 1 ? "npv" : "chip_hour"));
if (drivers.length) {
  section("What drives it");
  for (const i of drivers) add(main, tornadoChart(i, means.get(i.factory + i.output)));
}
if (books.inputs.length) inputsTable();
if (books.defaults.length) {
  section("What stands in for what [books] leaves out");
  main.append(el("ul", {}, ...books.defaults.map((d) => el("li", {}, d))));
}
