const colors = { good: "#3ba272", maybe: "#e0a030", bad: "#d0483c", none: "#8a94a0" };
const yearOf = (day) => {
  const [y, m, d] = day.split("-").map(Number);
  return y + (m - 1) / 12 + (d - 1) / 365;
};

/** A verdict over time: one row a change, coloured by how restrictive it is. */
function timelineChart(entries) {
  const label = (e) => `${e.from}  ${e.verdict.us}`;
  return {
    title: { text: "United States, over time", textStyle: { fontSize: 15 } },
    tooltip: { formatter: (p) => `${entries[p.dataIndex].from} to ${entries[p.dataIndex].until}: ${entries[p.dataIndex].verdict.us}` },
    grid: { left: 8, right: 24, top: 44, bottom: 30, containLabel: true },
    xAxis: { type: "value", min: Math.floor(yearOf(entries[0].from)), max: Math.ceil(yearOf(entries.at(-1).until)),
      minInterval: 1, axisLabel: { formatter: (v) => String(v) } },
    yAxis: { type: "category", inverse: true, data: entries.map(label) },
    series: [
      { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: entries.map((e) => yearOf(e.from)) },
      { type: "bar", stack: "all", barMaxWidth: 22, data: entries.map((e) => ({
        value: yearOf(e.until) - yearOf(e.from), itemStyle: { color: colors[grade(e.verdict.us)] } })) },
    ],
  };
}

function timelinePage() {
  section("Verdict over time", "One row a change. Green: no licence needed; amber: exception or licence possible; red: denial.");
  chart(main, timelineChart(data.entries));
  main.append(tableOf(["from", "class", "US", "China", "supply", "why"], data.entries.map((e) => [
    el("span", { class: "whole" }, e.from), e.verdict.class, tag(e.verdict.us), el("span", { class: "tag" }, e.verdict.cn),
    el("span", { class: "tag" }, e.verdict.supply),
    e.verdict.reason + (e.verdict.conditions ? "; " + e.verdict.conditions : "") + (e.events.length ? " [" + e.events.join(", ") + "]" : ""),
  ])));
}

if (data.entries) timelinePage();
