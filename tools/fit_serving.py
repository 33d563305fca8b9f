#!/usr/bin/env python3
"""Fits the figures of serving engines to rows of measured runs, and tells how they carry over.

usage: tools/fit_serving.py TABLE.csv [--thin N] [--steps N] [--by source|chip|model|framework]
                            [--write]

Engines in one family below share the factors of their kernels; host times are a family's too (an
engine in none, as vLLM from 0.14 on, keeps its judgement, which logs bear out). What
moves is drawn towards the neutral value beside it, so that a figure which no row shows stays there.
Least is the sum over groups (model, chip, metric) of sqrt(n) mean(rho) + ridge; rho is
|log(predicted / measured)|, rounded below 2 % and capped. Gauss and Newton's steps, reweighted;
derivatives of all families at once, as a row knows its own engine's figures alone. With --by the
fit is repeated without each group, which is then predicted. Nothing is written but with --write.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAMILIES = {
    "vllm-v0": ["vllm-0.1", "vllm-0.3", "vllm-0.6"],
    "vllm-v1": ["vllm-0.8", "vllm-0.10", "vllm-0.11", "vllm-0.12"],
    "sglang": ["sglang-0.3", "sglang-0.4", "sglang-0.5"],
    "tensorrt-engines": ["tensorrt-llm-0.5", "tensorrt-llm-0.9", "tensorrt-llm-0.14"],
    "tensorrt-pytorch": ["tensorrt-llm-0.20", "tensorrt-llm-1.0", "tensorrt-llm-1.2"],
    "nim": ["nim"],
    "tensorrt-mlperf": ["tensorrt-mlperf"],
}  # fmt: skip
# key: unit, neutral (none: the file's own judgement), spread of the logarithm, least, most
FIGURES = {
    "step": ("us", None, 0.7, 20, 30000), "sequence": ("us", None, 0.7, 0.2, 200),
    "request": ("us", None, 1.0, 100, 100000), "reply": ("us", None, 1.0, 50, 50000),
    "launch": ("us", None, 0.5, 0.5, 20), "hidden": ("", None, 0.5, 0.02, 1),
    "gap": ("us", 1.0, 0.7, 0.05, 3), "early": ("us", 1.0, 0.7, 0.05, 8), "casts": ("", 0.3, 0.7, 0.02, 1),
    "products": ("", 1.0, 0.1, 0.7, 1.6), "experts": ("", 1.0, 0.25, 0.4, 2.5),
    "prefill_attention": ("", 1.0, 0.2, 0.5, 3), "decode_attention": ("", 1.0, 0.15, 0.6, 2.5),
    "pointwise": ("", 1.0, 0.25, 0.4, 3), "communication": ("", 1.0, 0.3, 0.5, 4),
}  # fmt: skip
NOISE, CAP, RIDGE, STEP = 0.02, 0.6, 1.0, 0.1
TTFT_WEIGHT = 0.5
UNITS = {"us": 1, "ms": 1000, "s": 1e6}


def now(engine, key):
    """The file's value, in the figure's unit; neutral where it has none."""
    text = (ROOT / f"data/engines/{engine}.toml").read_text()
    figures = text[text.index("[figures]"):].split("\n[")[0]  # fmt: skip
    found = re.search(rf'^{key} = {{ is = "?([0-9.e+-]+) ?(\w*)"?,', figures, re.M)
    if not found:
        return FIGURES[key][1]
    number = float(found[1])
    return number * UNITS[found[2]] if FIGURES[key][0] else number


def with_figures(engine, values, source):
    """The text of an engine's file with these figures."""
    text = (ROOT / f"data/engines/{engine}.toml").read_text()
    head, rest = text.split("[figures]\n")
    body, tail = rest.split("\n[", 1)
    lines = [line for line in body.splitlines() if line.split(" ")[0] not in values]
    for key, value in values.items():
        if key == "early" and "\nearly = " not in text:
            continue  # only of engines whose releases let kernels begin early
        shown = f"{value:.4g}"
        shown = f'"{shown} us"' if FIGURES[key][0] else shown
        lines.append(f'{key} = {{ is = {shown}, from = "{source}" }}')
    lines = [line for line in lines if line]
    return head + "[figures]\n" + "\n".join(lines) + "\n\n[" + tail.lstrip("\n")


def sources(text):
    if "[sources.fit]" in text:
        return text
    return text.rstrip("\n") + """

[sources.fit]
title = "fitted by tools/fit_serving.py to published runs of this engine's releases, drawn towards neutral values"
publisher = "Millwright"
dated = "2026-11"
grade = "measured"
"""  # fmt: skip


class Fit:
    def __init__(self, program, table, rows, keys):
        self.program = program
        self.keys = keys
        self.table = table
        self.rows = rows

    def predict(self, values):
        """log(predicted / measured) of every row by its place, and its engine."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "engines").mkdir()
            for family, engines in FAMILIES.items():
                for engine in engines:
                    text = sources(with_figures(engine, values[family], "fit"))
                    (path / f"engines/{engine}.toml").write_text(text)
            answer = subprocess.run(
                [self.program, "validate", "serving", self.table, "--catalog", path, "--json",
                 "--group-by", "framework"], capture_output=True, text=True)  # fmt: skip
        if answer.returncode:
            raise SystemExit(answer.stderr[-2000:])
        out = []
        for row in json.loads(answer.stdout)["rows"]:
            bad = row["skipped"] or not row["predicted"]
            out.append((None if bad else math.log(row["predicted"] / row["measured"]), row))
        return out


def family_of(engine):
    return next((f for f, engines in FAMILIES.items() if engine in engines), None)


def way(key, value):
    """How far to move a figure's logarithm for its slope: down where up would leave its range."""
    return STEP if value * math.exp(STEP) <= FIGURES[key][4] else -STEP


def solve(a, b):
    n = len(b)
    m = [row[:] + [x] for row, x in zip(a, b)]
    for i in range(n):
        p = max(range(i, n), key=lambda k: abs(m[k][i]))
        m[i], m[p] = m[p], m[i]
        for k in range(i + 1, n):
            f = m[k][i] / m[i][i]
            for j in range(i, n + 1):
                m[k][j] -= f * m[i][j]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (m[i][n] - sum(m[i][j] * x[j] for j in range(i + 1, n))) / m[i][i]
    return x


def rho(e):
    return min(math.hypot(e, NOISE), CAP)


def weights(rows, families, used):
    """Of each row: groups count with the root of their rows."""
    counts = collections.Counter()
    keys = [(f, r["model"], r["chip"], r["metric"].startswith("ttft")) for f, r in zip(families, rows)]
    for key, use in zip(keys, used):
        counts[key] += use
    return [
        (TTFT_WEIGHT if key[3] else 1) / math.sqrt(counts[key]) if use else 0
        for key, use in zip(keys, used)
    ]


def fit(model, start, neutral, used, steps):
    """Values of all families after so many steps."""
    values = {f: dict(v) for f, v in start.items()}
    base = model.predict(values)
    rows = [r for _, r in base]
    families = [family_of(r["framework"]) for r in rows]
    weight = weights(rows, families, [u and e is not None for u, (e, _) in zip(used, base)])
    total = collections.Counter()
    for f, w in zip(families, weight):
        total[f] += w

    def loss(errors, v):
        sums = collections.Counter()
        for (e, _), f, w in zip(errors, families, weight):
            if e is not None and w:
                sums[f] += w * rho(e)
        for f in FAMILIES:
            for key, x in v[f].items():
                spread = FIGURES[key][2]
                sums[f] += RIDGE * NOISE * (math.log(x / neutral[f][key]) / spread) ** 2
        return sums

    best = loss(base, values)
    for step in range(steps):
        moved = [
            {f: {**v, key: v[key] * math.exp(way(key, v[key]))} for f, v in values.items()}
            for key in model.keys
        ]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:  # a process each
            predicted = list(threads.map(model.predict, moved))
        slopes = {
            key: [
                None if a is None or b is None or f is None else (b - a) / way(key, values[f][key])
                for (a, _), (b, _), f in zip(base, rows_then, families)
            ]
            for key, rows_then in zip(model.keys, predicted)
        }
        proposal = {}
        for f in FAMILIES:
            n = len(model.keys)
            a = [[0.0] * n for _ in range(n)]
            b = [0.0] * n
            for i, (e, _) in enumerate(base):
                if e is None or families[i] != f or not weight[i] or abs(e) > CAP:
                    continue
                g = [slopes[k][i] or 0.0 for k in model.keys]
                w = weight[i] / rho(e)
                for p in range(n):
                    b[p] -= w * g[p] * e
                    for q in range(n):
                        a[p][q] += w * g[p] * g[q]
            for p, key in enumerate(model.keys):
                ridge = 2 * RIDGE * NOISE / FIGURES[key][2] ** 2
                a[p][p] += ridge + 1e-9
                b[p] -= ridge * math.log(values[f][key] / neutral[f][key])
            proposal[f] = solve(a, b)
        done = set()
        for share in (1, 0.5, 0.2):
            tried = {f: dict(v) for f, v in values.items()}
            for f in FAMILIES:
                if f in done:
                    continue
                for key, move in zip(model.keys, proposal[f]):
                    _, _, _, low, high = FIGURES[key]
                    move = max(-0.7, min(0.7, share * move))
                    tried[f][key] = min(high, max(low, values[f][key] * math.exp(move)))
            errors = model.predict(tried)
            found = loss(errors, tried)
            for f in FAMILIES:
                if f not in done and found[f] < best[f] - 1e-6:
                    done.add(f)
                    values[f], best[f] = tried[f], found[f]
            if len(done) == len(FAMILIES):
                break
        base = model.predict(values)
        print(f"step {step + 1}: {sum(best.values()):.2f}", flush=True)
    return values, base


def tell(title, base, used=None):
    by = collections.defaultdict(list)
    for i, (e, r) in enumerate(base):
        if e is not None and (used is None or used[i]):
            kind = r["metric"].split("_ms")[0]
            by[kind if kind in ("ttft", "tpot") else "rate"].append(abs(math.expm1(e)))
    for kind, errors in sorted(by.items()):
        errors.sort()
        print(f"{title:28} {kind:5} n={len(errors):5} median {100 * statistics.median(errors):5.1f} %"
              f"  90th {100 * errors[int(0.9 * len(errors))]:5.1f} %", flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("--thin", type=int, default=1)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--by", choices=("source", "chip", "model", "framework"))
    parser.add_argument("--program", default=ROOT / "build/release/millwright")
    parser.add_argument("--write", action="store_true")
    a = parser.parse_args()
    with open(a.table, newline="") as file:
        rows = list(csv.DictReader(file))
    groups = collections.defaultdict(list)
    for row in rows:
        layout = {k: v for k, v in row.items() if k not in ("id", "metric", "value", "notes")}
        groups[json.dumps(layout)].append(row)
    rows = [row for i, key in enumerate(sorted(groups)) if i % a.thin == 0 for row in groups[key]]
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as table:
        writer = csv.DictWriter(table, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        table.flush()
        model = Fit(a.program, table.name, rows, list(FIGURES))
        start = {f: {k: now(engines[-1], k) for k in FIGURES} for f, engines in FAMILIES.items()}
        neutral = {f: {k: FIGURES[k][1] or start[f][k] for k in FIGURES} for f in FAMILIES}
        for f in FAMILIES:
            for k, (_, _, _, low, high) in FIGURES.items():
                start[f][k] = min(high, max(low, start[f][k] or neutral[f][k]))
                neutral[f][k] = min(high, max(low, neutral[f][k]))
        used = [True] * len(rows)
        tell("before", model.predict(start))
        values, base = fit(model, start, neutral, used, a.steps)
        tell("fitted", base)
        for f, v in values.items():
            print(f, {k: float(f"{x:.3g}") for k, x in v.items()})
        if a.by:
            left = []
            for name in sorted({r[a.by] for _, r in base}):
                used = [r[a.by] != name for _, r in base]
                _, without = fit(model, values, neutral, used, 1)
                left += [x for x, u in zip(without, used) if not u]
            tell(f"left out by {a.by}", left)
        if a.write:
            for f, engines in FAMILIES.items():
                for engine in engines:
                    text = sources(with_figures(engine, values[f], "fit"))
                    (ROOT / f"data/engines/{engine}.toml").write_text(text)


if __name__ == "__main__":
    main()
