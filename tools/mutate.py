#!/usr/bin/env python3
"""Breaks central lines one at a time and sees a test fail for each.

usage: tools/mutate.py [NAME…]

A checkout of its own is built (build/mutants), each break is compiled there and the unit and law
tests run until one fails. A break that no test sees is a hole in the tests: exit 1.
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREE = ROOT / "build/mutants"

# name: file, what stands there, what is put in its place
BREAKS = {
    "curve": ("millwright/base/curve.h", "return at / (before + share * (after - before));",
              "return at * ((1 - share) / before + share / after);"),
    "shares": ("millwright/sim/shares.cpp", "return at < demands_.size() ? left / shares :",
               "return at < demands_.size() ? 0.9 * left / shares :"),
    "ring": ("millwright/collective/formulas.cpp", "const Bytes moved = size * ((g.size - 1) / g.size);",
             "const Bytes moved = size * 1.0;"),
    "waves": ("millwright/compute/kernels.cpp", "rounding * std::ceil(share)", "rounding * share"),
    "attention": ("millwright/compute/attention_core.cpp", "return sequence / 2;", "return sequence;"),
    "bubble": ("millwright/train/schedule_1f1b.cpp", "warm = std::min(total, warm);",
               "warm = std::min(total, warm + 1);"),
    "recompute": ("millwright/train/layer_cost.cpp", "cost.repeated_forward += forward;",
                  "cost.repeated_forward += 0.5 * forward;"),
    "front": ("millwright/search/front.cpp", "std::prev(next)->memory <= entry.memory",
              "std::prev(next)->memory < 0.9 * entry.memory"),
    "rule": ("millwright/rules/conditions.cpp", "upward ? v >= limit", "upward ? v > limit"),
    "experts": ("millwright/parts/model.cpp", "return (index + 1) % every == 0;",
                "return index % every == 0;"),
    "capital": ("millwright/money/cost.cpp", "equipment / site.equipment_years",
                "equipment / site.building_years"),
    "losses": ("millwright/money/cash_flow.cpp", "losses = max(-base, Dollars{});", "losses = Dollars{};"),
    "rates": ("millwright/money/irr.cpp", "from_first.changes + from_last.changes <= 1",
              "from_first.changes + from_last.changes <= 2"),
    "writer": ("millwright/catalog/toml_writer.h", "need == Need::optional && text == text_of(fresh)",
               "need == Need::optional && (text == text_of(fresh) || text == text_of(T{}))"),
    "provenance": ("millwright/study/provenance.cpp", "moves.push_back(std::abs(moved));",
                   "moves.push_back(1);"),
    "serving bound": ("millwright/serve/bound.cpp", "return 2 * (tokens * inner + chosen * tables_)",
                      "return 4 * (tokens * inner + chosen * tables_)"),
    "hours": ("millwright/study/train_job.cpp", "(scenario.hours_to_train / hours_of_day)", "1.0"),
    "split": ("millwright/base/split.cpp", "return (b - a) / log_ratio(a, b);",
              "return 0.5 * (a + b);"),
    "random": ("millwright/base/random.cpp", "0x9E3779B9", "0x9E3779BB"),
}  # fmt: skip


def run(*command, **options):
    return subprocess.run(command, cwd=TREE, capture_output=True, text=True, **options)


def tests():
    """Builds and runs; the name of the first test that fails, or nothing."""
    built = run("ninja", "-C", "build/release", "millwright_tests")
    if built.returncode:
        raise SystemExit(built.stdout[-3000:])
    ran = run("build/release/millwright_tests", "--gtest_brief=1", "--gtest_fail_fast")
    if ran.returncode == 0:
        return None
    failed = [line for line in ran.stdout.splitlines() if line.startswith("[  FAILED  ]")]
    return failed[0].split()[3] if failed else f"stopped with {ran.returncode}"


def prepare():
    """A clean checkout of HEAD, built."""
    if not TREE.exists():
        subprocess.run(["git", "worktree", "add", "--detach", TREE], cwd=ROOT, check=True,
                       capture_output=True)  # fmt: skip
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout.strip()  # fmt: skip
    run("git", "checkout", "--force", "--detach", head, check=True)
    if not (TREE / "node_modules").exists():
        (TREE / "node_modules").symlink_to(ROOT / "node_modules")
    run("cmake", "--preset", "release", "-DMILLWRIGHT_BENCH=OFF", check=True)
    if failed := tests():
        raise SystemExit(f"whole, {failed} fails: nothing can be told")


def broken(name):
    """The test that sees the break."""
    file, there, put = BREAKS[name]
    path = TREE / file
    text = path.read_text()
    if text.count(there) != 1:
        raise SystemExit(f"{name}: {file} has '{there}' {text.count(there)} times, not once")
    path.write_text(text.replace(there, put))
    try:
        return tests()
    finally:
        path.write_text(text)


def main():
    names = sys.argv[1:] or list(BREAKS)
    unknown = [name for name in names if name not in BREAKS]
    if unknown:
        raise SystemExit(f"no break is called {', '.join(unknown)}; there are {', '.join(BREAKS)}")
    prepare()
    unseen = []
    for name in names:
        seen = broken(name)
        print(f"{name:12} {'red: ' + seen if seen else 'NO TEST SEES IT'}", flush=True)
        if not seen:
            unseen.append(name)
    print(f"{len(names) - len(unseen)} of {len(names)} breaks are seen")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
