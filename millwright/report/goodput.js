// The page of a job on machines that fail.
const job = data;
const colors = { productive: "#3ba272", lost: "#d0483c", median: palette[0], ideal: "#8a94a0" };
const minute = 60, hour = 3600, day = 86400;
/** Times as people say them. */
const time = (s) => (s < 100 ? round(s) + " s" : s < 100 * minute ? round(s / minute) + " min"
  : s < 48 * hour ? round(s / hour) + " h" : round(s / day, 4) + " days");
/** The unit in which so many seconds read well, and its length. */
const unitOf = (s) => (s >= 2 * day ? ["days", day] : s >= 2 * hour ? ["hours", hour] : s >= 2 * minute ? ["minutes", minute] : ["seconds", 1]);
const plural = (count, one) => `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;
/** Tokens and dollars: 9.35 T, 2.98 M. */
const short = (x) => {
  const [factor, letter] = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]].find(([f]) => x >= f) || [1, ""];
  return `${round(x / factor)} ${letter}`.trim();
};
const signed = (x) => (Math.abs(x) < 0.05 ? "0.0" : (x > 0 ? "+" : "−") + Math.abs(x).toFixed(1));

const words = {
  TPU_INITIALIZATION: "first start", TRAINING_PREP: "preparation", PROGRAM_STARTUP: "warm-up",
  DATA_LOADING_SYNC: "waits for data", DATA_LOADING_ASYNC: "data beside the job",
  UNPRODUCTIVE_CHECKPOINT_SAVE: "saving checkpoints", UNPRODUCTIVE_CHECKPOINT_RESTORE: "loading checkpoints",
  WASTED_PROGRESS_FROM_DISRUPTION: "work done again", INFRASTRUCTURE_RECOVERY_FROM_DISRUPTION: "recovery",
  CUSTOM: "planned stops", OTHER: "speed that is lost",
};
const whole = job.waterfall.value;
const productive = job.waterfall.parts[0];
const byValue = (parts) => parts.filter((p) => p.value > 0).sort((a, b) => b.value - a.value);
const losses = byValue(job.waterfall.parts.slice(1));
/** Causes of a class that took most, each with its time. */
const mostly = (loss, count) => {
  const causes = byValue(loss.parts);
  const rest = causes.slice(count).reduce((sum, c) => sum + c.value, 0);
  return [...causes.slice(0, count).map((c) => `${c.name} ${time(c.value)}`), ...(rest > 0 ? [`all others ${time(rest)}`] : [])];
};

function tiles(list) {
  main.append(el("div", { class: "tiles" }, ...list.filter(([, value]) => value !== null).map(([name, value, more]) =>
    el("div", { class: "tile" }, el("span", {}, name), el("strong", {}, value), el("span", {}, more)))));
}

function mainFigures() {
  const { useful_share: useful, interruptions: stops, worth, steps } = job;
  tiles([
    ["Useful share", percent(useful.mean), `${percent(useful.p5)} to ${percent(useful.p95)} in nine runs of ten`],
    ["By the closed form", job.closed_form === null ? null : percent(job.closed_form), `first order: ${percent(job.first_order)}`],
    ["Interruptions", round(stops.mean, 4), `${round(stops.mean * day / whole)} a day; ${round(stops.p5, 4)} to ${round(stops.p95, 4)}`],
    ["Between failures", job.mttf_s === null ? null : time(job.mttf_s), "mean"],
    ["Not running", percent(job.down_share.mean), "of the time"],
    ["Between checkpoints", job.period_s < whole ? time(job.period_s) : null,
      job.best_period_s === null ? "none is needed" : job.best_period_s === job.period_s ? "the best" : `best: ${time(job.best_period_s)}`],
    ["Tokens", worth && job.planned ? short(worth.tokens) : null, worth ? `${short(worth.tokens_lost)} lost` : ""],
    ["Lost", worth ? `${short(worth.usd_lost)} $` : null, worth ? `of ${short(worth.usd)} $ on no work that counts` : ""],
    ["Steps", steps ? `${round(steps.slowdown, 4)} x` : null,
      steps ? `as long as even ones: ${steps.causes.map((c) => `${c.name} ${percent(c.explained)}`).join(", ")}` : ""],
  ]);
}

const names = (list) => ({ type: "category", inverse: true, data: list,
  axisLabel: { width: 150, overflow: "break", lineHeight: 13 } });

/** From the productive share on each loss takes its part, until the whole. */
function waterfallChart() {
  const rows = [{ name: "productive", value: productive.value, from: 0, color: colors.productive, lines: [] }];
  let from = productive.value;
  for (const loss of losses) {
    rows.push({ name: words[loss.name] || loss.name, value: loss.value, from, color: colors.lost,
      lines: [loss.name, ...mostly(loss, 6)] });
    from += loss.value;
  }
  const label = (r) => ({ show: true, formatter: percent(r.value / whole),
    position: r.from === 0 || r.from < 0.15 * whole ? (r.value > 0.3 * whole ? "insideRight" : "right") : "left" });
  return {
    title: { text: `The run of ${time(whole)}, % of its time` },
    tooltip: { formatter: (p) => {
      const r = rows[p.dataIndex];
      return [`${r.name}: ${time(r.value)}, ${percent(r.value / whole)}`, ...r.lines];
    } },
    grid,
    xAxis: { ...axis("% of the time"), max: 100 },
    yAxis: names(rows.map((r) => r.name)),
    series: [
      { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: rows.map((r) => 100 * r.from / whole) },
      { type: "bar", stack: "all", barMaxWidth: 24, data: rows.map((r) => ({
        value: 100 * r.value / whole, itemStyle: { color: r.color }, label: label(r) })) },
    ],
  };
}

/** What is lost alone, by class and cause: the causes that took most, the others together. */
function lossChart() {
  const shown = 9;
  const [unit, length] = unitOf(losses[0].value);
  const causes = byValue(job.causes.map((c) => ({ name: c.name, value: c.lost_s })));
  const named = causes.slice(0, causes.length > shown + 1 ? shown : causes.length).map((c) => c.name);
  const of = (loss, test) => loss.parts.filter((p) => test(p.name)).reduce((sum, p) => sum + p.value, 0) / length;
  const series = named.map((name) => [name, (n) => n === name]);
  if (named.length < causes.length) series.push(["all others", (n) => !named.includes(n)]);
  return {
    title: { text: `What is lost, by cause, ${unit}` },
    tooltip: { formatter: (p) => [p.name, el("span", {}, dot(p.color), `${p.seriesName}: ${time(p.value * length)}`)] },
    color: colorsOf(series.map(([name]) => name)),
    legend: {},
    grid,
    xAxis: axis(unit),
    yAxis: names(losses.map((l) => words[l.name] || l.name)),
    series: series.map(([name, test]) => ({ name, type: "bar", stack: "all", barMaxWidth: 24, data: losses.map((l) => of(l, test)) })),
  };
}

const start = { day: 0, mean: 0, p5: 0, p25: 0, p50: 0, p75: 0, p95: 0 };

/** Bands of replications over the run, of points with the figures of a row of progress. */
function fanChart(title, unit, points, more = [], most = null) {
  const [span, length] = unitOf(whole);
  const at = points.map((p) => round(p.day * day / length));
  const everyTenth = (i) => (at.length - 1 - i) % 10 === 0;
  const told = (p, when) => [`after ${when} ${span}, ${unit}`, `median ${round(p.p50, 4)}, mean ${round(p.mean, 4)}`,
    `half of the runs: ${round(p.p25, 4)} to ${round(p.p75, 4)}`, `nine of ten: ${round(p.p5, 4)} to ${round(p.p95, 4)}`];
  return {
    title: { text: title },
    tooltip: { trigger: "axis", formatter: ([first]) => told(points[first.dataIndex], at[first.dataIndex]) },
    legend: {},
    grid: { ...grid, left: 40 },
    xAxis: { type: "category", boundaryGap: false, data: at, name: `${span} since the start`, nameLocation: "middle", nameGap: 26,
      axisLabel: { interval: everyTenth }, axisTick: { interval: everyTenth } },
    yAxis: { ...axis(unit), nameGap: 36, scale: more.length === 0, max: most },
    series: [...fanSeries(points, "nine runs of ten", "half of the runs", colors.median), ...more],
  };
}

/** A row of progress with each figure turned into another one. */
const turned = (row, to) => Object.fromEntries(Object.entries(row).map(([key, days]) => [key, key === "day" ? days : to(days)]));

/** The share is seen from where it no longer hangs on the first failures. */
function progress() {
  section("Progress", "Work at full speed that was done by then and is never lost: what a failure takes back counts at no time.");
  const pair = el("div", { class: "pair" });
  main.append(pair);
  const [unit, length] = unitOf(whole);
  const scale = day / length;
  const rows = [start, ...job.progress];
  chart(pair, fanChart("Work that counts", `${unit} of work`, rows.map((row) => turned(row, (days) => days * scale)),
    [{ name: "a job that never stops", type: "line", symbol: "none", color: colors.ideal, lineStyle: { type: "dashed", width: 1.5 },
      data: rows.map((row) => row.day * scale) }]));
  // rounded, so that a share which never changes has an axis
  const shares = job.progress.slice(job.progress.length / 10 - 1)
    .map((row) => turned(row, (days) => Number((100 * days / row.day).toPrecision(9))));
  chart(pair, fanChart("Useful share so far", "% of the time so far", shares, [],
    shares.some((row) => row.p95 > 99) ? 100 : null));
}

const asIs = job.levers[0].useful_share;
const levers = [...job.levers.slice(1), ...job.band].map((l) => ({ ...l, points: 100 * (l.useful_share - asIs) }));

function leverChart() {
  const points = [0, ...levers.map((l) => l.points)];
  const room = 0.2 * Math.max(0.1, Math.max(...points) - Math.min(...points));
  return {
    title: { text: "Points of useful share that it gains" },
    tooltip: { formatter: (p) => `${levers[p.dataIndex].what}: ${percent(levers[p.dataIndex].useful_share)}, ${signed(p.value)} points` },
    grid,
    xAxis: { ...axis("points"), min: (v) => (v.min < 0 ? v.min - room : 0), max: (v) => Math.max(0, v.max) + room,
      axisLabel: { formatter: (v) => String(round(v, 2)), showMinLabel: false, showMaxLabel: false } },
    yAxis: { ...names(levers.map((l) => l.what)), axisLine: { onZero: false } },
    series: [{ type: "bar", barMaxWidth: 24, data: levers.map((l) => ({ value: l.points,
      itemStyle: { color: l.points < 0 ? colors.lost : colors.productive },
      label: { show: true, position: l.points < 0 ? "left" : "right", formatter: signed(l.points) } })) }],
  };
}

function timeTables() {
  main.append(tableOf(["where the time goes", "as Google names it", "mostly", "time", "share"],
    [productive, ...losses].map((part) => [words[part.name] || part.name, words[part.name] ? el("small", {}, part.name) : "",
      mostly(part, 3).join(", "), time(part.value), percent(part.value / whole)]), (i) => i > 2));
}

function causesTable() {
  const causes = byValue(job.causes.map((c) => ({ ...c, value: c.lost_s })));
  if (!causes.length) return;
  section("What failed, and what else takes time");
  main.append(tableOf(["cause", "strikes in a run", "time lost", "share"], causes
    .map((c) => [c.name, c.strikes > 0 ? round(c.strikes) : "", time(c.value), percent(c.value / whole, 2)]), (i) => i > 0));
}

function facts() {
  section("How it was found");
  const dl = el("dl");
  const rows = [
    ["simulated", `${plural(job.replications, "run")}; the mean share is known to ${(100 * job.useful_share.half_width).toFixed(2)} points`],
    ["policy", job.policy],
    ["job", `${plural(job.chips, "chip")} on ${plural(job.servers, "server")}`],
    ["planned stops", job.planned_stops > 0 ? `${round(job.planned_stops, 4)} a run` : null],
    ["stock-outs", job.stock_outs > 0 ? `${round(job.stock_outs)} a run, in ${percent(job.ever_out_of_stock)} of runs; `
      + `${time(job.without_servers_s)} without a server` : null],
    ["retired", job.retired > 0 ? `${round(job.retired)} servers a run` : null],
  ];
  for (const [term, value] of rows.filter(([, v]) => v !== null)) dl.append(el("dt", {}, term), el("dd", {}, value));
  main.append(dl);
  if (job.notes.length) main.append(el("h3", {}, "Notes"), el("ul", {}, ...job.notes.map((note) => el("li", {}, note))));
}

main.append(el("p", { class: "answer" }, job.answer));
mainFigures();
section("Where the time goes");
if (losses.length) {
  const pair = el("div", { class: "pair" });
  main.append(pair);
  chart(pair, waterfallChart());
  chart(pair, lossChart());
}
timeTables();
progress();
section("What would help", `One thing better at a time, all else equal; as it is, ${percent(asIs)}.`);
chart(main, leverChart());
causesTable();
facts();
