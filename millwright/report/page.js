const study = data;
const ranked = study.ranking.map((name) => study.factories.find((f) => f.name === name));
const jobNames = study.factories[0].jobs.map((j) => j.job);
/** Its place, in brackets where a denial stands in the way. */
const place = (f, rank) => (f.lawful ? `${rank + 1}` : `(${rank + 1})`);

/** A verdict; with a mark where an open point would give another one. */
const verdictOf = (v) => {
  if (v.would_decide.length === 0) return tag(v.answers[0]);
  return el("span", { class: "whole", title: v.would_decide.join("; ") }, tag(v.answers[0]), "?");
};
const powerOf = (f) => watts(f.power_w) + (f.over_power_limit ? " of " + watts(study.power_limit_w) : "");

function summaryTable() {
  const authorities = ranked[0].verdict.answers.map((a) => a.label);
  const head = ["#", "factory", ...authorities, "job", "days", "chips used", "train $ / Mtok", "whole site's",
    "site power", "capital", "$ / year"];
  const rows = ranked.flatMap((f, rank) => f.jobs.map((j, k) => {
    const first = (...cells) => (k === 0 ? cells : cells.map(() => ""));
    const done = (...cells) => (j.feasible ? cells : cells.map(() => "–"));
    return [
      ...first(place(f, rank), f.name, verdictOf(f.verdict), ...f.verdict.answers.slice(1).map(tag)),
      el("span", { class: "whole" }, j.job), j.feasible ? round(j.days, 4) : "cannot",
      ...done(round(j.plan?.chips_used, 6), round(j.usd_per_million_tokens), round(j.usd_per_million_tokens_of_site)),
      ...first(powerOf(f), money(f.capital_usd), money(f.yearly_usd)),
    ];
  }));
  main.append(tableOf(head, rows, (i) => i === 0 || i >= authorities.length + 3));
}

/** What each of the chips used does. */
function ratesTable() {
  const head = ["factory", "job", "in", "step", "TFLOP/s", "MFU", "of own peak", "tokens/s", "memory"];
  const rows = ranked.flatMap((f) => f.jobs.filter((j) => j.feasible).map((j, k) => [
    k === 0 ? f.name : "", j.job, j.precision, round(j.step_s) + " s", round(j.tflops_per_chip), percent(j.mfu),
    percent(j.mfu_of_precision), round(j.tokens_per_s_per_chip), round(j.memory_bytes / 1e9) + " GB",
  ]));
  if (rows.length) main.append(tableOf(head, rows, (i) => i >= 3));
}

/** Steps by flows: what sharing adds, and how full each tier's fullest link is, shaded by load. */
function flowTable() {
  const checks = ranked.flatMap((f) => f.jobs.filter((j) => j.feasible && j.by_flows.done)
    .map((j) => ({ f, j, c: j.by_flows })));
  if (checks.length === 0) return;
  const head = ["factory", "job", "placement", "formula", "timeline", "shared", "adds", "hot link",
    "load of tiers, nearest first"];
  const shaded = (tier) => {
    const cell = el("span", { class: "heat", title: `${tier.tier}: mean ${percent(tier.mean_load)}` },
      `${tier.tier} ${percent(tier.most_load)}`);
    cell.style.setProperty("--load", tier.most_load);
    return cell;
  };
  const rows = checks.map(({ f, j, c }) => [f.name, j.job, c.placement, round(c.closed_s) + " s",
    round(c.alone_s) + " s", round(c.shared_s) + " s", percent(c.disagreement),
    c.hot_links.length > 0 ? c.hot_links[0].link : "–",
    el("span", {}, ...c.tiers.map(shaded))]);
  section("The best plans by flows: all groups at once", "As many micro-batches as fill the pipeline; loads are of the fullest link of each tier. What sharing adds: groups that wait for each other on one link.");
  main.append(tableOf(head, rows, (i) => i >= 3 && i <= 6));
}

/** Bars of one figure for each factory and job. */
function barsOf(title, unit, value) {
  const values = ranked.flatMap((f) => f.jobs.filter((j) => j.feasible).map(value));
  return {
    title: { text: title },
    tooltip: { trigger: "axis", valueFormatter: (v) => (Number.isFinite(v) ? round(v) + " " + unit : "cannot") },
    legend: {},
    color: palette,
    grid,
    xAxis: axisOf(unit, values),
    yAxis: { type: "category", inverse: true, data: ranked.map((f) => f.name) },
    series: jobNames.map((job, k) => ({
      name: job, type: "bar", data: ranked.map((f) => (f.jobs[k].feasible ? value(f.jobs[k]) : null)),
    })),
  };
}

/** Where four in five measurements would lie: from low to high around each prediction, in days. */
function bands() {
  const rows = ranked.flatMap((f) => f.jobs.filter((j) => j.feasible).map((j) => ({
    name: f.name + (jobNames.length > 1 ? ", " + j.job : ""),
    low: j.days * j.low / j.step_s, mid: j.days, high: j.days * j.high / j.step_s,
  })));
  const part = (name, color, value) => ({
    name, type: "bar", stack: "band", color, barMaxWidth: 16, data: rows.map(value),
  });
  return {
    title: { text: "How sure: days to train, four in five measurements" },
    tooltip: { trigger: "axis", formatter: ([p]) => {
      const r = rows[p.dataIndex];
      return `${r.name}: ${round(r.mid)} days, ${round(r.low)} to ${round(r.high)}`;
    } },
    grid,
    legend: {},
    xAxis: axisOf("days", rows.flatMap((r) => [r.low, r.high])),
    yAxis: { type: "category", inverse: true, data: rows.map((r) => r.name) },
    series: [
      part("", "transparent", (r) => r.low),
      part("sooner than predicted", palette[4], (r) => r.mid - r.low),
      part("later", palette[0], (r) => r.high - r.mid),
    ],
  };
}

/** Leaves of a ledger by path. */
function leaves(ledger, prefix = "") {
  if (ledger.parts.length === 0) return [[prefix, ledger.value]];
  return ledger.parts.flatMap((p) => leaves(p, p.parts.length || !prefix ? p.name : prefix + ": " + p.name));
}

/** Rows of one ledger of each factory, in millions; as shares, with the whole beside each name,
 * where the largest would leave nothing of the smallest. */
function ledgers(title, unit, key, words) {
  const of = (f) => f[key];
  const shares = far(ranked.map((f) => of(f).value));
  const rows = ranked.map((f) => ({ name: f.name + (shares ? ", " + words(of(f).value) : ""),
    whole: shares ? of(f).value : 0, leaves: leaves(of(f)) }));
  return shares ? stacked(title + ", shares of each whole", "%", rows, 100, 100) : stacked(title, unit, rows, 1e-6);
}

/** Stacked bars of ledgers, a row a factory; shares where the row tells its `whole`. */
function stacked(title, unit, rows, scale, most = null) {
  const names = [...new Set(rows.flatMap((r) => r.leaves.map(([n]) => n)))];
  return {
    title: { text: title },
    tooltip: { trigger: "item", valueFormatter: (v) => round(v) + " " + unit },
    color: palette,
    legend: {},
    grid,
    xAxis: { ...axis(unit), max: most },
    yAxis: { type: "category", inverse: true, data: rows.map((r) => r.name) },
    series: names.map((name) => ({
      name, type: "bar", stack: "all", barMaxWidth: 26,
      data: rows.map((r) => scale * (r.whole ? 1 / r.whole : 1) * (r.leaves.find(([n]) => n === name) || [0, 0])[1]),
    })),
  };
}

function front(f, j) {
  const points = j.pareto.map((c) => [c.chips_used, c.step_s, c.memory_bytes / 1e9]);
  const most = Math.max(...points.map((p) => p[2]));
  return {
    title: { text: "Plans no other beats: " + f.name + ", " + j.job + " (larger: more memory)" },
    tooltip: { formatter: (p) => `${round(p.value[0], 6)} chips, ${round(p.value[1])} s a step, ${round(p.value[2])} GB a chip` },
    grid: { ...grid, left: 30 },
    xAxis: axisOf("chips", points.map((p) => p[0])),
    yAxis: { ...axisOf("seconds a step", points.map((p) => p[1])), scale: true, nameGap: 50 },
    series: [{ type: "scatter", symbolSize: (p) => 4 + 10 * p[2] / most, data: points }],
  };
}

function definitions(pairs) {
  const dl = el("dl");
  for (const [term, value] of pairs) {
    if (value === "" || value === null || value === undefined) continue;
    dl.append(el("dt", {}, term), el("dd", {}, value));
  }
  return dl;
}

function planText(p) {
  const ways = [["tensor", p.tensor], ["context", p.context], ["expert", p.expert],
    ["pipeline", p.pipeline], ["virtual stages", p.virtual_stages], ["data", p.data]];
  return ways.filter(([, n]) => n > 1).map(([name, n]) => name + " " + n)
    .concat(["micro-batch " + p.micro_batch, p.schedule, "recompute " + p.recompute, p.sharding,
      "global batch " + p.global_batch]).join(", ");
}

function jobBox(f, j) {
  const box = el("div", {}, el("h3", {}, j.job));
  if (!j.feasible) {
    box.append(definitions([["cannot", j.infeasible]]));
  } else {
    const more = Object.entries(j.with_ten_percent_more)
      .map(([name, change]) => `${name} ${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %`).join(", ");
    box.append(definitions([
      ["plan", planText(j.plan)],
      ["chips", `${round(j.plan.chips_used, 6)} for the job, ${round(f.chips, 6)} on the site, ${round(f.chips_in_largest_compound, 6)} in the largest compound`],
      ["memory", `${round(j.memory_bytes / 1e9)} of ${round(j.memory_usable_bytes / 1e9)} GB usable a chip`],
      ["framework", j.framework],
      ["bound by", j.bound_by],
      ["10 % more", more + " (change of the step)"],
      ["plans", `${j.search.plans_in_space.toLocaleString("en-US")} can run, ${j.search.plans_evaluated.toLocaleString("en-US")} timed in full`],
    ]));
    const list = el("ul");
    for (const lost of j.search.lost) {
      list.append(el("li", {}, `${lost.count.toLocaleString("en-US")} ${lost.reason}, such as ${lost.example}`));
    }
    box.append(list);
  }
  const s = j.served;
  if (s) {
    box.append(definitions([["could sell", `replica of ${s.chips} chips in ${s.precision}: prefill ${round(s.prefill_tokens_per_s)}, decode ${round(s.decode_tokens_per_s)} tokens/s at batch ${s.batch}; $${round(s.usd_per_million_output_tokens)} per million served output tokens (a bound by roofline)`]]));
  }
  return box;
}

function factoryBox(f, rank) {
  const v = f.verdict;
  const chain = el("ul");
  for (const step of v.chain) chain.append(el("li", {}, step));
  return el("details", rank === 0 ? { open: "" } : {},
    el("summary", {}, `${place(f, rank)}. ${f.name} `, verdictOf(v), el("span", {}, ` ${v.reason}`)),
    definitions([
      ["class", v.class], ["conditions", v.conditions],
      ...v.answers.slice(1).map((a) => [a.label, a.code + (a.reason ? ": " + a.reason : "")]),
      ["by the text", v.by_text], ["would change it", v.would_decide.join("; ")],
      ["supply", v.supply + ": " + v.supply_reason], ["open", v.open.join("; ")], ["tests", chain],
      ["citations", v.citations.map((c) => `${c.rule} (${c.text})`).join("; ") + "; confidence " + v.confidence],
      ["wiring", f.wiring],
      ["power", powerOf(f)], ["capital", money(f.capital_usd)],
      ["yearly", money(f.yearly_usd)],
      ["warning", f.notes.join("; ")],
      ["estimates", percent(f.estimate_share, 0) + " of the weight of its inputs is graded estimate"],
    ]),
    ...f.jobs.map((j) => jobBox(f, j)));
}

function sourcesTable() {
  const rows = study.sources.map((s) => [s.grade, s.title + (s.note ? " – " + s.note : ""), s.publisher, s.dated]);
  return el("details", {}, el("summary", {}, `${study.sources.length} sources`),
    tableOf(["grade", "source", "publisher", "dated"], rows));
}

section("Comparison", "Ranked: no licence needed first, then licence or exception possible, then denial (place in brackets). "
  + "Train $ / Mtok: a million trained tokens at the yearly cost of the chips used; whole site's: with idle chips paid too."
  + (ranked.some((f) => f.verdict.would_decide.length) ? " ? an open point would give another answer; it stands with the factory." : ""));
summaryTable();
section("Each of the chips used", "TFLOP/s: useful FLOPs (six per active weight and token, causal attention). MFU: those over "
  + "the dense BF16 peak, the convention, which narrower formats can pass; of own peak: over that of the job's own precision.");
ratesTable();
flowTable();
section("Days and price");
const pair = el("div", { class: "pair" });
main.append(pair);
chart(pair, barsOf("Days to train", "days", (j) => j.days));
chart(pair, barsOf("Price of training, chips used", "$ / Mtok", (j) => j.usd_per_million_tokens));
chart(main, bands());

section("Where the step goes");
jobNames.forEach((job, k) => {
  const rows = ranked.filter((f) => f.jobs[k].feasible)
    .map((f) => ({ name: f.name, whole: f.jobs[k].step_s, leaves: leaves(f.jobs[k].step_ledger) }));
  if (rows.length) chart(main, stacked("One step of " + job, "% of the step", rows, 100, 100));
});
section("Where the money and the power go");
const pair2 = el("div", { class: "pair" });
main.append(pair2);
chart(pair2, ledgers("Capital", "M$", "capital_ledger", money));
chart(pair2, ledgers("Yearly cost", "M$", "yearly_ledger", money));
chart(pair2, ledgers("Power", "MW", "power_ledger", watts));
const bestJob = ranked.flatMap((f) => f.jobs.filter((j) => j.feasible).map((j) => [f, j]))[0];
if (bestJob && bestJob[1].pareto.length > 1) chart(pair2, front(...bestJob));

section("Each factory");
ranked.forEach((f, rank) => main.append(factoryBox(f, rank)));
section("Assumed where the scenario is silent");
main.append(el("ul", {}, ...study.assumed.map((a) => el("li", {}, a))));
section("Sources", percent(study.estimate_share, 0) + " of the weight of the inputs in dollars per token rests on estimates. Not legal advice; " + study.country_groups + ".");
main.append(sourcesTable());
