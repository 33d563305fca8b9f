#!/usr/bin/env python3
"""Expected results of the examples and the error table of README.md.

Without arguments rewrites them after review; with --check PROGRAM compares and writes nothing.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests/published/training.csv"
STORY = ROOT / "examples/yiwu-115k/scenario.toml"


def examples():
    """Scenario files and where the expected text of each stands."""
    for path in sorted((ROOT / "examples").glob("*/*.toml")):
        yield path, path.with_suffix(".expected.txt")


def printed(program, *arguments):
    result = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        raise SystemExit(f"{arguments} failed:\n{result.stderr}")
    return result.stdout


def run_example(program, scenario):
    with tempfile.TemporaryDirectory() as folder:
        return printed(program, "run", str(scenario.relative_to(ROOT)), "--out", folder)


def error_table(program):
    arguments = ("validate", "training", str(TABLE.relative_to(ROOT)), "--json")
    validation = json.loads(printed(program, *arguments, "--group-by", "source,chip"))
    lines = ["| source and chip | metric | rows | median error | 90th percentile | bias |",
             "|---|---|---:|---:|---:|---:|"]
    figures = validation["groups"] + [{"by": "all", "metric": "", **validation["summary"]}]
    for group in figures:
        name = group["by"].replace("source=", "").replace(",chip=", ", ")
        lines.append(f"| {name} | {group['metric']} | {group['count']} "
                     f"| {100 * group['median_abs_error']:.1f} % "
                     f"| {100 * group['p90_abs_error']:.1f} % | {100 * group['bias']:+.1f} % |")
    return "\n".join(lines) + "\n"


def row_table(program):
    validation = json.loads(printed(program, "validate", "training",
                                    str(TABLE.relative_to(ROOT)), "--json"))
    lines = ["| row | metric | predicted | printed | error |", "|---|---|---:|---:|---:|"]
    for row in validation["rows"]:
        lines.append(f"| {row['id']} | {row['metric']} | {row['predicted']:.4g} "
                     f"| {row['measured']:.4g} | {100 * row['error']:+.1f} % |")
    return "\n".join(lines) + "\n"


def with_part(text, name, part):
    """The text with what stands between the marks of `name` replaced."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->\n"
    head, rest = text.split(begin)
    return head + begin + part + end + rest.split(end)[1]


def story_table(program):
    """The first table of the main example, as code."""
    table = run_example(program, STORY).split("\n\n")[1]
    return f"```\n{table}\n```\n"


def expected_files(program):
    """Every generated file and the text it should hold."""
    for scenario, expected in examples():
        yield expected, run_example(program, scenario)
    readme = ROOT / "README.md"
    text = with_part(readme.read_text(), "errors", error_table(program))
    yield readme, with_part(text, "story", story_table(program))
    rows = ROOT / "docs/accuracy.md"
    yield rows, with_part(rows.read_text(), "errors", row_table(program))


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
    verb = "differs" if check else "rewritten"
    print("\n".join(f"{verb}: {name}" for name in stale) or "all as expected")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
