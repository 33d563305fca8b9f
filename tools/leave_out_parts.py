#!/usr/bin/env python3
"""Tells how well kernels and collectives are predicted from figures that did not know the rows.

usage: tools/leave_out_parts.py [--errors FILE]; tools/learn_bands.py --parts FILE

Kernels. Products were fitted to tables of other sources than tests/published, so these rows are
left out as they are; a clock under long load, a figure for 500 of them, stays. Attention was
fitted to rows of it: charts of one chip, library and direction, and one width of heads of these,
are left out in turn and the rest is fitted again (`millwright calibrate`). A chip that nobody
measured is what every other family of its kind says of it (`validate kernels --family`): stratum
`foreign`.

Collectives. Ends of curves, which reports of large messages gave, and the start of a call are
fitted to the other sources' rows; an end that one source alone gave is dropped. A fabric that one
source alone measured is taken for the one it is most like: `foreign`.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import re
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "tests/published"
DATA = ROOT / "data"
RATES = {"tflops", "busbw_GBps", "algbw_GBps"}
# families that were measured on parts of one kind: training chips with memory on the package
ALIKE = ("ampere", "hopper", "blackwell")
STARTS = (5, 8, 11, 14, 17, 20, 23, 26, 30, 36)  # of a call, us
END_STEP = 0.05  # of an end of a curve, to see which rows it moves
LEAST_SLOPE = 0.2
STANDS_IN = {"efa": "ethernet", "tcpxo": "ethernet", "nvlink-2": "nvlink-3"}
REPORTED = ("nvlink-3", "nvlink-4", "nvlink-5", "infiniband", "ethernet")


def error_of(row):
    error = math.log(row["predicted"] / row["measured"])
    return -error if row["metric"] in RATES else error


def predicted(program, kind, table, *arguments):
    command = [program, "validate", kind, table, "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [row for row in json.loads(done.stdout)["rows"] if not row["skipped"]]


def written(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def bounds_of(row):
    """Logarithms of what times lie between, over what is predicted."""
    ends = [math.log(row[end] / row["predicted"]) for end in ("low", "high")]
    return [-ends[1], -ends[0]] if row["metric"] in RATES else ends


def found(rows, errors):
    """Rows with errors of their own, by id; band, bounds and nearness are of the rows."""
    return [{"id": r["id"], "metric": r["metric"], "band": r["band"], "nearness": r["nearness"],
             "bounds": bounds_of(r), "error": errors.get(r["id"], error_of(r))} for r in rows]


# --- kernels -------------------------------------------------------------------------------------


def panel(row):
    """Charts that were drawn of one chip, library, direction and width of heads."""
    width = re.search(r"(?:head_dim|hd|d)=(\d+)", row["shape"])
    return row["chip"], row["kernel"], width[1] if width else ""


def refitted(program, rows, folder):
    """Errors of attention as of the fit without the row's panel."""
    errors = {}
    for left in sorted({panel(r) for r in rows}):
        kept = [r for r in rows if panel(r) != left]
        out = [r for r in rows if panel(r) == left]
        for name, some in (("kept.csv", kept), ("out.csv", out)):
            with (folder / name).open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(some)
        command = [program, "calibrate", folder / "kept.csv", "--out", folder / "fit"]
        subprocess.run(command, capture_output=True, text=True, check=True)
        for row in predicted(program, "kernels", folder / "out.csv", "--catalog", folder / "fit"):
            errors[row["id"]] = error_of(row)
        subprocess.run(["rm", "-r", folder / "fit"], check=True)
    return errors


def of_kernels(program, folder):
    table = PUBLISHED / "kernels.csv"
    rows = predicted(program, "kernels", table)
    with table.open(newline="") as file:
        printed = {r["id"]: r for r in csv.DictReader(file)}
    attention = [printed[r["id"]] for r in rows if r["band"] == "kernels-attention"]
    errors = refitted(program, attention, folder)
    own = found(rows, errors)
    foreign = []
    for family in ALIKE:
        others = predicted(program, "kernels", table, "--family", family)
        foreign += [r for r in found(others, {}) if r["nearness"] == "foreign"]
    known = {r["id"] for r in own if r["nearness"] == "measured"}
    return own + [r for r in foreign if r["id"] in known]


# --- collectives ---------------------------------------------------------------------------------


def with_end(name, curve, by):
    """The family with the last point of a curve times `by`, zero: without it. None: no curve."""
    text = (DATA / f"collectives/{name}.toml").read_text()
    found = re.search(rf"(?m)^{curve} = {{ x = \[(.*?)\], y = \[(.*?)\]", text)
    if not found:
        return None
    x, y = found[1].split(", "), found[2].split(", ")
    if by:
        y[-1] = f"{by * float(y[-1]):.6g}"
    else:
        x, y = x[:-1], y[:-1]
    line = f"{curve} = {{ x = [{', '.join(x)}], y = [{', '.join(y)}]"
    return text.replace(found[0], line)


def by_source(rows, best):
    """Errors of each source's rows by what `best` makes of the rows of all other sources."""
    errors = {}
    for source in {r["source"] for r in rows}:
        some = best([r for r in rows if r["source"] != source])
        errors |= {r["id"]: some[r["id"]] for r in rows if r["source"] == source}
    return errors


class Calls:
    """Published collectives, and what other catalogs make of them."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.rows = self.predicted()
        self.now = {r["id"]: error_of(r) for r in self.rows}

    def predicted(self, *arguments):
        return predicted(self.program, "collectives", PUBLISHED / "collectives.csv", *arguments)

    def errors(self, name, text):
        """With one file of the catalog in another form."""
        path = self.folder / name
        written(self.folder, name, text)
        rows = self.predicted("--catalog", self.folder)
        path.unlink()
        return {r["id"]: error_of(r) for r in rows}

    def by_starts(self):
        """Each source's small messages by the start of a call that fits the others best."""
        text = (DATA / "frameworks/generic.toml").read_text()
        starts = []
        for start in STARTS:
            line = f'row_call = {{ is = "{start} us"'
            own = re.sub(r'(?m)^row_call = { is = "[^"]*"', line, text)
            starts.append(self.errors("frameworks/generic.toml", own))
        small = [r for r in self.rows if r["band"].endswith("small")]
        return by_source(small, lambda others: min(
            starts, key=lambda e: statistics.mean(abs(e[r["id"]]) for r in others)))

    def by_ends(self, name, curve):
        """Each source's rows that the end of a curve moves, by where the others put it."""
        text = with_end(name, curve, 1 + END_STEP)
        if not text:
            return {}
        moved, dropped = (self.errors(f"collectives/{name}.toml", form)
                          for form in (text, with_end(name, curve, 0)))
        slopes = {i: (e - self.now[i]) / END_STEP for i, e in moved.items()}
        large = [r for r in self.rows
                 if abs(slopes[r["id"]]) > LEAST_SLOPE and not r["band"].endswith("small")]

        def best(others):
            if not others:
                return dropped
            shift = statistics.median(-self.now[r["id"]] / slopes[r["id"]] for r in others)
            return {i: e + shift * slopes[i] for i, e in self.now.items()}

        return by_source(large, best)

    def by_likes(self):
        """Rows of fabrics that one source alone measured, by the fabric that each is most like."""
        errors = {}
        for name, other in STANDS_IN.items():
            like = self.errors(f"collectives/{name}.toml",
                               (DATA / f"collectives/{other}.toml").read_text())
            errors |= {i: e for i, e in like.items() if e != self.now[i]}
        return errors


def of_collectives(program, folder):
    calls = Calls(program, folder)
    errors = calls.by_starts()
    for name in REPORTED:
        for curve in ("ring", "in_network"):
            errors |= calls.by_ends(name, curve)
    likes = calls.by_likes()
    rows = found(calls.rows, errors | likes)
    return [r | {"nearness": "foreign"} if r["id"] in likes else r for r in rows]


# --- both ----------------------------------------------------------------------------------------


def left_out(program):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        return of_kernels(program, pathlib.Path(one)) + of_collectives(program, pathlib.Path(other))


def strata(rows):
    """Of each kind and nearness: rows, median and 90th percentile of errors, coverage of bands."""
    groups = collections.defaultdict(list)
    for row in rows:
        kind = row["band"].split("-")[0]
        for name in (row["band"].replace(f"{kind}-", f"{kind}, ", 1), f"{kind}, all"):
            groups[(name, row["nearness"])].append(row)
    for (name, nearness), members in sorted(groups.items()):
        sizes = sorted(abs(math.expm1(r["error"])) for r in members)
        ninth = sizes[min(len(sizes) - 1, math.ceil(0.9 * len(sizes)) - 1)]
        inside = [r["bounds"][0] <= -r["error"] <= r["bounds"][1] for r in members]
        yield name, nearness, len(sizes), statistics.median(sizes), ninth, statistics.mean(inside)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/release/millwright")
    parser.add_argument("--errors", type=pathlib.Path, help="file of each row's errors (JSON)")
    arguments = parser.parse_args()
    rows = left_out(arguments.program)
    for name, nearness, count, median, ninth, inside in strata(rows):
        print(f"{name:36} {nearness:9} {count:5} rows: median {100 * median:5.1f} %, 90th "
              f"{100 * ninth:5.1f} %, within band {100 * inside:3.0f} %")
    if arguments.errors:
        arguments.errors.write_text(json.dumps(rows, indent=0) + "\n")


if __name__ == "__main__":
    main()
