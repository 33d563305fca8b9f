#!/usr/bin/env python3
"""Expected results of the examples, the error tables and the chart of README.md.

Without arguments rewrites them after review; with --check PROGRAM compares and writes nothing.
"""

import csv
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import leave_out_parts

ROOT = pathlib.Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "tests/published"
UNITS = {
    "step_s": "step, s",
    "tokens_per_s_per_gpu": "tokens/s/chip",
    "tflops_per_gpu": "TFLOP/s/chip",
    "memory_gb": "memory, GB",
}
STORY = "examples/yiwu-115k/scenario.toml"
FRONTIER = ["rules", "frontier", "examples/lawful-frontier/frontier.toml"]


def examples():
    """Arguments of each example, and where the text that it prints stands."""
    for path in sorted((ROOT / "examples").glob("*/*")):
        name = str(path.relative_to(ROOT))
        if path.suffix == ".command":
            yield shlex.split(path.read_text()), path.with_suffix(".expected.txt")
        elif path.name == "frontier.toml":
            yield ["rules", "frontier", name], path.with_suffix(".expected.txt")
        elif path.suffix == ".toml" and re.search(r"^\[job\]", path.read_text(), re.M):
            yield ["goodput", name], path.with_suffix(".expected.txt")
        elif path.suffix == ".toml" and re.search(r"^\[curation\]", path.read_text(), re.M):
            yield ["data-loop", name], path.with_suffix(".expected.txt")
        elif path.suffix == ".toml" and re.search(r"^\[\[claim\]\]", path.read_text(), re.M):
            yield ["claims", "check", name], path.with_suffix(".expected.txt")
        elif path.suffix == ".toml" and re.search(r"^\[books\]", path.read_text(), re.M):
            yield ["books", name], path.with_suffix(".expected.txt")
        elif path.suffix == ".toml":
            own = path.parent / "catalog"
            parts = ["--catalog", str(own.relative_to(ROOT))] if own.is_dir() else []
            yield ["run", name, *parts], path.with_suffix(".expected.txt")


def printed(program, *arguments):
    result = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        raise SystemExit(f"{arguments} failed:\n{result.stderr}")
    return result.stdout


def run_example(program, arguments):
    if arguments[0] != "run" and arguments[1] != "frontier":
        return printed(program, *arguments)
    with tempfile.TemporaryDirectory() as folder:
        return printed(program, *arguments, "--out", folder)


def validation(program, kind, group_by):
    table = (PUBLISHED / f"{kind}.csv").relative_to(ROOT)
    arguments = ("validate", kind, str(table), "--json", "--group-by", group_by)
    return json.loads(printed(program, *arguments))


HEAD = ["| {} | metric | rows | median error | 90th percentile | bias | within band |",
        "|---|---|---:|---:|---:|---:|---:|"]  # fmt: skip


def figures_line(name, figures):
    return (f"| {name} | {figures.get('metric', '')} | {figures['count']} "
            f"| {100 * figures['median_abs_error']:.1f} % "
            f"| {100 * figures['p90_abs_error']:.1f} % | {100 * figures['bias']:+.1f} % "
            f"| {100 * figures['coverage']:.0f} % |")


def table_of(head, lines):
    return "\n".join([HEAD[0].format(head), HEAD[1], *lines]) + "\n"


def kinds_table(program):
    """One line for each kind of table and chip."""
    lines = []
    fewest = {"serving": 20}
    for kind in ("training", "sweep", "kernels", "collectives", "serving", "openloop"):
        found = validation(program, kind, "chip")
        groups = [g for g in found["groups"]
                  if g["count"] >= fewest.get(kind, 5) and g["by"].startswith("chip=")]  # fmt: skip
        for group in groups:
            lines.append(figures_line(f"{kind}, {group['by'][5:]}", group))
        lines.append(figures_line(f"**{kind}, all**", found["summary"]))
    return table_of("table and chip", lines)


def groups_table(program):
    """One line for each source, chip and precision of the training table."""
    found = validation(program, "training", "source,chip,precision")
    lines = []
    for group in found["groups"]:
        if group["count"] > 0:
            name = group["by"].replace("source=", "").replace(",chip=", ", ")
            name = name.replace(",precision=", ", ").split("://")[-1]
            lines.append(figures_line(name, group))
    return table_of("source, chip, precision", lines)


def strata_table(program):
    """Kernels and collectives by figures that did not know the rows, by how near the chip is."""
    lines = ["| rows | chip | number | median error | 90th percentile | within band |",
             "|---|---|---:|---:|---:|---:|"]  # fmt: skip
    fewest = 5
    for name, nearness, count, *shares in leave_out_parts.strata(leave_out_parts.left_out(program)):
        if count >= fewest:
            median, ninth, inside = (100 * share for share in shares)
            lines.append(f"| {name} | {nearness} | {count} | {median:.1f} % | {ninth:.1f} % "
                         f"| {inside:.0f} % |")
    return "\n".join(lines) + "\n"


def layouts_table(program):
    """Ranking of the sweep's layouts, a line for each model and scale."""
    found = validation(program, "sweep", "model")
    lines = ["| model and chips | layouts | median error | rank correlation | regret |",
             "|---|---:|---:|---:|---:|"]  # fmt: skip
    for group in found["groups"]:
        if "regret" in group:
            lines.append(f"| {group['by'][7:]} | {group['count']} "
                         f"| {100 * group['median_abs_error']:.1f} % "
                         f"| {group['rank_correlation']:.3f} | {100 * group['regret']:.1f} % |")
    summary = found["summary"]
    lines.append(f"| **mean** | | | {summary['rank_correlation']:.3f} "
                 f"| {100 * summary['regret']:.1f} % |")
    return "\n".join(lines) + "\n"


def landmarks_table(program):
    """Runs that everybody tries first, row by row, with what none was fitted to."""
    head = "| run | measured | predicted | error | four in five |\n|---|---:|---:|---:|---:|\n"
    table = ROOT / "tests/published/landmarks.csv"
    with table.open(newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    text = head
    for row in json.loads(printed(program, "validate", "training", table, "--json"))["rows"]:
        own = rows[row["id"]]
        unit = {"tflops_per_gpu": "TFLOP/s a GPU", "tokens_per_s_per_gpu": "tokens/s a GPU"}
        text += (f"| {own['model']}, {own['chips']} {row['chip']}, sequence {own['seq']} "
                 f"| {row['measured']:.0f} {unit[row['metric']]} | {row['predicted']:.0f} "
                 f"| {100 * row['error']:+.1f} % | {row['low']:.0f} to {row['high']:.0f} |\n")
    return text


def draw(kind, data, out):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "data.json"
        path.write_text(json.dumps(data))
        subprocess.run(["node", ROOT / "tools/chart.mjs", kind, path, ROOT / out], check=True,
                       timeout=60)


def draw_charts(program):
    """Predicted against measured training rows, and the lawful frontier."""
    rows = validation(program, "training", "chip")["rows"]
    series = []
    for metric, name in UNITS.items():
        points = [[r["measured"], float(f"{r['predicted']:.4g}")] for r in rows
                  if r["metric"] == metric and not r["skipped"]]
        series.append({"name": name, "data": points})
    draw("accuracy", series, "docs/accuracy.svg")
    draw("frontier", json.loads(run_example(program, [*FRONTIER, "--json"])), "docs/frontier.svg")


def with_part(text, name, part):
    """The text with what stands between the marks of `name` replaced."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->\n"
    head, rest = text.split(begin)
    return head + begin + part + end + rest.split(end)[1]


def story_table(program):
    """The answer of the main example and its first table, as code."""
    return code("\n\n".join(run_example(program, ["run", STORY]).split("\n\n")[1:3]))


def code(text):
    return f"```\n{text}\n```\n"


def check_part(program):
    """Verdict and tests of one question, as code."""
    arguments = (ROOT / "examples/export-rules/h20-check.command").read_text().strip()
    text = printed(program, *shlex.split(arguments))
    return code(f"$ millwright {arguments}\n" + "\n\n".join(text.split("\n\n")[:2]))


def frontier_part(program):
    """The first buyer's changes, as code."""
    text = run_example(program, FRONTIER)
    return code(text.split("\n\n")[2])


def regimes_table(program):
    """One line for each rule: its life, what it asks, where it is written."""
    lines = ["| id | turns | what it asks | text |", "|---|---|---|---|"]
    for found in json.loads(printed(program, "list", "rules", "--json")):
        turns = [f"{e['on']} {e['what']}" + (f": {e['note']}" if e["note"] else "")
                 for e in found["events"]]
        asks = found["summary"] + (f" *Uncertain: {found['note']}.*" if found["note"] else "")
        source = found["source"]
        lines.append(f"| {found['id']} | {'; '.join(turns)} | **{found['name']}** "
                     f"({found['authority']}). {asks} | {found['citation']} "
                     f"({source['grade']}, confidence {found['confidence']}) |")
    return "\n".join(lines) + "\n"


def questions_table():
    """One line for each function of the library's front door, from its headers."""
    lines = ["| header | function | what it answers |", "|---|---|---|"]
    for path in sorted((ROOT / "millwright/api").glob("*.h")):
        text = path.read_text()
        about = re.match(r"((?://.*\n)+)", text).group(1).replace("//", " ")
        functions = re.findall(r"^Result<\w+> (\w+)\(const ([\w:]+)& \w+,\s+const Setting&", text, re.M)
        if functions:
            calls = ", ".join(f"`{name}({question})`" for name, question in functions)
            lines.append(f"| `{path.relative_to(ROOT)}` | {calls} | {' '.join(about.split())} |")
    return "\n".join(lines) + "\n"


def library_page():
    """The page of the library with its example and its questions."""
    page = ROOT / "docs/library.md"
    example = (ROOT / "examples/library/plan.cpp").read_text()
    build = (ROOT / "examples/library/CMakeLists.txt").read_text()
    text = with_part(page.read_text(), "example", f"```cpp\n{example}```\n")
    text = with_part(text, "cmake", f"```cmake\n{build}```\n")
    return page, with_part(text, "questions", questions_table())


def expected_files(program):
    """Every generated file and the text it should hold."""
    for arguments, expected in examples():
        yield expected, run_example(program, arguments)
    readme = ROOT / "README.md"
    text = with_part(readme.read_text(), "errors", kinds_table(program))
    text = with_part(text, "landmarks", landmarks_table(program))
    text = with_part(text, "story", story_table(program))
    text = with_part(text, "check", check_part(program))
    yield readme, with_part(text, "frontier", frontier_part(program))
    rows = ROOT / "docs/accuracy.md"
    text = with_part(rows.read_text(), "groups", groups_table(program))
    text = with_part(text, "strata", strata_table(program))
    yield rows, with_part(text, "layouts", layouts_table(program))
    rules = ROOT / "docs/rules.md"
    yield rules, with_part(rules.read_text(), "regimes", regimes_table(program))
    yield library_page()
    reference = ROOT / "docs/reference"
    yield reference / "keys.md", printed(program, "reference", "keys")
    yield reference / "study-json.md", printed(program, "reference", "json")


def main():
    check = "--check" in sys.argv
    program = sys.argv[-1] if check else str(ROOT / "build/release/millwright")
    stale = []
    for path, text in expected_files(program):
        if path.exists() and path.read_text() == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not check:
            path.write_text(text)
    if not check:
        draw_charts(program)
    verb = "differs" if check else "rewritten"
    print("\n".join(f"{verb}: {name}" for name in stale) or "all as expected")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
