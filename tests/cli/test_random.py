#!/usr/bin/env python3
"""Random questions to the program: scenarios, plans, collectives, replays, and flags from --help.

Every case has a seed of its own, told where it fails: `MILLWRIGHT_SEED=17 test_random.py PROGRAM`
runs that one alone. `MILLWRIGHT_CASES` is how many of each kind there are; `MILLWRIGHT_SHARD=I/N`
takes every Nth. What must hold stands in checks.py.
"""

import json
import os
import random
import re
import shutil
import subprocess
import unittest

import checks
from program import PROGRAM, ROOT, ProgramTest, commands, run

CASES = int(os.environ.get("MILLWRIGHT_CASES", "20"))
SECONDS = 100  # of any case: the slowest takes 24 s of CPU, and others run beside it
LARGEST_BY_FLOWS = 4096  # chips, so that a case ends in time
BUYERS = ("US", "CN", "DE", "MY", "AE", "IN", "RU", "BR", "KZ")
PRECISIONS = ("bf16", "fp8", "fp8-block", "fp4")
# why a plan may be none
REASONS = "memory|cannot be wired|no known .* rate|whole server|chips|layers"
OPERATIONS = ("all_reduce", "all_gather", "reduce_scatter", "all_to_all")


def seeds():
    if "MILLWRIGHT_SEED" in os.environ:
        return [int(os.environ["MILLWRIGHT_SEED"])]
    which, of = map(int, os.environ.get("MILLWRIGHT_SHARD", "0/1").split("/"))
    return range(which, CASES, of)


def catalog(kind):
    return checks.read(run("list", kind, "--json").stdout)


def size(rng, most):
    """A number up to `most`, small ones as often as large ones, seldom a round one."""
    number = int(2 ** rng.uniform(0, most.bit_length() - 1))
    return max(1, number + rng.choice((0, 0, 1, -1)))


class RandomTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.servers = catalog("servers")
        cls.models = [m["id"] for m in catalog("models")]
        cls.fabrics = [f["id"] for f in catalog("fabrics")]
        cls.countries = sorted({s["country"] for s in catalog("sites")})
        cls.frameworks = [f["id"] for f in catalog("frameworks")]
        cls.engines = [e["id"] for e in catalog("engines")]

    def each(self, case):
        for seed in seeds():
            with self.subTest(seed=seed):
                case(random.Random(f"{case.__name__} {seed}"))

    def chips_of(self, rng, server, most):
        """Whole servers more often than not."""
        own = int(server["chips"]["value"])
        chips = size(rng, most)
        return max(own, chips - chips % own) if rng.random() < 0.8 else chips

    def answer(self, *arguments, cwd=None):
        command = [PROGRAM, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=SECONDS)
        return result, checks.check_outcome(self, result, arguments)


class Scenarios(RandomTest):
    """Factories, jobs, sites and buyers of all kinds."""

    def serve_job(self, rng, number):
        lines = ["[[job]]", f'name = "job {number}"', 'kind = "serve"',
                 f'model = "{rng.choice(self.models)}"']  # fmt: skip
        optional = {"precision": f'"{rng.choice(PRECISIONS)}"', "prompt_tokens": size(rng, 100_000),
                    "output_tokens": size(rng, 10_000), "replica_chips": size(rng, 128),
                    "time_per_token": rng.choice(('"1 ms"', '"30 ms"', '"2 s"')),
                    "time_to_first_token": rng.choice(('"10 ms"', '"1 s"', '"60 s"')),
                    "prefix_tokens": size(rng, 4096), "rate": rng.choice((0.1, 3, 1000)),
                    "engine": f'"{rng.choice(self.engines)}"',
                    "hours": rng.choice(('"08:00..24:00"', '"22:00..06:00"'))}  # fmt: skip
        return "\n".join(lines + [f"{key} = {value}" for key, value in optional.items()
                                  if rng.random() < 0.4])

    def job(self, rng, number):
        if rng.random() < 0.3:
            return self.serve_job(rng, number)
        lines = [f'name = "job {number}"', 'kind = "train"', f'model = "{rng.choice(self.models)}"',
                 f'tokens = "{rng.choice(("1B", "300B", "15T"))}"',
                 f"sequence = {rng.choice((512, 1000, 2048, 4096, 8192, 32768))}",
                 f"global_batch = {size(rng, 16384)}"]  # fmt: skip
        if rng.random() < 0.3:
            lines.append(f'precision = "{rng.choice(PRECISIONS)}"')
        if rng.random() < 0.3:
            lines.append(f'framework = "{rng.choice(self.frameworks)}"')
        return "\n".join(["[[job]]", *lines])

    def factory(self, rng, number):
        server = rng.choice(self.servers)
        most = rng.choice((64, 1024, 4096))
        return "\n".join(["[[factory]]", f'name = "factory {number}"', f'server = "{server["id"]}"',
                          f"chips = {self.chips_of(rng, server, most)}",
                          f'fabric = "{rng.choice(self.fabrics)}"'])  # fmt: skip

    def text(self, rng):
        date = f"{rng.randint(2022, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        lines = ['name = "random"', f"date = {date}"]
        if rng.random() < 0.3:
            lines.append(f'objective = "{rng.choice(("time", "cost"))}"')
        lines += ["[site]", f'country = "{rng.choice(self.countries)}"']
        if rng.random() < 0.4:
            lines.append(f'power_limit = "{rng.choice(("100 kW", "10 MW", "2 GW"))}"')
        lines += ["[buyer]", f'headquarters = "{rng.choice(BUYERS)}"']
        if rng.random() < 0.2:
            lines.append('end_use = "supercomputer"')
        lines += [self.factory(rng, i) for i in range(rng.randint(1, 3))]
        return "\n".join(lines + [self.job(rng, i) for i in range(rng.randint(1, 2))]) + "\n"

    def study(self, rng):
        text = self.text(rng)
        out = self.path / f"out-{rng.random()}"
        result, told = self.answer("run", self.scenario(text), "--out", out, "--json")
        told += f"\n{text}"
        if result.returncode == 2:
            self.assertFalse(out.exists(), told)
            self.assertRegex(result.stderr, r"scenario\.toml:\d+:\d+: error", told)
            return
        study = checks.check_result(result.stdout)
        self.assertEqual(checks.read((out / "study.json").read_text())["name"], study["name"])
        checks.read((out / "trace.json").read_text())
        feasible = [job["feasible"] for factory in study["factories"] for job in factory["jobs"]]
        self.assertEqual(result.returncode == 0, any(feasible), told)
        self.assertEqual(sorted(study["ranking"]), sorted(f["name"] for f in study["factories"]))
        for factory in study["factories"]:
            for job in factory["jobs"]:
                if job["feasible"]:
                    check = self.check_plan if job["kind"] == "train" else self.check_served
                    check(factory, job, told)

    def check_served(self, factory, job, told):
        self.assertLessEqual(job["layout"]["chips"], factory["chips"], told)
        self.assertLessEqual(job["requests_per_s"], job["bound"]["requests_per_s"], told)
        self.assertLessEqual(job["memory_bytes"], job["memory_usable_bytes"], told)
        if job["tpot_ms"]:
            self.assertLessEqual(job["tpot_ms"]["p99"], 1e3 * job["asked"]["time_per_token_s"], told)

    def check_plan(self, factory, job, told):
        plan = job["plan"]
        ways = plan["tensor"] * plan["pipeline"] * plan["data"] * plan["context"]
        self.assertEqual(ways, plan["chips_used"], told)
        self.assertLessEqual(plan["chips_used"], factory["chips"], told)
        self.assertEqual(plan["global_batch"] % (plan["data"] * plan["micro_batch"]), 0, told)

    def test_scenarios(self):
        self.each(self.study)


class Plans(RandomTest):
    """A plan, its step by flows, and the trace of it replayed."""

    def plan(self, rng):
        server = rng.choice(self.servers)
        chips = self.chips_of(rng, server, 512)
        arguments = ["plan", "--server", server["id"], "--chips", chips, "--model",
                     rng.choice(self.models), "--sequence", rng.choice((512, 2048, 4096, 8192)),
                     "--global-batch", size(rng, 4096), "--flows", "--json"]  # fmt: skip
        if chips > LARGEST_BY_FLOWS:  # one server may be a whole torus
            arguments.remove("--flows")
        if rng.random() < 0.4:
            arguments += ["--fabric", rng.choice(self.fabrics)]
        if rng.random() < 0.4:
            arguments += ["--precision", rng.choice(PRECISIONS)]
        traced = chips <= 64
        trace = self.path / f"trace-{rng.random()}"
        if traced:
            arguments += ["--chakra", trace]
        result, told = self.answer(*arguments)
        if result.returncode != 0:
            return self.assertRegex(result.stderr + result.stdout, REASONS, told)
        plans = checks.check_result(result.stdout)
        used = plans["best"][0]["chips_used"]
        if chips <= LARGEST_BY_FLOWS:
            self.assertTrue(plans["by_flows"]["done"], told)
        if traced and used > 1:
            replayed, told = self.answer("replay", trace, "--fabric", "fat-tree", "--json")
            self.assertEqual(replayed.returncode, 0, told)
            self.assertEqual(len(checks.check_result(replayed.stdout)["ranks"]), used, told)

    def test_plans(self):
        self.each(self.plan)


class Collectives(RandomTest):
    """Groups of all sizes on all fabrics, by both engines."""

    def fabric(self, rng):
        if rng.random() < 0.5:
            return ["--fabric", rng.choice([t["id"] for t in catalog("topologies")])]
        return ["--fabric", rng.choice(self.fabrics), "--server", rng.choice(self.servers)["id"]]

    def collective(self, rng):
        group = size(rng, 64) + 1
        stride = rng.choice((1, 1, 2, 4, 9))
        ranks = group * stride * rng.randint(1, 4)
        operation = rng.choice(OPERATIONS)
        megabytes = 2 ** rng.uniform(-20, 14)
        arguments = ["collective", operation, "--size", f"{megabytes:.9f} MB", "--ranks", ranks, "--group",
                     group, "--stride", stride, *self.fabric(rng), "--json"]  # fmt: skip
        seconds = {}
        for engine in ("closed", "flow"):
            result, told = self.answer(*arguments, "--engine", engine)
            if result.returncode != 0:
                return self.assertRegex(result.stderr, "holds|cannot be wired|too many", told)
            found = checks.check_result(result.stdout)
            self.assertGreater(found["seconds"], 0, told)
            self.assertGreaterEqual(found["seconds"], found["lower_bound_s"] * (1 - 1e-6), told)
            seconds[engine] = found["seconds"]
        arguments[3] = f"{2 * megabytes:.9f} MB"
        result, told = self.answer(*arguments)
        twice = checks.check_result(result.stdout)["seconds"]
        self.assertGreaterEqual(twice, seconds["closed"] * (1 - 1e-9), told)

    def test_collectives(self):
        self.each(self.collective)


# a command and arguments that are enough, run in a folder with copies of FILES
FILES = {name: ROOT / "tests/docs/files" / name
         for name in ("a.toml", "b.toml", "flows.csv", "jobs.csv", "table.csv", "questions.csv", "config.json",
                      "traces", "served.csv", "served_requests.csv", "served_meta.json")}  # fmt: skip
FILES["loop.toml"] = ROOT / "examples/data-loop/humanoids.toml"
FILES["claims.toml"] = ROOT / "examples/article-claims/claims.toml"
COMMANDS = {
    "run": ["a.toml", "--out", "o"],
    "plan": ["--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", "16"],
    "compare": ["a.toml", "b.toml"],
    "serve": ["--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", "8", "--rate", "2",
              "--requests", "50", "--prompt", "200", "--output", "20"],
    "deploy": ["--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", "1..2", "--rate", "2",
               "--requests", "50", "--prompt", "200", "--output", "20", "--tpot-p99", "50ms"],
    "claims check": ["claims.toml"],
    "books": ["a.toml", "--samples", "64", "--base-points", "4", "--search-again", "1"],
    "sweep": ["a.toml", "--over", "factory.chips=16,32"],
    "goodput": ["--chips", "2048", "--mtbf", "9 h", "--restart", "10 min", "--checkpoint-cost", "9 s",
                "--days", "20", "--replications", "8"],
    "jobs": ["jobs.csv", "--chips", "64"],
    "data-loop": ["loop.toml"],
    "list": ["chips"],
    "init": ["chip"],
    "explain": ["MFU"],
    "show": ["chip", "h20"],
    "reference": ["keys"],
    "check": ["a.toml", "config.json"],
    "validate": ["training", "table.csv"],
    "calibrate": ["table.csv", "--out", "mine"],
    "rules check": ["--chip", "h20"],
    "rules timeline": ["--chip", "h20"],
    "rules explain": ["R23"],
    "rules diff": ["2023-11-16", "2023-11-17"],
    "rules frontier": ["frontier.toml", "--out", "o"],
    "rules design": ["--process", "hopper-4n", "--date", "2024-06-01"],
    "collective": ["all_reduce", "--size", "1MB", "--ranks", "16", "--fabric", "nvl72"],
    "flows": ["flows.csv", "--fabric", "fat-tree"],
    "replay": ["traces", "--fabric", "fat-tree"],
    "completion": ["bash"],
}
# other files that a command takes
OTHER_FORMS = {"compare": (["a.toml", "--factories", "H200", "H200"],),
               "calibrate": (["served.csv", "--out", "mine"],
                             ["served_requests.csv", "--out", "mine"])}  # fmt: skip
HOSTILE_NUMBERS = ("nan", "inf", "-1", "0", "1e308", "1e-320", "9223372036854775808", "1.5",
                   "16k", "")  # fmt: skip
HOSTILE = ("", " ", "..", "/", "x" * 300, "\x1b[31m", "é", "<b>", "2026-13-45", "--", "=",
           *HOSTILE_NUMBERS)  # fmt: skip
SOUND = {"INT": ("1", "2", "7", "16", "64"), "UINT": ("0", "3", "20"), "FLOAT": ("0", "0.5", "90"),
         "TEXT": ("h20", "hgx-h100", "llama-3.2-1b", "rail-fat-tree", "CN", "2024-06-01", "1MB",
                  "time", "fp8", "R23", "nemo")}  # fmt: skip
OPTION = re.compile(r"^  (?:-\w,)?(--[\w-]+)(?: ([A-Z]+)(?::\{([^}]*)\})?)?", re.M)


class Flags(RandomTest):
    """Every subcommand with flags from its --help, sound and hostile."""

    def lay_out(self):
        """Fresh files: what a case wrote may have taken their names."""
        shutil.rmtree(self.path)
        self.path.mkdir()
        for name, source in FILES.items():
            target = self.path / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        frontier = (ROOT / "examples/lawful-frontier/frontier.toml").read_text()
        frontier = re.sub(r"^until = .*$", "until = 2022-10-01", frontier, flags=re.M)
        (self.path / "frontier.toml").write_text(frontier)

    def value(self, rng, kind, choices, option):
        if option in ("--out", "--chakra", "--link-table"):
            return rng.choice(("o", "o/p", "a.toml", "traces"))  # stays in the folder
        if choices and rng.random() < 0.7:
            return rng.choice(choices.split(","))
        hostile = HOSTILE_NUMBERS if kind in ("INT", "UINT", "FLOAT") else HOSTILE
        return rng.choice(hostile if rng.random() < 0.4 else SOUND.get(kind, SOUND["TEXT"]))

    def flags(self, rng):
        for command, enough in COMMANDS.items():
            told = run(*command.split(), "--help").stdout
            options = [o for o in OPTION.findall(told) if o[0] != "--help"]
            enough = rng.choice((enough, *OTHER_FORMS.get(command, ())))
            arguments = [*command.split(), *enough]
            for option, kind, choices in rng.sample(options, min(len(options), rng.randint(0, 3))):
                value = [self.value(rng, kind, choices, option)] if kind else []
                if option in enough:  # given again it would be refused: take its place
                    at = arguments.index(option)
                    arguments[at : at + 2] = [option, *value]
                else:
                    arguments += [option, *value]
            if rng.random() < 0.1 and len(enough) > 0 and not enough[0].startswith("--"):
                at = len(command.split())
                arguments[at] = rng.choice([h for h in HOSTILE if not h.startswith("-")])
            if rng.random() < 0.5:
                arguments.append("--json")
            self.lay_out()
            with self.subTest(command=command):
                self.check(arguments)

    def check(self, arguments):
        result, told = self.answer(*arguments, cwd=self.path)
        if "--json" in arguments and result.returncode == 0 and arguments[0] != "completion":
            try:
                checks.check_result(result.stdout)
            except (AssertionError, ValueError) as fault:
                self.fail(f"{told}\n{fault}")

    def test_the_list_of_commands_is_whole(self):
        self.assertEqual(sorted(" ".join(words) for words in commands()), sorted(COMMANDS))

    def test_no_flag_takes_what_is_no_number(self):
        for command, enough in COMMANDS.items():
            told = run(*command.split(), "--help").stdout
            for option, kind, _ in OPTION.findall(told):
                if kind == "FLOAT" and option not in enough:
                    with self.subTest(command=command, option=option):
                        self.lay_out()
                        arguments = [*command.split(), *enough, option, "nan"]
                        _, said = self.answer(*arguments, cwd=self.path)
                        self.assertIn("exit 2", said)

    def test_flags(self):
        self.each(self.flags)


class TheChecks(unittest.TestCase):
    """Results that must not pass do not."""

    def test_what_is_wrong_is_refused(self):
        ledger = {"name": "step", "value": 3, "parts": [{"name": "a", "value": 1, "parts": []}]}
        job = {"feasible": True, "step_s": 2.0, "low": 1.0, "high": 3.0, "memory_bytes": 5,
               "memory_usable_bytes": 6}  # fmt: skip
        checks.check_result(json.dumps([job]))
        for change in ({"step_s": None}, {"low": 2.5}, {"high": 1.5}, {"memory_bytes": 7},
                       {"step_s": float("nan")}, {"mfu": float("inf")}, {"days": "nan"},
                       {"ledger": ledger}):  # fmt: skip
            with self.subTest(change=change), self.assertRaises(AssertionError):
                checks.check_result(json.dumps([job | change]))


if __name__ == "__main__":
    unittest.main(verbosity=1)
