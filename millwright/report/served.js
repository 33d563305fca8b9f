// The page of a simulated deployment.
const run = data;
const colors = { ttft: palette[0], tpot: palette[5], itl: palette[6], latency: palette[7], asked: "#d0483c", knee: "#8a94a0" };
const time = (ms) => (ms === null || ms === undefined ? "–" : ms >= 1000 ? round(ms / 1000) + " s" : round(ms) + " ms");
const dollars = (x) => (x === null ? "–" : "$" + round(x));
const joules = (j) => (j === null ? "not known" : j >= 3.6e6 ? round(j / 3.6e6) + " kWh" : round(j / 3.6e3) + " Wh");
const plural = (count, one) => `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

function tiles(list) {
  main.append(el("div", { class: "tiles" }, ...list.map(([name, value, more]) =>
    el("div", { class: "tile" }, el("span", {}, name), el("strong", {}, value), el("span", {}, more)))));
}

/** Median, and the tail below it. */
const waitTile = (name, latency) => [name, latency ? time(latency.p50) : "–", latency ? `p99 ${time(latency.p99)}` : ""];

function mainFigures() {
  const { ttft_s, tpot_s } = run.asked;
  const promised = [["TTFT", ttft_s], ["TPOT", tpot_s]].filter(([, s]) => s > 0);
  tiles([
    ["Output tokens/s a chip", round(run.output_tokens_per_s_per_chip), `${round(run.output_tokens_per_s)} in all`],
    ["Requests/s", round(run.requests_per_s), `${round(run.completed, 6)} answered` + (run.dropped ? `, ${run.dropped} dropped` : "")],
    waitTile("First token, p50", run.ttft_ms),
    waitTile("Each token, p50", run.tpot_ms),
    ...(promised.length ? [["Goodput, requests/s", round(run.goodput_requests_per_s),
      promised.map(([name, s]) => `${name} ${time(1e3 * s)}`).join(", ")]] : []),
    ["$ / Mtok out", dollars(run.usd_per_million_output_tokens), `${dollars(run.usd_per_million_input_tokens)} in`],
  ]);
}

const percentiles = [["min", 0], ["p5", 5], ["p10", 10], ["p25", 25], ["p50", 50], ["p75", 75], ["p90", 90], ["p95", 95],
  ["p99", 99], ["p999", 99.9], ["max", 100]];
const latencies = [["ttft_ms", "first token (TTFT)", colors.ttft], ["tpot_ms", "each token (TPOT)", colors.tpot],
  ["itl_ms", "between tokens (ITL)", colors.itl], ["latency_ms", "whole answer", colors.latency]]
  .filter(([key]) => run[key]);

/** Shares of all that are not above a latency. */
function distributions() {
  const values = latencies.flatMap(([key]) => percentiles.map(([p]) => run[key][p])).filter((v) => v > 0);
  return {
    title: { text: "Share of requests, or of gaps between tokens, that wait no longer" },
    tooltip: { formatter: (p) => [p.seriesName, `${p.value[1]} % within ${time(p.value[0])}`] },
    legend: {},
    grid: { ...grid, left: 44 },
    xAxis: axisOf("ms", values),
    yAxis: { ...axis("%"), max: 100, nameGap: 34 },
    series: latencies.map(([key, name, color]) => ({
      name, color, type: "line", symbolSize: 5, data: percentiles.map(([p, share]) => [run[key][p], share]).filter(([x]) => x > 0),
    })),
  };
}

function latencyTable() {
  const shown = ["mean", "p50", "p90", "p95", "p99", "p999", "max"];
  const rows = [...latencies, ...(run.queue_ms ? [["queue_ms", "in queue"]] : [])];
  main.append(tableOf(["latency", ...shown.map((p) => (p === "p999" ? "p99.9" : p))],
    rows.map(([key, name]) => [name, ...shown.map((p) => time(run[key][p]))]), (i) => i > 0));
}

function tenantTable() {
  if (!run.tenants || !run.tenants.length) return;
  const wait = (latency, p) => (latency ? time(latency[p]) : "–");
  main.append(tableOf(["tenant", "answered", "dropped", "output tokens/s", "TTFT p50", "TTFT p99", "TPOT p50", "TPOT p99"],
    run.tenants.map((t) => [t.tenant, round(t.completed, 6), t.dropped, round(t.output_tokens_per_s),
      wait(t.ttft_ms, "p50"), wait(t.ttft_ms, "p99"), wait(t.tpot_ms, "p50"), wait(t.tpot_ms, "p99")]), (i) => i > 0));
}

/** A line across a chart at `x`, with a word on it. */
const markAt = (x, name, color, type, end) => ({ xAxis: x, lineStyle: { color, type, width: 1.5 },
  label: { formatter: name, color, position: `inside${end}Top` } });
const marks = (list) => ({ symbol: "none", silent: true, data: list });

/** The asked load as a point beside a curve. */
const askedPoint = (x, y) => ({ name: "asked load", type: "scatter", color: colors.asked, symbolSize: 13, z: 5, data: [[x, y]] });

function throughputChart(points) {
  const shown = points.filter((p) => p.output_tokens_per_s_per_user !== null);
  const most = Math.max(...shown.map((p) => p.output_tokens_per_s_per_user));
  const near = (p, q) => q && p.output_tokens_per_s_per_user - q.output_tokens_per_s_per_user < 0.06 * most
    && Math.abs(p.output_tokens_per_s_per_chip / q.output_tokens_per_s_per_chip - 1) < 0.3;
  const curve = shown.map((p, i) => ({ value: [p.output_tokens_per_s_per_user, p.output_tokens_per_s_per_chip, p.concurrency],
    label: { show: !near(p, shown[i + 1]), position: i === shown.length - 1 ? "bottom" : "right" } }));
  const median = run.tpot_ms && run.tpot_ms.p50;
  return {
    title: { text: "Throughput against interactivity (closed loop)" },
    tooltip: { formatter: (p) => [p.seriesName, `${round(p.value[0])} tokens/s a user, ${round(p.value[1])} a chip`
      + (p.value[2] ? `, ${plural(p.value[2], "request")} in flight` : "")] },
    legend: {},
    grid: { ...grid, left: 52 },
    xAxis: { ...axis("output tokens/s a user = 1 / median TPOT"), min: 0 },
    yAxis: { ...axis("output tokens/s a chip"), nameGap: 50 },
    series: [
      { name: "requests in flight, doubled", color: colors.ttft, type: "line", symbolSize: 7, data: curve,
        label: { fontSize: 10, formatter: (p) => p.value[2].toLocaleString("en-US") } },
      ...(median ? [askedPoint(1e3 / median, run.output_tokens_per_s_per_chip)] : []),
    ],
  };
}

const rateLines = [["ttft_p50_ms", "TTFT p50", colors.ttft, "solid"], ["ttft_p99_ms", "TTFT p99, dashed", colors.ttft, "dashed"],
  ["tpot_p50_ms", "TPOT p50", colors.tpot, "solid"], ["tpot_p99_ms", "TPOT p99, dashed", colors.tpot, "dashed"]];

function latencyChart({ latency_against_rate: points, knee, asked }) {
  const lines = rateLines.filter(([key]) => points.some((p) => p[key] !== null));
  const values = lines.flatMap(([key]) => points.map((p) => p[key])).filter((v) => v > 0);
  const most = points.at(-1).rate;
  const within = asked <= 1.3 * most;
  return {
    title: { text: "Latency against rate, and its knee (open loop)" + (within ? "" : `; ${round(asked)} requests/s were asked for`) },
    tooltip: { trigger: "axis", formatter: (all) => [`${round(all[0].value[0])} requests/s`,
      ...all.map((p) => el("span", {}, dot(p.color), `${p.seriesName}: ${time(p.value[1])}`))] },
    legend: {},
    grid: { ...grid, left: 66, top: 24 },
    xAxis: { ...axis("requests/s"), min: 0, max: within && asked > most ? 1.05 * asked : null },
    yAxis: { ...axisOf("ms", values), nameGap: 58 },
    series: lines.map(([key, name, color, type], i) => ({
      name, color, type: "line", symbolSize: 6, lineStyle: { type, width: 2 }, data: points.map((p) => [p.rate, p[key]]),
      ...(i === 0 ? { markLine: marks([markAt(knee, `knee ${round(knee)}`, colors.knee, "solid", "End"),
        ...(within ? [markAt(asked, `asked ${round(asked)}`, colors.asked, "dashed", "Start")] : [])]) } : {}),
    })),
  };
}

function curves() {
  if (!run.curves && run.pools.length > 1) return;
  section("What it could do");
  if (!run.curves) {
    main.append(el("p", { class: "note" }, "Run it with --curves to see throughput against interactivity, and latency against rate with its knee."));
    return;
  }
  const { answer, throughput_against_interactivity: closed, latency_against_rate: open } = run.curves;
  main.append(el("p", {}, answer));
  const pair = el("div", { class: "pair" });
  main.append(pair);
  if (closed.some((p) => p.output_tokens_per_s_per_user !== null)) chart(pair, throughputChart(closed));
  if (open.length) chart(pair, latencyChart(run.curves));
}

/** Figures of the run's slices, each at its middle. */
function overTime(title, unit, lines, most = null) {
  const middle = (s) => s.begin_s + s.length_s / 2;
  return {
    title: { text: title },
    tooltip: { trigger: "axis", formatter: (all) => [`${round(all[0].value[0])} s`,
      ...all.map((p) => el("span", {}, dot(p.color), `${p.seriesName}: ${round(p.value[1])} ${unit}`))] },
    legend: {},
    grid: { ...grid, left: 44 },
    xAxis: { ...axis("seconds since the first arrival"), min: 0 },
    yAxis: { ...axis(unit), max: most, nameGap: 40 },
    series: lines.map(([name, color, value]) => ({ name, color, type: "line", showSymbol: false, areaStyle: { opacity: 0.12 },
      data: run.timeline.map((s) => [middle(s), value(s)]) })),
  };
}

function timeline() {
  const which = run.pools.length > 1 ? "All replicas for answers together." : "All replicas together.";
  section("Over time", `${which} requests.csv has every request, trace.json the steps of the first of these replicas: open it in Perfetto (ui.perfetto.dev).`);
  const pair = el("div", { class: "pair" });
  main.append(pair);
  chart(pair, overTime("Sequences running and waiting", "sequences",
    [["running", colors.ttft, (s) => s.running], ["waiting", colors.itl, (s) => s.waiting]]));
  chart(pair, overTime("Cache in use", "%", [["of the blocks", colors.tpot, (s) => 100 * s.kv_share]], run.kv_peak_share > 0.5 ? 100 : null));
}

const waysText = (p) => [["tensor", p.tensor], ["pipeline", p.pipeline], ["attention data", p.attention_data], ["expert", p.expert]]
  .filter(([name, n]) => n > 1 || name === "tensor").map(([name, n]) => `${name} ${n}`).join(", ");

function askedText() {
  const { trace, rate, concurrency, prompt_tokens, output_tokens, prefix_tokens } = run.asked;
  const how = trace ? `of ${trace}` : rate ? `at ${round(rate)} a second` : `${plural(concurrency, "request")} in flight`;
  return `${plural(run.requests, "request")} ${how}; prompts of ${round(prompt_tokens)} and answers of ${round(output_tokens)} tokens on average`
    + (prefix_tokens ? `, the first ${prefix_tokens} alike` : "");
}

function facts() {
  section("Deployment, use and cost");
  const each = (text) => run.pools.map((pool) => (run.pools.length > 1 ? `${pool.role}: ` : "") + text(pool)).join("; ");
  const dl = el("dl");
  for (const [term, value] of [
    ["load", askedText()],
    ["engine", `${run.engine}, weights in ${run.precision}, cache in ${run.kv_precision}`],
    ["layout", each((pool) => `${plural(pool.replicas, "replica")} of ${waysText(pool)} on ${plural(pool.chips, "chip")}`)],
    ["chip memory", each((pool) => `${round(pool.weights_bytes / 1e9)} GB of weights, ${round(pool.cache_bytes / 1e9)} GB of cache`)],
    ["bound by", run.bound_by],
    ["run", `${round(run.seconds)} s, ${round(run.input_tokens)} tokens in and ${round(run.output_tokens)} out`],
    ["steps", each((pool) => `${plural(pool.steps, "step")}, under way ${percent(pool.busy_share)} of the time`)],
    ["running", each((pool) => `${round(pool.running_mean)} sequences on average`)],
    ["cache", `${each((pool) => `${percent(pool.kv_mean_share)} on average`)}, ${percent(run.kv_peak_share)} at most; ${plural(run.preemptions, "preemption")}; `
      + `${percent(run.cache_hit_share)} of prompts' tokens found in the prefix cache`],
    ["energy of chips", joules(run.energy_j)],
    ["cost", `$${round(run.usd)} for the run; a million tokens of input ${dollars(run.usd_per_million_input_tokens)}, cached `
      + `${dollars(run.usd_per_million_cached_tokens)}, output ${dollars(run.usd_per_million_output_tokens)}`],
  ]) dl.append(el("dt", {}, term), el("dd", {}, value));
  main.append(dl);
  if (run.notes.length) main.append(el("h3", {}, "Notes"), el("ul", {}, ...run.notes.map((note) => el("li", {}, note))));
}

main.append(el("p", { class: "answer" }, run.answer));
if (run.completed > 0) {
  mainFigures();
  curves();
  section("What users wait for");
  chart(main, distributions());
  latencyTable();
  tenantTable();
  timeline();
}
facts();
