#!/usr/bin/env python3
"""Fits figures to published rows, and tells how well they carry over to rows that are left out.

usage: tools/leave_out.py [FRAMEWORK...] [--by source|model-family|release|chip|framework|...]

The figures of tools/moving.toml (or those of --figures) move in the files of the frameworks named,
all that have rows by default. Without --by they are fitted to all rows; with it once more for each
group, to all rows but that group's, which are then predicted: the errors of these are what somebody
meets whose chip, model or release was not fitted. Nothing is written but with --write.

Least is, of each framework,
    sum over groups sqrt(n) mean(rho) + ridge sum((log figure - log neutral)^2 / spread^2)
over sum over groups sqrt(n): rho is |log(predicted / measured)|, rounded below the noise of prints
and capped; a group is a family of models on a chip in a precision, by one metric. So a figure that
no row identifies stays neutral. Gauss and Newton's steps with reweighting, halved until they help;
derivatives of all frameworks at once, as rows know only their own framework's figures.
"""

import argparse
import collections
import concurrent.futures
import csv
import fnmatch
import json
import math
import pathlib
import re
import subprocess
import tempfile
import tomllib

from fit_numbers import solved, summary

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
NOISE, CAP = 0.02, 0.6
STEP = 0.08  # of a derivative, in the logarithm
FARTHEST = 0.8  # that one step moves a figure, in the logarithm
RATES = {"tokens_per_s_per_gpu", "tokens_per_s_total", "tflops_per_gpu", "mfu"}
KEYS = ("source", "model-family", "release", "chip", "framework", "precision", "scale", "structure",
        "model")  # fmt: skip


def neutral_value(section, key, unit):
    """As the framework that nobody measured has it."""
    value = tomllib.loads((DATA / "frameworks/generic.toml").read_text())[section][key]["is"]
    if not unit:
        return value
    number, own = value.split()
    if own != unit:
        raise SystemExit(f"generic.toml: {section}.{key} is in {own}, not in {unit}")
    return float(number)


class Figure:
    """A figure of one file, or of several that have it alike; fits move its logarithm."""

    def __init__(self, name, table, files, shared):
        self.name, self.table, self.files = name, table, files
        section, _, key = name.rpartition(".")
        self.section, self.key, self.unit = section, key, table.get("unit", "")
        self.neutral = math.log(table["neutral"] if "neutral" in table else
                                neutral_value(section, key, self.unit))
        self.low, self.high = math.log(table["low"]), math.log(table["high"])
        frameworks = [f for f in files if f.startswith("frameworks/")]
        only = len(files) == len(frameworks) == 1
        self.block = frameworks[0].split("/")[1] if only and not shared else "all"

    def put(self, text, x):
        value = f"{math.exp(x):.5g}"
        value = f'"{value} {self.unit}"' if self.unit else value
        pattern = rf"(?m)^{re.escape(self.key)} = .*$"
        if not self.section:
            head, bracket, rest = text.partition("\n[")
            source = re.search(r"\[sources\.(\w+)\]", text)[1]
            line = f'{self.key} = {{ is = {value}, from = "{source}" }}'
            if re.search(pattern, head):
                return re.sub(pattern, self.mended(value), head, count=1) + bracket + rest
            return head + "\n" + line + bracket + rest
        parts = re.split(r"(?m)^(?=\[)", text)
        for i, part in enumerate(parts):
            if not part.startswith(f"[{self.section}]"):
                continue
            if re.search(pattern, part):
                parts[i] = re.sub(pattern, self.mended(value), part, count=1)
            else:
                line = f'{self.key} = {{ is = {value}, from = "fitted" }}'
                parts[i] = part.rstrip("\n") + f"\n{line}\n\n"
            return "".join(parts)
        new = f'[{self.section}]\n{self.key} = {{ is = {value}, from = "fitted" }}\n\n'
        at = text.index("[sources.")
        return text[:at] + new + text[at:]

    def mended(self, value):
        def replaced(match):
            is_now = re.compile(r'is = ("[^"]*"|[-\d.e+]+)')
            line = is_now.sub(lambda _: f"is = {value}", match[0], count=1)
            return re.sub(r'from = "[^"]*"', 'from = "fitted"', line)

        return replaced

    def now(self):
        """The value in the catalog, neutral where a file has none."""
        text = (DATA / f"{self.files[0]}.toml").read_text()
        for part in re.split(r"(?m)^(?=\[)", text):
            if self.section and not part.startswith(f"[{self.section}]"):
                continue
            found = re.search(rf'(?m)^{re.escape(self.key)} = {{ is = "?([-\d.e+]+) ?(\w*)', part)
            if found and found[2] == self.unit:
                return math.log(max(float(found[1]), math.exp(self.low)))
        return self.neutral


def figures_of(path, frameworks):
    figures = []
    for name, table in tomllib.loads(path.read_text())["figures"].items():
        known = sorted(str(p.relative_to(DATA).with_suffix("")) for p in DATA.glob("*/*.toml"))
        globs = table.get("files", ["frameworks/*"])
        files = [f for f in known if any(fnmatch.fnmatch(f, g) for g in globs)
                 and f not in table.get("except", [])]
        files = [f for f in files
                 if not f.startswith("frameworks/") or f.split("/")[1] in frameworks]
        if table.get("shared"):
            figures.append(Figure(name, table, files, True))
        else:
            figures += [Figure(name, table, [f], False) for f in files]
    return [f for f in figures if f.files]


class Rows:
    """Published rows as tables that the program takes, and what it predicts of them."""

    def __init__(self, tables, program, folder):
        self.tables, self.program, self.folder = tables, program, folder
        self.pool = concurrent.futures.ThreadPoolExecutor(2)

    def narrowed(self, keep):
        """Only rows with an id of `keep`; fewer rows are predicted sooner."""
        narrowed = []
        for kind, path in self.tables:
            with path.open(newline="") as file:
                rows = list(csv.DictReader(file))
            rows = [r for r in rows if r["id"] in keep]
            if not rows:
                continue
            target = self.folder / f"{kind}.csv"
            with target.open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
            narrowed.append((kind, target))
        self.tables = narrowed

    def predicted(self, overlay=None):
        rows = []
        for kind, path in self.tables:
            command = [self.program, "validate", kind, path, "--json"]
            command += ["--catalog", overlay] if overlay else []
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
            rows += json.loads(done.stdout)["rows"]
        return rows

    def times(self, overlay=None):
        """log(predicted / measured) as of times, by id and metric."""
        return {(r["id"], r["metric"]): error_of(r) for r in self.predicted(overlay)
                if not r["skipped"]}


def error_of(row):
    error = math.log(row["predicted"] / row["measured"])
    return -error if row["metric"] in RATES else error


def family_of(model):
    return re.match(r"[a-z]*", re.sub(r"^[^a-z]+", "", model.lower()))[0] or "other"


class Fit:
    """The figures, the rows, and the program between them."""

    def __init__(self, figures, rows, base, arguments):
        self.figures, self.rows, self.base, self.arguments = figures, rows, base, arguments
        self.files = sorted({file for f in figures for file in f.files})
        self.texts = {file: (DATA / f"{file}.toml").read_text() for file in self.files}
        self.keys = [(r["id"], r["metric"]) for r in base if not r["skipped"]]
        self.row = {(r["id"], r["metric"]): r for r in base if not r["skipped"]}
        every = any(f.block == "all" for f in figures)
        self.block = {k: "all" if every else r["framework"] for k, r in self.row.items()}
        self.colours = collections.defaultdict(list)  # figures whose rows differ, moved at once
        for i, figure in enumerate(figures):
            self.colours[(figure.name, figure.files[0] if figure.block == "all" else "")].append(i)
        self.group = {k: (family_of(r["model"]), r["chip"], r["precision"], r["metric"],
                          r["framework"]) for k, r in self.row.items()}  # fmt: skip

    def overlay(self, xs, folder):
        texts = dict(self.texts)
        for figure, x in zip(self.figures, xs):
            for file in figure.files:
                texts[file] = figure.put(texts[file], x)
        for file, text in texts.items():
            path = folder / f"{file}.toml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def errors(self, xs):
        with tempfile.TemporaryDirectory(dir=self.rows.folder) as folder:
            self.overlay(xs, pathlib.Path(folder))
            found = self.rows.times(folder)
        # a row that becomes impossible on the way is as wrong as can be
        return {k: found.get(k, CAP) for k in self.keys}

    def derivatives(self, xs, base):
        def moved(colour):
            there, by = list(xs), {}
            for i in self.colours[colour]:
                by[i] = STEP if xs[i] + STEP <= self.figures[i].high else -STEP
                there[i] += by[i]
            return colour, by, self.errors(there)

        slopes = collections.defaultdict(dict)
        for colour, by, errors in self.rows.pool.map(moved, list(self.colours)):
            for i in self.colours[colour]:
                block = self.figures[i].block
                for k in self.keys:
                    if block in ("all", self.row[k]["framework"]):
                        slope = (errors[k] - base[k]) / by[i]
                        if slope:
                            slopes[k][i] = slope
        return slopes

    def weights(self, keys):
        """Of each row: so that a group weighs the root of its size."""
        sizes = collections.Counter(self.group[k] for k in keys)
        return {k: 1 / math.sqrt(sizes[self.group[k]]) for k in keys}

    def losses(self, xs, errors, weights):
        total, ridge, norm = collections.Counter(), collections.Counter(), collections.Counter()
        for k, w in weights.items():
            total[self.block[k]] += w * min(CAP, math.hypot(errors[k], NOISE))
            norm[self.block[k]] += w
        for figure, x in zip(self.figures, xs):
            ridge[figure.block] += ((x - figure.neutral) / figure.table["spread"]) ** 2
        scale = self.arguments.ridge
        return {b: (total[b] + scale * ridge[b]) / max(norm[b], 1e-9)
                for b in set(total) | set(ridge)}

    def newton(self, xs, errors, slopes, weights):
        """The step of a block at a time."""
        steps = [0.0] * len(xs)
        for block in {f.block for f in self.figures}:
            mine = [i for i, f in enumerate(self.figures) if f.block == block]
            place = {i: n for n, i in enumerate(mine)}
            matrix = [[0.0] * (len(mine) + 1) for _ in mine]
            for n, i in enumerate(mine):
                stiff = 2 * self.arguments.ridge / self.figures[i].table["spread"] ** 2
                matrix[n][n] += stiff
                matrix[n][-1] -= stiff * (xs[i] - self.figures[i].neutral)
            for k, w in weights.items():
                size = math.hypot(errors[k], NOISE)
                some = [(place[i], s) for i, s in slopes[k].items() if i in place]
                if size > CAP or not some:
                    continue
                for n, s in some:
                    matrix[n][-1] -= w / size * s * errors[k]
                    for m, t in some:
                        matrix[n][m] += w / size * s * t
            for i, step in zip(mine, solved(matrix)):
                bound = self.figures[i]
                to = min(max(xs[i] + max(-FARTHEST, min(FARTHEST, step)), bound.low), bound.high)
                steps[i] = to - xs[i]
        return steps

    def least(self, xs, keys, rounds):
        weights = self.weights(keys)
        errors = self.errors(xs)
        best = self.losses(xs, errors, weights)
        for _ in range(rounds):
            steps = self.newton(xs, errors, self.derivatives(xs, errors), weights)
            begun, gained = list(xs), 0.0
            for part in (1, 0.5, 0.2):
                there = [x + part * s for x, s in zip(begun, steps)]
                losses = self.losses(there, self.errors(there), weights)
                better = {b for b in losses if losses[b] < best[b] - 1e-9}
                for i, figure in enumerate(self.figures):
                    if figure.block in better:
                        xs[i] = there[i]
                for b in better:
                    gained = max(gained, best[b] - losses[b])
                    best[b] = losses[b]
            errors = self.errors(xs)
            if gained < 2e-4:
                break
        return xs, errors


def value_of(row, key):
    return family_of(row["model"]) if key == "model-family" else row[key]


def report(fit, columns, strata):
    print("\nmedian, 90th, bias %: times (rates as times) or memory, predicted over measured")
    print(f"{'rows':>44}"
          + "".join(f" | {name:>19}" for name, _ in columns))
    for key in ("", *strata):
        groups = collections.defaultdict(list)
        for k in fit.keys:
            kind = "memory" if fit.row[k]["metric"] == "memory_gb" else "time"
            groups[(kind, value_of(fit.row[k], key) if key else "all")].append(k)
        for (kind, value), keys in sorted(groups.items()):
            label = f"{kind} {key} {value}"[:38]
            print(f"{label:38} {len(keys):5}"
                  + "".join(f" | {summary([errors[k] for k in keys])}" for _, errors in columns))


def left_out(fit, xs, arguments):
    """Errors of every row as of the fit without its group."""
    groups = collections.defaultdict(set)
    for k in fit.keys:
        groups[value_of(fit.row[k], arguments.by)].add(k)
    errors = {}
    for value, members in sorted(groups.items()):
        keys = [k for k in fit.keys if k not in members]
        start = list(xs)
        # a framework without a row left is neutral
        blocks = {fit.block[k] for k in keys} | {"all"}
        for i, figure in enumerate(fit.figures):
            start[i] = start[i] if figure.block in blocks else figure.neutral
        found = fit.least(start, keys, arguments.rounds)[1] if keys else fit.errors(start)
        errors |= {k: found[k] for k in members}
        print(f"  without {value or '(none)':40} {len(members):5} rows: "
              f"{summary([found[k] for k in members])}", flush=True)
    return errors


def dumped(fit, columns, path):
    """Errors of each row by column, for tools/learn_bands.py."""
    rows = []
    for k in fit.keys:
        own = {key: fit.row[k][key] for key in ("id", "metric", "band", "framework", "structure")}
        rows.append(own | {name: errors[k] for name, errors in columns})
    path.write_text(json.dumps(rows, indent=0) + "\n")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frameworks", nargs="*", help="ids; all that rows are of if left out")
    parser.add_argument("--by", choices=KEYS)
    parser.add_argument("--strata", default="structure,chip,framework,scale")
    parser.add_argument("--figures", type=pathlib.Path, default=ROOT / "tools/moving.toml")
    parser.add_argument("--training", type=pathlib.Path,
                        default=ROOT / "tests/published/training.csv")
    parser.add_argument("--sweep", type=pathlib.Path, default=ROOT / "tests/published/sweep.csv")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/millwright")
    parser.add_argument("--ridge", type=float, default=0.03,
                        help="half the spread of the errors that are expected")
    parser.add_argument("--rounds", type=int, default=2, help="steps of a fit without a group")
    parser.add_argument("--start", choices=("neutral", "catalog"), default="neutral")
    parser.add_argument("--errors", type=pathlib.Path, help="file of each row's errors (JSON)")
    parser.add_argument("--write", action="store_true", help="into data/")
    return parser.parse_args()


def main():
    arguments = parsed()
    with tempfile.TemporaryDirectory() as folder:
        tables = [("training", arguments.training), ("sweep", arguments.sweep)]
        rows = Rows(tables, arguments.program, pathlib.Path(folder))
        base = [r for r in rows.predicted() if not r["skipped"]]
        frameworks = set(arguments.frameworks) or {r["framework"] for r in base}
        base = [r for r in base if r["framework"] in frameworks]
        rows.narrowed({r["id"] for r in base})
        figures = figures_of(arguments.figures, frameworks)
        fit = Fit(figures, rows, base, arguments)
        now = {k: error_of(fit.row[k]) for k in fit.keys}
        at_catalog = arguments.start == "catalog"
        start = [f.now() if at_catalog else f.neutral for f in figures]
        neutral = fit.errors([f.neutral for f in figures])
        xs, errors = fit.least(start, fit.keys, 4 * arguments.rounds)
        for figure, x in sorted(zip(figures, xs), key=lambda pair: pair[0].files):
            print(f"{figure.files[0]:34} {figure.name:26} {math.exp(figure.now()):9.4g} to "
                  f"{math.exp(x):9.4g} {figure.unit}")
        columns = [("catalog", now), ("neutral", neutral), ("fitted", errors)]
        if arguments.by:
            print(f"\nleaving out each {arguments.by}: median, 90th, bias %")
            columns.append(("left out", left_out(fit, xs, arguments)))
        report(fit, columns, [s for s in arguments.strata.split(",") if s])
        if arguments.errors:
            dumped(fit, columns, arguments.errors)
        if arguments.write:
            fit.overlay(xs, DATA)


if __name__ == "__main__":
    main()
