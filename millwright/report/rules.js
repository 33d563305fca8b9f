const colors = { good: "#3ba272", maybe: "#e0a030", bad: "#d0483c", none: "#8a94a0" };
const yearOf = (day) => {
  const [y, m, d] = day.split("-").map(Number);
  return y + (m - 1) / 12 + (d - 1) / 365;
};

/** A verdict over time: one row a change, coloured by how restrictive it is. */
function timelineChart(entries) {
  const lead = (e) => e.verdict.answers[0];
  const label = (e) => `${e.from}  ${lead(e).code}`;
  return {
    title: { text: `${lead(entries[0]).label}, over time` },
    tooltip: { formatter: (p) => `${entries[p.dataIndex].from} to ${entries[p.dataIndex].until}: ${lead(entries[p.dataIndex]).code}` },
    grid,
    xAxis: { type: "value", min: Math.floor(yearOf(entries[0].from)), max: Math.ceil(yearOf(entries.at(-1).until)),
      minInterval: 1, axisLabel: { formatter: (v) => String(v) } },
    yAxis: { type: "category", inverse: true, data: entries.map(label) },
    series: [
      { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: entries.map((e) => yearOf(e.from)) },
      { type: "bar", stack: "all", barMaxWidth: 22, data: entries.map((e) => ({
        value: yearOf(e.until) - yearOf(e.from), itemStyle: { color: colors[grade(lead(e))] } })) },
    ],
  };
}

function timelinePage() {
  section("Verdict over time", "One row a change. Green: no licence needed; amber: exception or licence possible; red: denial.");
  chart(main, timelineChart(data.entries));
  const authorities = data.entries[0].verdict.answers.map((a) => a.label);
  main.append(tableOf(["from", "class", ...authorities, "supply", "why"], data.entries.map((e) => [
    el("span", { class: "whole" }, e.from), e.verdict.class, ...e.verdict.answers.map(tag),
    el("span", { class: "tag" }, e.verdict.supply),
    e.verdict.reason + (e.verdict.conditions ? "; " + e.verdict.conditions : "") + (e.events.length ? " [" + e.events.join(", ") + "]" : ""),
  ])));
}

const kinds = [
  ["unrestricted", "unrestricted best", "#8a94a0", "dashed"],
  ["licensed", "best lawful, licences included", "#5470c6", "solid"],
  ["free", "best without a licence", "#3ba272", "solid"],
  ["domestic", "best domestic chip", "#d0483c", "dotted"],
];

/** A star marks a chip whose kernels were never measured. */
const named = (best) => best.server + (best.measured ? "" : "*");

/** Trained tokens a second of each line, month by month; the winner in the tooltip. */
function frontierChart(party) {
  const shown = kinds.filter(([key]) => party.months.some((m) => m[key]));
  return {
    title: { text: party.name + ", million tokens/s trained" },
    tooltip: { trigger: "axis", formatter: (points) => [points[0].name, ...points
      .filter((p) => p.data.best).map((p) => el("span", {}, dot(p.color), `${p.seriesName}: ${named(p.data.best)}, `
        + `${round(p.data.best.trained_tokens_per_s / 1e6)} Mtok/s, ${round(p.data.best.days)} days, ${p.data.best.answers[0].code}`))] },
    legend: {},
    grid,
    xAxis: { type: "category", data: party.months.map((m) => m.month) },
    yAxis: { type: "value" },
    series: shown.map(([key, name, color, type]) => ({
      name, type: "line", step: "start", symbolSize: 4, showSymbol: false, color, lineStyle: { type, width: 2 },
      data: party.months.map((m) => ({ value: m[key] ? m[key].trained_tokens_per_s / 1e6 : null, best: m[key] })),
    })),
  };
}

function changesTable(party) {
  const at = (month) => party.months.find((m) => m.month === month);
  const row = (month, why) => {
    const m = at(month), best = m.licensed;
    if (!best) return [month, "none", "", "", "", "", "", why];
    return [el("span", { class: "whole" }, month), named(best), round(best.chips, 6), round(best.trained_tokens_per_s / 1e6), round(best.days),
      round(best.usd_per_million_tokens), m.unrestricted ? percent(best.trained_tokens_per_s / m.unrestricted.trained_tokens_per_s, 0) : "–",
      el("span", {}, tag(best.answers[0]), " " + why)];
  };
  const rows = [row(party.months[0].month, "the first month")].concat(party.changes.map((c) => row(c.month, c.why)));
  return tableOf(["month", "best lawful", "chips", "Mtok/s", "days", "$ / Mtok", "of the best", "why"], rows, (i) => i >= 2 && i <= 6);
}

function frontierPage() {
  section("The best factory that the rules allowed", `${data.job} within ${data.bounds}. Blue: no licence or exception needed, `
    + "or licences of the kind are being issued, and no Chinese hold. Dashed: what money alone could buy in the same month. "
    + "*: kernels of its chip were never measured; it ranks by the slow end of its band unless --optimistic.");
  for (const party of data.parties) {
    chart(main, frontierChart(party));
    main.append(changesTable(party));
  }
  section("Assumed");
  main.append(el("ul", {}, ...data.assumed.map((a) => el("li", {}, a))));
  main.append(el("p", { class: "note" }, "Not legal advice; " + data.country_groups + "."));
}

const designJobs = ["decode", "prefill", "training"];

/** Tokens a second and chip of the best design under each set of rules, as a share of the free one. */
function designChart() {
  return {
    title: { text: "Best design under each set of rules, against the free one" },
    tooltip: { trigger: "axis", valueFormatter: (v) => round(v) + " %" },
    legend: {},
    color: palette,
    grid,
    xAxis: axis("% of the free design"),
    yAxis: { type: "category", inverse: true, data: data.designs.map((d) => d.rules) },
    series: designJobs.map((job) => ({ name: job, type: "bar",
      data: data.designs.map((d) => (d[job] ? 100 * d[job].of_unrestricted : null)) })),
  };
}

function designPage() {
  section("What a chip may be", "Every die, unit, stack and link count of the process is a design; the best that the rules let through is shown.");
  chart(main, designChart());
  for (const job of designJobs) {
    main.append(el("h3", {}, job));
    main.append(tableOf(["rules", "dies", "units", "TPP", "density", "stacks", "DRAM GB/s", "I/O GB/s", "tokens/s and chip", "verdict", "why"],
      data.designs.filter((d) => d[job]).map((d) => {
        const b = d[job];
        return [d.rules, `${b.dies} x ${round(b.die_area_mm2)} mm2`, b.matrix_share < 1 ? `${b.units} x ${b.matrix_share}` : b.units, round(b.tpp, 5), round(b.performance_density), b.stacks,
          round(b.dram_gbps, 4), round(b.io_gbps, 4), round(b.tokens_per_s_per_chip), tag(b.verdict.answers[0]), b.verdict.reason];
      }), (i) => i >= 2 && i <= 8));
  }
}

if (data.entries) timelinePage();
if (data.designs) designPage();
if (data.parties) frontierPage();
