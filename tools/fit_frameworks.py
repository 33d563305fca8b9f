#!/usr/bin/env python3
"""Fits the figures of training frameworks to published rows.

usage: tools/fit_frameworks.py FRAMEWORK... [--half] [--dry] [--evaluations N]

Each framework's figures in data/frameworks are moved (Nelder and Mead 1965) until the rows of
tests/published that its recipes produced are met best: least mean of |log(predicted / measured)|,
capped, groups of chip, precision and metric weighing by the root of their size. --half fits every
second row and reports the others, --dry writes nothing. Rebuild afterwards: the catalog is
compiled in.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/millwright"
NOISE, CAP = 0.03, 0.5

HOST = [("host", "layer", 0, 4000), ("kernels", "pointwise", 0.6, 5)]
OVERLAP = [("overlap", "data", 0, 1)]
MEMORY = [("memory", "reserve", 0.5, 12), ("memory", "activation_factor", 0.6, 2)]
LOGITS = [("memory", "logit_bytes", 2, 24)]

# figures that move, and the prefixes of the rows that they are fitted to
FRAMEWORKS = {
    "nemo": (HOST + OVERLAP + MEMORY + [("overlap", "tensor", 0, 0.9),
             ("kernels", "grouped_share", 0.3, 1.3)],
             ["dgxc", "nemo", "mbridge", "mbskill", "mbcard"]),
    "megatron-core": (HOST + OVERLAP, ["mlm-h100", "mlm-llama", "simumax", "moezoo"]),
    "megatron-2021": (HOST + OVERLAP, ["mlm-a100"]),
    "megatron-deepspeed": (HOST + OVERLAP + MEMORY, ["bloom"]),
    "mlperf-nvidia": (HOST + OVERLAP + MEMORY + [("overlap", "tensor", 0, 0.9)], ["mlperf"]),
    "llm-foundry": (HOST + OVERLAP, ["foundry"]),
    "torchtitan": (HOST + OVERLAP + MEMORY + LOGITS, ["titan"]),
    "internevo": (HOST + OVERLAP, ["internevo"]),
    "automodel": (HOST + OVERLAP + [("host", "expert_layer", 0, 6000)], ["automodel"]),
    "jax": (HOST[1:] + OVERLAP, ["tpurecipe", "maxtext", "dgxc"]),
    "nanotron": (HOST + OVERLAP + MEMORY + LOGITS + [("host", "tensor_layer", 0, 4000),
                 ("stalls", "tensor", 0, 10000)], ["nsweep"]),
}  # fmt: skip


class Figures:
    """A framework's file and the values in it that a fit moves."""

    def __init__(self, name, moved):
        self.path = ROOT / "data/frameworks" / f"{name}.toml"
        self.text = self.path.read_text()
        self.moved = moved

    def pattern(self, section, key):
        return re.compile(rf"(\[{section}\]\n(?:(?!\[).*\n)*?{key} = {{ is = \"?)([\d.e+-]+)")

    def start(self):
        return [float(self.pattern(s, k).search(self.text)[2]) for s, k, _, _ in self.moved]

    def with_values(self, values):
        text = self.text
        for (section, key, _, _), value in zip(self.moved, values):
            text = self.pattern(section, key).sub(rf"\g<1>{value:.4g}", text, count=1)
        return text


class Rows:
    """Published rows of some prefixes, as tables that the program takes."""

    def __init__(self, prefixes, folder):
        self.folder = folder
        self.tables = []
        for kind, name in (("training", "training.csv"), ("sweep", "sweep.csv")):
            with (ROOT / "tests/published" / name).open(newline="") as file:
                rows = [r for r in csv.DictReader(file) if r["id"].startswith(tuple(prefixes))]
            if not rows:
                continue
            path = folder / name
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
            self.tables.append((kind, path))

    def predicted(self, overlay):
        rows = []
        for kind, path in self.tables:
            command = [PROGRAM, "validate", kind, path, "--json", "--catalog", overlay]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rows += [r for r in json.loads(done.stdout)["rows"] if not r["skipped"]]
        return rows


def loss_of(rows):
    groups = collections.defaultdict(list)
    for row in rows:
        error = math.log(row["predicted"] / row["measured"])
        groups[row["band"], row["metric"]].append(min(CAP, math.hypot(error, NOISE)))
    weights = {key: math.sqrt(len(values)) for key, values in groups.items()}
    total = sum(weights[key] * statistics.mean(values) for key, values in groups.items())
    return total / sum(weights.values())


def least(function, start, spans, evaluations):
    """Nelder and Mead's simplex with the usual coefficients."""
    points = [start] + [
        [x + (0.15 * x or 0.1 * spans[i]) if i == k else x for i, x in enumerate(start)]
        for k in range(len(start))
    ]
    simplex = sorted((function(p), p) for p in points)
    done = len(points)
    while done < evaluations:
        centre = [statistics.mean(column) for column in zip(*(p for _, p in simplex[:-1]))]
        worst = simplex[-1]

        def along(t, centre=centre, worst=worst):
            point = [c + t * (w - c) for c, w in zip(centre, worst[1])]
            return function(point), point

        trial = along(-1)
        done += 1
        if trial[0] < simplex[0][0]:
            trial, done = min(trial, along(-2)), done + 1
        elif trial[0] >= simplex[-2][0]:
            trial, done = min(trial, along(0.5)), done + 1
        if trial[0] < worst[0]:
            simplex[-1] = trial
        else:
            best = simplex[0][1]
            shrunk = [[(a + b) / 2 for a, b in zip(best, p)] for _, p in simplex[1:]]
            simplex[1:] = [(function(p), p) for p in shrunk]
            done += len(shrunk)
        simplex.sort()
    return simplex[0]


def report(label, rows):
    sizes = sorted(abs(r["error"]) for r in rows)
    if sizes:
        print(f"  {label}: {len(sizes)} rows, median {100 * statistics.median(sizes):.1f} %, "
              f"90th {100 * sizes[int(0.9 * (len(sizes) - 1))]:.1f} %")


def fit(name, arguments):
    moved, prefixes = FRAMEWORKS[name]
    figures = Figures(name, moved)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rows = Rows(prefixes, folder)
        overlay = folder / "catalog"
        (overlay / "frameworks").mkdir(parents=True)
        shutil.copy(figures.path, overlay / "frameworks")

        def predicted(values, odd=None):
            (overlay / "frameworks" / figures.path.name).write_text(figures.with_values(values))
            found = rows.predicted(overlay)
            return found if odd is None else found[int(odd) :: 2]

        def function(values):
            outside = sum(max(0, lo - v) + max(0, v - hi)
                          for v, (_, _, lo, hi) in zip(values, moved))
            if outside > 0:
                return 10 + outside
            return loss_of(predicted(values, False if arguments.half else None))

        start = figures.start()
        spans = [hi - lo for _, _, lo, hi in moved]
        before = function(start)
        after, values = least(function, start, spans, arguments.evaluations)
        print(f"{name}: loss {before:.4f} to {after:.4f}")
        for (section, key, _, _), old, new in zip(moved, start, values):
            print(f"  {section}.{key}: {old:.4g} to {new:.4g}")
        report("fitted", predicted(values, False if arguments.half else None))
        if arguments.half:
            report("held out", predicted(values, True))
        if not arguments.dry:
            figures.path.write_text(figures.with_values(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frameworks", nargs="+", choices=sorted(FRAMEWORKS))
    parser.add_argument("--half", action="store_true", help="fit every second row")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    parser.add_argument("--evaluations", type=int, default=120)
    arguments = parser.parse_args()
    for name in arguments.frameworks:
        fit(name, arguments)


if __name__ == "__main__":
    main()
