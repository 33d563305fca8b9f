const study = data;
const ranked = study.ranking.map((name) => study.factories.find((f) => f.name === name));
/** Its place, in brackets where a denial stands in the way. */
const place = (f, rank) => (f.lawful ? `${rank + 1}` : `(${rank + 1})`) + (f.measured ? "" : "*");

/** A verdict; with a mark where an open point would give another one. */
const verdictOf = (v) => {
  if (v.would_decide.length === 0) return tag(v.answers[0]);
  return el("span", { class: "whole", title: v.would_decide.join("; ") }, tag(v.answers[0]), "?");
};
/** Of the answer that leads, and of others that are not as sure. */
const confidence = (v) => ["confidence " + v.confidence, ...v.answers.slice(1)
  .filter((a) => a.rule && a.confidence !== v.confidence).map((a) => `${a.label} ${a.confidence}`)].join(", ");
/** The site's power; marked where the site has less, in full with what it has. */
const siteOf = (f) => study.sites.find((s) => s.name === f.site);
const powerOf = (f, full) => (f.over_power_limit
  ? el("span", { class: "bad" }, `! ${watts(f.power_w)}` + (full ? ` of ${watts(siteOf(f).power_limit_w)}` : "")) : watts(f.power_w));

/** What the page of each kind of job gives: columns of the comparison, facts, sections. */
const kinds = { train: trainPage, serve: servePage };
const asked = Object.keys(kinds).filter((kind) => study.factories[0].jobs.some((j) => j.kind === kind));

/** Jobs of a kind that the factory can do. */
function jobsOf(f, kind) {
  return f.jobs.filter((j) => j.kind === kind && j.feasible);
}

/** The names of a kind's jobs; every factory is asked all. */
function namesOf(kind) {
  return study.factories[0].jobs.filter((j) => j.kind === kind).map((j) => j.job);
}
const jobNamed = (f, name) => f.jobs.find((j) => j.job === name);

/** One line a factory and job of a kind; what is of the whole site in the first such table alone. */
function summaryTable(kind, which) {
  const { title, head, cells } = kinds[kind];
  const once = which === 0;
  if (asked.length > 1) main.append(el("h3", {}, title));
  const rows = ranked.flatMap((f, rank) => f.jobs.filter((j) => j.kind === kind).map((j, k) => {
    const first = (...cells) => (k === 0 ? cells : cells.map(() => ""));
    return [
      ...first(place(f, rank), f.name),
      ...(once ? first(verdictOf(f.verdict), ...f.verdict.answers.slice(1).map(tag)) : []),
      el("span", { class: "whole" }, j.job),
      ...(j.feasible ? cells(j) : head.map((_, i) => (i === 0 ? "cannot" : "–"))),
      ...(once ? first(powerOf(f), money(f.capital_usd), money(f.yearly_usd)) : []),
    ];
  }));
  const left = ["#", "factory", ...(once ? ranked[0].verdict.answers.map((a) => a.label) : []), "job"];
  const right = once ? ["site power", "capital", "$ / year"] : [];
  main.append(tableOf([...left, ...head, ...right], rows, (i) => i === 0 || i >= left.length));
}

/** Bars of one figure for each factory and job of a kind. */
function barsOf(kind, title, unit, value) {
  const values = ranked.flatMap((f) => jobsOf(f, kind).map(value));
  return {
    title: { text: title },
    tooltip: { trigger: "axis", valueFormatter: (v) => (Number.isFinite(v) ? round(v) + " " + unit : "cannot") },
    legend: {},
    color: palette,
    grid,
    xAxis: axisOf(unit, values),
    yAxis: { type: "category", inverse: true, data: ranked.map((f) => f.name) },
    series: namesOf(kind).map((job) => ({
      name: job, type: "bar", data: ranked.map((f) => jobNamed(f, job)).map((j) => (j.feasible ? value(j) : null)),
    })),
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
    color: colorsOf(names),
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

/** A ledger of each job of a kind, a row a factory, as shares of each whole. */
function ledgersOf(kind, title, whole, ledger) {
  for (const job of namesOf(kind)) {
    const rows = ranked.filter((f) => jobNamed(f, job).feasible).map((f) => {
      const of = ledger(jobNamed(f, job));
      return { name: f.name, whole: of.value, leaves: leaves(of) };
    });
    if (rows.length) chart(main, stacked(title(job), "% of the " + whole, rows, 100, 100));
  }
}

function definitions(pairs) {
  const dl = el("dl");
  for (const [term, value] of pairs) {
    if (value === "" || value === null || value === undefined) continue;
    dl.append(el("dt", {}, term), el("dd", {}, value));
  }
  return dl;
}

/** What a tenth more of each resource does. */
function tenthMore(j) {
  const since = j.with_ten_percent_more_since || {};
  return Object.entries(j.with_ten_percent_more)
    .map(([name, change]) => `${name} ${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %`
      + (since[name] ? ` (${since[name]})` : "")).join(", ");
}

function jobBox(f, j) {
  const { facts, after } = kinds[j.kind];
  return el("div", {}, el("h3", {}, j.job),
    definitions(j.feasible ? facts(f, j) : [["cannot", j.infeasible]]), j.feasible ? after(j) : null);
}

/** The heaviest figures of the catalog, and what is estimated of all. */
function restsOn(f) {
  const most = 6;
  const heavy = f.rests_on.slice(0, most)
    .map((r) => `${r.figure} of ${r.part} (${r.weight.toFixed(2)}, ${r.grade})`);
  if (!heavy.length) return "";
  const rest = f.rests_on.length > most ? `, and ${f.rests_on.length - most} lighter figures` : "";
  return `${heavy.join(", ")}${rest}; ${percent(f.estimate_share, 0)} of the weight is graded estimate`;
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
      ["citations", v.citations.map((c) => `${c.rule} (${c.text})`).join("; ") + "; " + confidence(v)],
      ["score", f.score === null ? "" : round(f.score)], ...(study.sites.length > 1 ? [["site", f.site]] : []), ["wiring", f.wiring],
      ["power", powerOf(f, true)], ["capital", money(f.capital_usd)],
      ["yearly", money(f.yearly_usd)],
      ["warning", f.notes.join("; ")],
      ["rests on", restsOn(f)],
    ]),
    ...f.jobs.map((j) => jobBox(f, j)));
}

function sourcesTable() {
  const rows = study.sources.map((s) => [s.weight > 0 ? s.weight.toFixed(3) : "", s.grade,
    s.title + (s.note ? " – " + s.note : ""), s.publisher, s.dated]);
  return el("details", {}, el("summary", {}, `${study.sources.length} sources`),
    tableOf(["weight", "grade", "source", "publisher", "dated"], rows));
}

main.append(el("p", { class: "answer" }, study.answer));
section("Comparison", "Ranked: no licence needed first, then licence or exception possible, then denial (place in brackets); "
  + "of these by the jobs that it does, then by " + study.score_means + ". " + asked.map((kind) => kinds[kind].legend).join(" ")
  + (ranked.some((f) => f.over_power_limit) ? " ! more power than the site has." : "")
  + (ranked.some((f) => !f.measured) ? " * not measured: figures of its chip's kernels are those of a like one." : "")
  + (ranked.some((f) => f.verdict.would_decide.length) ? " ? an open point would give another answer; it stands with the factory." : ""));
asked.forEach(summaryTable);
for (const kind of asked) kinds[kind].sections();

section("Where the money and the power go");
const pair = el("div", { class: "pair" });
main.append(pair);
chart(pair, ledgers("Capital", "M$", "capital_ledger", money));
chart(pair, ledgers("Yearly cost", "M$", "yearly_ledger", money));
chart(pair, ledgers("Power", "MW", "power_ledger", watts));

section("Each factory");
ranked.forEach((f, rank) => main.append(factoryBox(f, rank)));
section("Assumed where the scenario is silent");
main.append(el("ul", {}, ...study.assumed.map((a) => el("li", {}, a))));
section("Sources", percent(study.estimate_share, 0) + " of the weight rests on estimates. Weight: the relative change of what a token or request costs for one of a figure, the mean over factories; none of counts and rules. Not legal advice; " + study.country_groups + ".");
main.append(sourcesTable());
