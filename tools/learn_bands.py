#!/usr/bin/env python3
"""Learns bands from residuals and writes them to data/bands.

usage: tools/leave_out.py --by model-family --errors FILE; tools/learn_bands.py --runs FILE
       tools/leave_out_parts.py --errors FILE; tools/learn_bands.py --parts FILE

FILE of runs has the error of each training and sweep row as of the fit without its family of
models, and as of neutral figures. Each band of a framework gets the 10 % and 90 % quantiles of
measured over predicted of the former (split conformal, Lei 2018); bands of all other frameworks,
by kind of model, those of the latter, since nobody fitted them. Frameworks that were fitted by
hand, not in FILE, knew the rows that they are compared with, so their quantiles are stretched.
FILE of parts has the errors of kernels and collectives from figures without the row's source, and
of kernels from other families than the chip's own: what the latter lie beyond the former widens
bands of foreign chips.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "tests/published"
TABLES = {"training": "training.csv", "sweep": "sweep.csv"}
FEWEST = 12
STRETCH = 1.25
NARROWEST = math.log(1.03)  # the noise floor of published figures


class Residuals:
    """Logarithms of measured over predicted, and how far the rows reached."""

    def __init__(self):
        self.values, self.tokens, self.chips = [], 0, 0

    def add(self, value, row=None):
        self.values.append(value)
        if row:
            self.tokens = max(self.tokens, int(float(row["seq"] or 0)))
            self.chips = max(self.chips, int(float(row["chips"] or 0)))

    def quantiles(self, stretch):
        values = sorted(self.values)
        last = len(values) - 1
        rank = min(last, math.ceil(0.9 * (len(values) + 1)) - 1)
        low = min(-NARROWEST, stretch * values[last - rank])
        high = max(NARROWEST, stretch * values[rank])
        return math.exp(max(low, math.log(0.01))), math.exp(min(high, math.log(100)))


def published():
    rows = {}
    for name in TABLES.values():
        with (PUBLISHED / name).open(newline="") as file:
            rows |= {row["id"]: row for row in csv.DictReader(file)}
    return rows


def of_runs(path):
    """By band of a framework, and by kind of model of all frameworks."""
    rows = published()
    own, alike = collections.defaultdict(Residuals), collections.defaultdict(Residuals)
    for error in json.loads(path.read_text()):
        kind = error["band"].split("-")[0]
        row = rows[error["id"]]
        own[error["band"]].add(-error["left out"], row)
        if kind == "time":
            structure = {"mixture": "experts"}.get(error["structure"], error["structure"])
            alike[f"{kind}-{structure}"].add(-error["neutral"], row)
        alike[f"{kind}-other"].add(-error["neutral"], row)
    return own, alike


def predicted(program, kind, name):
    command = [program, "validate", kind, PUBLISHED / name, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [row for row in json.loads(done.stdout)["rows"] if not row["skipped"]]


def of_others(program, path):
    """Of frameworks that FILE says nothing of; `generic` and those of one row have no own band."""
    rows = published()
    known = {(e["id"], e["metric"]) for e in json.loads(path.read_text())}
    own = collections.defaultdict(Residuals)
    for kind, name in TABLES.items():
        for row in predicted(program, kind, name):
            if (row["id"], row["metric"]) in known or row["framework"] == "generic":
                continue
            size = math.log(row["measured"] / row["predicted"])
            is_size = row["metric"] in ("memory_gb", "step_s", "step_s_wall")
            own[row["band"]].add(size if is_size else -size, rows[row["id"]])
    return own


def of_parts(path):
    """By kind of operation, all of a kind, and kernels of chips that were not measured."""
    own, alike = collections.defaultdict(Residuals), collections.defaultdict(Residuals)
    foreign = collections.defaultdict(Residuals)
    for error in json.loads(path.read_text()):
        if error["nearness"] == "measured":
            own[error["band"]].add(-error["error"])
            alike[error["band"].split("-")[0] + "-other"].add(-error["error"])
        elif error["nearness"] == "foreign" and error["band"].startswith("kernels"):
            for band in (error["band"], "kernels"):
                foreign[band].add(-error["error"])
    return own, alike, foreign


def beyond(residuals, own):
    """What widens bands of `own` to hold four in five of the residuals: spreads add in squares."""
    sides = zip(residuals.quantiles(1), own.quantiles(1))
    low, high = (math.sqrt(max(0, math.log(a) ** 2 - math.log(b) ** 2)) for a, b in sides)
    return math.exp(-low), math.exp(high)


def write(name, residuals, bounds, title):
    low, high = bounds
    reach = "".join(f'{key} = {{ is = {value}, from = "residuals" }}\n'
                    for key, value in (("tokens", residuals.tokens), ("chips", residuals.chips))
                    if value)
    text = f'''name = "{name.replace("-", " ")}"
note = "written by tools/learn_bands.py"
low = {{ is = {low:.4g}, from = "residuals" }}
high = {{ is = {high:.4g}, from = "residuals" }}
rows = {{ is = {len(residuals.values)}, from = "residuals" }}
{reach}
[sources.residuals]
title = "{title}"
publisher = "Millwright"
dated = "2026-11"
grade = "measured"
'''
    (ROOT / "data" / "bands" / f"{name}.toml").write_text(text)


def write_all(groups, stretch, title, fewest):
    for name, residuals in sorted(groups.items()):
        if len(residuals.values) >= fewest:
            write(name, residuals, residuals.quantiles(stretch), title)


def forget(kinds):
    """Bands of these kinds that were learnt before."""
    for old in (ROOT / "data/bands").glob("*.toml"):
        of_kind = any(re.match(rf"(chip-\w+-)?{kind}\b", old.stem) for kind in kinds)
        if of_kind and "written by tools/learn_bands.py" in old.read_text():
            old.unlink()


def learn_runs(path, program):
    forget(("time", "memory"))
    own, alike = of_runs(path)
    write_all(own, 1, "measured over predicted of published rows, each as of the fit without its "
                      "family of models (docs/accuracy.md)", FEWEST)
    write_all(alike, 1, "measured over predicted of published rows by neutral figures "
                        "(docs/accuracy.md)", FEWEST)
    title = "measured over predicted of published rows that a framework was fitted to by hand " \
            "(docs/accuracy.md), stretched by a quarter"
    write_all(of_others(program, path), STRETCH, title, FEWEST)


def learn_parts(path):
    forget(("kernels", "collectives"))
    own, alike, foreign = of_parts(path)
    title = "measured over predicted of published rows, by figures that knew none of the row's " \
            "source (tools/leave_out_parts.py)"
    write_all(own, 1, title, FEWEST)
    write_all(alike, 1, title, 1)
    title = "published kernels of measured chips by the figures of other families, beyond those " \
            "by their own (tools/leave_out_parts.py)"
    for name, residuals in foreign.items():
        if len(residuals.values) >= FEWEST:
            known = own.get(name, alike["kernels-other"])
            write(f"chip-foreign-{name}", residuals, beyond(residuals, known), title)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=pathlib.Path)
    parser.add_argument("--parts", type=pathlib.Path)
    parser.add_argument("--program", default=ROOT / "build/release/millwright")
    arguments = parser.parse_args()
    if arguments.runs:
        learn_runs(arguments.runs, arguments.program)
    if arguments.parts:
        learn_parts(arguments.parts)


if __name__ == "__main__":
    main()
