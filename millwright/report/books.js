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

const months = { type: "category", boundaryGap: false, name: "months since the first order", nameLocation: "middle",
  nameGap: 26, axisLabel: { interval: 11 }, axisTick: { interval: 11 } };

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
    xAxis: { ...months, data: sums[0].map((_, m) => m) },
    yAxis: { ...axis(unit), nameGap: 36 },
    series: books.factories.map((f, i) => ({ name: f.name, type: "line", symbol: "none", data: sums[i].map((x) => x / size) })),
  };
}

/** Cash so far of one factory over the samples, month by month, with that of the scenario as it stands. */
function fanChart(factory) {
  const sums = factory.free_cash_usd.reduce((all, x) => [...all, (all.at(-1) || 0) + x], []);
  const keys = ["mean", "p5", "p25", "p50", "p75", "p95"];
  const [size, unit] = unitOf(Math.max(...factory.fan.flatMap((m) => [Math.abs(m.p5), Math.abs(m.p95)]), ...sums.map(Math.abs)));
  const points = factory.fan.map((m) => Object.fromEntries(keys.map((key) => [key, m[key] / size])));
  const told = (p, month) => [`${factory.name} in month ${month}, ${unit}`, `median ${round(p.p50)}, mean ${round(p.mean)}`,
    `half of the samples: ${round(p.p25)} to ${round(p.p75)}`, `nine of ten: ${round(p.p5)} to ${round(p.p95)}`,
    ...(month < sums.length ? [`as it stands: ${round(sums[month] / size)}`] : [])];
  return {
    title: { text: `${factory.name}: free cash so far, ${unit}` },
    tooltip: { trigger: "axis", formatter: ([first]) => told(points[first.dataIndex], first.dataIndex) },
    legend: {},
    grid: { ...grid, left: 40 },
    xAxis: { ...months, data: points.map((_, m) => m) },
    yAxis: { ...axis(unit), nameGap: 36 },
    series: [...fanSeries(points, "nine samples of ten", "half of the samples", colors.median),
      { name: "as it stands", type: "line", symbol: "none", color: colors.high, lineStyle: { type: "dashed", width: 1.5 },
        data: sums.map((x) => x / size) }],
  };
}

/** The line on which a factory is worth nothing; where there is none the reason stands in a sentence. */
function breakEvenChart(line) {
  const at = (p) => [p.first, p.second];
  const now = line.first.now !== null && line.second.now !== null ? [[line.first.now, line.second.now]] : [];
  const told = (p) => [line.factory, `${line.first.path}: ${round(p.value[0])}`, `${line.second.path}: ${round(p.value[1])}`];
  return {
    title: { text: `${line.factory}: where its net present value is nil` },
    tooltip: { formatter: told },
    legend: {},
    color: palette,
    grid: { ...grid, left: 40 },
    xAxis: { ...axis(line.first.path), scale: true, min: line.first.low, max: line.first.high },
    yAxis: { ...axis(line.second.path), nameGap: 44, scale: true },
    series: [{ name: "nil", type: "line", symbolSize: 5, color: palette[0], data: line.points.map(at) },
      ...(now.length ? [{ name: "as it stands", type: "scatter", symbol: "diamond", symbolSize: 11, color: colors.high, data: now }] : [])],
  };
}

function breakEven() {
  section("Where nothing is left", "Lines over two numbers, in SI units, all else as the scenario stands. "
    + "Where a line ends, no second number within its range would do.");
  const drawn = books.break_even.filter((l) => l.points.some((p) => p.second !== null));
  const pair = el("div", { class: "pair" });
  main.append(pair);
  for (const line of drawn) chart(pair, breakEvenChart(line));
  for (const line of books.break_even.filter((l) => !drawn.includes(l))) {
    const worth = line.points.flatMap((p) => [p.npv_from, p.npv_to]).filter((x) => x !== null);
    main.append(el("p", {}, `${line.factory} breaks even at no ${line.first.path} with ${line.second.path} in their ranges: `
      + (worth.length ? `it is worth ${dollars(Math.min(...worth))} to ${dollars(Math.max(...worth))}.` : "it cannot be built then.")));
  }
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
        `of the variance alone ${percent(Math.max(0, i.first))}` + (i.total === null ? "" : `, in all ${percent(Math.max(0, i.total))}`)
          + (i.shapley === null ? "" : `, Shapley effect ${percent(Math.max(0, i.shapley))}`)];
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
  main.append(tableOf(["factory", "capital", "a year", "chip-hour", "net present value", "nine in ten", "rate of return", "payback", "rent today", "owning pays above"],
    books.factories.map((f) => [f.name, figure(f.capital_usd, dollars), figure(f.yearly_cost_usd, dollars),
      figure(f.chip_hour_usd, (x) => "$" + round(x)), figure(f.npv_usd, dollars),
      f.npv_usd.known ? `${dollars(f.npv_usd.p5)} to ${dollars(f.npv_usd.p95)}` : "–",
      figure(f.irr, percent), figure(f.payback_years, (x) => `${round(x)} years`),
      f.rent_usd === null ? "–" : "$" + round(f.rent_usd), figure(f.break_even_rent_usd, (x) => "$" + round(x))]), (i) => i > 0));
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
const fans = books.factories.filter((f) => f.fan.length);
if (books.inputs.length && fans.length) {
  section("Cash over the samples");
  const host = el("div", { class: "pair" });
  main.append(host);
  for (const f of fans) chart(host, fanChart(f));
}
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
if (books.break_even.length) breakEven();
if (books.inputs.length) inputsTable();
if (books.defaults.length) {
  section("What stands in for what [books] leaves out");
  main.append(el("ul", {}, ...books.defaults.map((d) => el("li", {}, d))));
}
