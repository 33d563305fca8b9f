// Training jobs on the page of a study.

/** What each of the chips used does. */
function ratesTable() {
  const head = ["factory", "job", "in", "step", "TFLOP/s", "MFU", "of own peak", "tokens/s", "memory"];
  const rows = ranked.flatMap((f) => jobsOf(f, "train").map((j, k) => [
    k === 0 ? f.name : "", j.job, j.adapters ? `${j.precision}, ${j.adapters}` : j.precision,
    round(j.step_s) + " s", round(j.tflops_per_chip), percent(j.mfu),
    percent(j.mfu_of_precision), round(j.tokens_per_s_per_chip), round(j.memory_bytes / 1e9) + " GB",
  ]));
  if (rows.length) main.append(tableOf(head, rows, (i) => i >= 3));
}

/** Steps by flows: what sharing adds, and how full each tier's fullest link is, shaded by load. */
function flowTable() {
  const checks = ranked.flatMap((f) => jobsOf(f, "train").filter((j) => j.by_flows.done)
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

/** Where four in five measurements would lie: from low to high around each prediction, in days. */
function bands() {
  const rows = ranked.flatMap((f) => jobsOf(f, "train").map((j) => ({
    name: f.name + (namesOf("train").length > 1 ? ", " + j.job : ""),
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

function front(f, j) {
  const points = j.pareto.map((c) => [c.chips_used, c.step_s, c.memory_bytes / 1e9]);
  const most = Math.max(...points.map((p) => p[2]));
  return {
    title: { text: "Plans no other beats: " + f.name + ", " + j.job + " (larger: more memory)" },
    tooltip: { formatter: (p) => `${round(p.value[0], 6)} chips, ${round(p.value[1])} s a step, ${round(p.value[2])} GB a chip` },
    grid: { ...grid, left: 52 },
    xAxis: axisOf("chips", points.map((p) => p[0])),
    yAxis: { ...axisOf("seconds a step", points.map((p) => p[1])), scale: true, nameGap: 50 },
    series: [{ type: "scatter", symbolSize: (p) => 4 + 10 * p[2] / most, data: points }],
  };
}

function planText(p) {
  const ways = [["tensor", p.tensor], ["context", p.context], ["expert", p.expert],
    ["pipeline", p.pipeline], ["virtual stages", p.virtual_stages], ["data", p.data]];
  return ways.filter(([, n]) => n > 1).map(([name, n]) => name + " " + n)
    .concat(["micro-batch " + p.micro_batch, p.schedule, "recompute " + p.recompute,
      (p.sharding === "none" ? "sharding " : "") + p.sharding,
      "global batch " + p.global_batch]).join(", ");
}

/** The facts of one job that runs. */
function trainFacts(f, j) {
  return [
    ["plan", planText(j.plan)],
    ["chips", `${round(j.plan.chips_used, 6)} for the job, ${round(f.chips, 6)} on the site, ${round(f.chips_in_largest_compound, 6)} in the largest compound`],
    ["hours", j.hours_a_day < 24 ? `trains ${round(j.hours_a_day)} of 24 each day, in which nothing is served` : ""],
    ["memory", `${round(j.memory_bytes / 1e9)} of ${round(j.memory_usable_bytes / 1e9)} GB usable a chip`],
    ["framework", j.framework],
    ["bound by", j.bound_by],
    ["10 % more", tenthMore(j) + " (change of the step)"],
    ["plans", `${j.search.plans_in_space.toLocaleString("en-US")} possible, memory aside, ${j.search.plans_evaluated.toLocaleString("en-US")} timed in full`],
  ];
}

function lostPlans(j) {
  return el("ul", {}, ...j.search.lost.map((lost) =>
    el("li", {}, `${lost.count.toLocaleString("en-US")} ${lost.reason}, such as ${lost.example}`)));
}

function trainSections() {
  section("Each of the chips used", "TFLOP/s: useful FLOPs (six per active weight and token, four per frozen one, causal "
    + "attention). MFU: those over the dense BF16 peak, the convention, which narrower formats can pass; of own peak: over that of the job's own precision.");
  ratesTable();
  flowTable();
  section("Days and price");
  const pair = el("div", { class: "pair" });
  main.append(pair);
  chart(pair, barsOf("train", "Days to train", "days", (j) => j.days));
  chart(pair, barsOf("train", "Price of training, chips used", "$ / Mtok", (j) => j.usd_per_million_tokens));
  chart(main, bands());
  section("Where the step goes");
  ledgersOf("train", (job) => "One step of " + job, "step", (j) => j.step_ledger);
  const best = ranked.flatMap((f) => jobsOf(f, "train").map((j) => [f, j]))[0];
  if (best && best[1].pareto.length > 1) {
    const half = el("div", { class: "pair" });
    main.append(half);
    chart(half, front(...best));
  }
}

const trainPage = {
  title: "Training",
  head: ["days", "chips used", "train $ / Mtok", "whole site's"],
  cells: (j) => [round(j.days, 4), round(j.plan.chips_used, 6), round(j.usd_per_million_tokens),
    round(j.usd_per_million_tokens_of_site)],
  legend: "Train $ / Mtok: a million trained tokens at the yearly cost of the chips used; whole site's: with idle chips paid too.",
  facts: trainFacts,
  after: lostPlans,
  sections: trainSections,
};
