#!/usr/bin/env python3
"""Learns bands from residuals and writes them to data/bands.

usage: tools/learn_bands.py TABLES [--program build/release/millwright]

TABLES is a folder with training.csv, training-nanotron-sweep.csv, collectives.csv and kernels.csv
in the columns of docs/reference/tables.md. Each kind of prediction gets the 10 % and 90 % quantiles
of measured over predicted (split conformal, Lei 2018), stretched because the figures of
frameworks and kernels were fitted to some of the same rows: unseen rows lie further out.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess

TABLES = {
    "training": "training.csv",
    "sweep": "training-nanotron-sweep.csv",
    "collectives": "collectives.csv",
    "kernels": "kernels.csv",
}
FEWEST = 12
STRETCH = 1.25
NARROWEST = math.log(1.03)  # the noise floor of published figures
RATES = {"tokens_per_s_per_gpu", "tokens_per_s_total", "tflops_per_gpu", "mfu", "tflops",
         "busbw_GBps", "algbw_GBps"}  # fmt: skip

ROOT = pathlib.Path(__file__).resolve().parent.parent


def residuals(program, folder):
    """Logarithms of measured over predicted time or size, by band; one per row."""
    by_band = collections.defaultdict(list)
    for kind, name in TABLES.items():
        command = [program, "validate", kind, folder / name, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        for row in json.loads(done.stdout)["rows"]:
            if row["skipped"]:
                continue
            size = math.log(row["measured"] / row["predicted"])
            by_band[row["band"]].append(-size if row["metric"] in RATES else size)
    return by_band


def quantiles(values):
    """Split-conformal quantiles at 10 % and 90 %, stretched."""
    values = sorted(values)
    last = len(values) - 1
    rank = min(last, math.ceil(0.9 * (len(values) + 1)) - 1)
    low = min(-NARROWEST, STRETCH * values[last - rank])
    high = max(NARROWEST, STRETCH * values[rank])
    return math.exp(low), math.exp(high)


def write(name, values):
    low, high = quantiles(values)
    text = f'''name = "{name.replace("-", " ")}"
note = "written by tools/learn_bands.py"
low = {{ is = {low:.4g}, from = "residuals" }}
high = {{ is = {high:.4g}, from = "residuals" }}
rows = {{ is = {len(values)}, from = "residuals" }}

[sources.residuals]
title = "measured over predicted on the development tables (docs/accuracy.md)"
publisher = "Millwright"
dated = "2026-11"
grade = "measured"
'''
    (ROOT / "data" / "bands" / f"{name}.toml").write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=pathlib.Path)
    parser.add_argument("--program", default=ROOT / "build/release/millwright")
    arguments = parser.parse_args()
    by_band = residuals(arguments.program, arguments.tables)
    pools = collections.defaultdict(list)
    for band, values in sorted(by_band.items()):
        pools[band.split("-")[0]] += values
        if len(values) >= FEWEST:
            write(band, values)
    for kind, values in pools.items():
        write(f"{kind}-other", values)


if __name__ == "__main__":
    main()
