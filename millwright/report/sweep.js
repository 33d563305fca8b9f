// The page of a sweep: a chart a metric, over the first path.
const sweep = data;
const path = sweep.over[0];
const mostLines = 12;

/** Numbers as written, and their one unit; null where values are no such numbers. */
function writtenNumbers({ values, si }) {
  const parts = values.map((text) => /^([-+]?[\d.]+(?:e[-+]?\d+)?)(\D*)$/i.exec(text));
  if (parts.every((p) => p && p[2] === parts[0][2])) return { numbers: parts.map((p) => Number(p[1])), unit: parts[0][2].trim() };
  return si.every((x) => x !== null) ? { numbers: si, unit: "in SI units" } : null;
}

const written = writtenNumbers(path);
const logarithmic = written && path.spacing === "geometric";
const several = new Set(sweep.rows.map((r) => r.job)).size > 1;
const shares = new Set(["mfu", "mfu_of_precision", "useful_share"]);
/** The unit in which figures of a metric up to this one read well, and its size. */
function scaleOf(metric, most) {
  if (shares.has(metric)) return [0.01, "%"];
  const [size, letter] = [[1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([s]) => most >= 10 * s) || [1, ""];
  const unit = { power_w: "W", capital_usd: "$", yearly_usd: "$", memory_bytes: "B" }[metric];
  return unit ? [size, letter + unit] : [1, ""];
}

/** Lines of a chart: a factory, and a job and the values of the other paths where there are several. */
function linesFor(metric) {
  const lines = new Map();
  for (const row of sweep.rows.filter((r) => metric.name in r)) {
    const others = row.values.slice(1);
    const name = [row.factory, ...(several && metric.of !== "factory" ? [row.job] : []), ...others].join(", ");
    if (!lines.has(name)) lines.set(name, { name, first: others.every((v, i) => v === sweep.over[i + 1].values[0]), figures: new Map() });
    lines.get(name).figures.set(row.values[0], row[metric.name]);
  }
  const all = [...lines.values()];
  return all.length > mostLines ? all.filter((l) => l.first) : all;
}

function horizontal() {
  const label = written && written.unit ? `${path.path}, ${written.unit}` : path.path;
  if (!written) return { type: "category", data: path.values, name: label, nameLocation: "middle", nameGap: 26 };
  return { ...axis(logarithmic ? label + ", log scale" : label), type: logarithmic ? "log" : "value", scale: true,
    min: Math.min(...written.numbers), max: Math.max(...written.numbers) };
}

function metricChart(metric) {
  const lines = linesFor(metric).slice(0, mostLines);
  const figures = lines.flatMap((l) => [...l.figures.values()]).filter((x) => x !== null);
  if (!figures.length) return null;
  const [size, unit] = scaleOf(metric.name, Math.max(...figures));
  const positive = Math.min(...figures) > 0;
  const told = (value) => (value === null ? "none" : `${round(value / size, 4)} ${unit}`.trim());
  const x = (i) => (written ? written.numbers[i] : i);
  return {
    title: { text: unit ? `${metric.name}, ${unit}` : metric.name },
    tooltip: { trigger: "axis", formatter: (points) => {
      const text = path.values[points[0].dataIndex];
      return [`${path.path} = ${text}`,
        ...points.map((p) => el("span", {}, dot(p.color), `${p.seriesName}: ${told(lines[p.seriesIndex].figures.get(text) ?? null)}`))];
    } },
    legend: {},
    color: palette,
    grid: { ...grid, left: 40 },
    xAxis: horizontal(),
    yAxis: { ...(positive ? axisOf(unit || metric.name, figures.map((f) => f / size)) : axis(unit)), nameGap: 44, scale: true },
    series: lines.map((l) => ({ name: l.name, type: "line", symbolSize: 5, data: path.values.map((text, i) => {
      const figure = l.figures.get(text);
      return [x(i), figure === null || figure === undefined ? null : figure / size];
    }) })),
  };
}

/** Why points cannot be, each reason once. */
function reasons() {
  const why = new Map();
  for (const row of sweep.rows.filter((r) => r.infeasible !== null)) {
    if (!why.has(row.infeasible)) why.set(row.infeasible, `${row.factory}, ${row.job} at ${row.values.join(", ")}`);
  }
  if (!why.size) return;
  section("What cannot be done");
  main.append(el("ul", {}, ...[...why].map(([reason, where]) => el("li", {}, `${where}: ${reason}`))));
}

main.append(el("p", { class: "answer" }, sweep.answer));
const cut = sweep.metrics.some((m) => {
  const names = new Set(sweep.rows.filter((r) => m.name in r).map((r) => [r.factory, r.job, ...r.values.slice(1)].join()));
  return names.size > mostLines;
});
section(`Over ${path.path}`, cut ? "The other paths are at their first values." : "");
const host = el("div", { class: "pair" });
main.append(host);
for (const metric of sweep.metrics) {
  const option = metricChart(metric);
  if (option) chart(host, option);
}
const shown = 1000;
section("All points", sweep.rows.length > shown ? `The first ${shown} of ${sweep.rows.length} rows; sweep.csv has all.` : "");
main.append(tableOf([...sweep.over.map((p) => p.path), "#", "factory", "job", ...sweep.metrics.map((m) => m.name)],
  sweep.rows.slice(0, shown).map((r) => [...r.values, r.rank === null ? "–" : String(r.rank), r.factory, r.job,
    ...sweep.metrics.map((m) => (m.name in r ? round(r[m.name], 4) : ""))]),
  (i) => i < sweep.over.length + 1 || i > sweep.over.length + 2));
reasons();
