#!/usr/bin/env python3
"""What a stranger does in the first hour: ten questions of ten kinds, every command once, every
table with a column that is not one of its own. Nothing crashes and no input is dropped unsaid."""

import csv
import json
import shutil
import unittest

import checks
from program import ProgramTest, ROOT, run
from test_random import COMMANDS, FILES

PUBLISHED = ROOT / "tests/published"

# name, date, country, buyer, factories (server, chips, fabric), jobs (model, tokens, seq, batch)
STORIES = (
    ("one chip under the desk", "2026-03-01", "US", "US", [("rtx-pro-6000", 8, "fat-tree")],
     [("llama-3.2-1b", "10B", 2048, 8)]),
    ("two servers of a university", "2025-10-01", "DE", "DE",
     [("l40s-server", 16, "ethernet-fat-tree"), ("hgx-a100", 16, "rail-fat-tree")],
     [("mistral-7b", "100B", 4096, 48)]),
    ("a rack and a bit", "2026-05-01", "SG", "US", [("gb200-nvl72", 144, "rail-fat-tree"),
     ("gb300-nvl72", 216, "rail-fat-tree")], [("llama-3.1-70b", "1T", 8192, 96)]),
    ("a start-up in Toronto", "2024-02-01", "US", "US", [("mi300x-8", 120, "fat-tree-2to1"),
     ("gaudi-2-8", 120, "ethernet-fat-tree")], [("mixtral-8x7b", "2T", 4096, 480)]),
    ("a pod of tensor processors", "2026-01-01", "US", "US", [("tpu-v5p-pod", 8960, "fat-tree"),
     ("tpu-v6e-pod", 256, "fat-tree")], [("gemma-2-27b", "13T", 8192, 1024)]),
    ("a supernode in Guizhou", "2026-02-01", "CN", "CN", [("cloudmatrix-384", 768, "fat-tree"),
     ("atlas-900-910b", 1000, "fat-tree")], [("deepseek-v3", "1T", 4096, 1920)]),
    ("a bank that does not fit", "2026-02-01", "US", "US", [("hgx-h100", 8, "rail-fat-tree")],
     [("gpt-1t", "1T", 2048, 64)]),
    ("a cloud of a thousand", "2026-06-01", "MY", "CN", [("hgx-b200", 1000, "rail-only"),
     ("trn2-ultraserver", 1024, "ethernet-fat-tree"), ("hgx-h20", 1000, "rail-fat-tree")],
     [("qwen3-235b-a22b", "20T", 4096, 2048), ("qwen3-8b", "36T", 32768, 256)]),
    ("a valley of thirty thousand", "2026-08-01", "AE", "AE", [("vr200-nvl72", 28800, "fat-tree"),
     ("mi355x-8", 30000, "fat-tree-4to1")], [("llama-3.1-405b", "15T", 8192, 2048)]),
    ("one hundred and fifteen thousand", "2026-02-01", "US", "US",
     [("hgx-b300", 115000, "rail-fat-tree"), ("hgx-h200", 115000, "rail-fat-tree")],
     [("kimi-k2", "15T", 4096, 15360)]),
)  # fmt: skip


def scenario_of(story):
    name, date, country, buyer, factories, jobs = story
    text = f'name = "{name}"\ndate = {date}\n[site]\ncountry = "{country}"\n'
    text += f'[buyer]\nheadquarters = "{buyer}"\n'
    for number, (server, chips, fabric) in enumerate(factories):
        text += (f'[[factory]]\nname = "{number} {server}"\nserver = "{server}"\nchips = {chips}\n'
                 f'fabric = "{fabric}"\n')  # fmt: skip
    for model, tokens, sequence, batch in jobs:
        text += (f'[[job]]\nname = "{model}"\nkind = "train"\nmodel = "{model}"\n'
                 f'tokens = "{tokens}"\nsequence = {sequence}\nglobal_batch = {batch}\n')  # fmt: skip
    return text


class Stories(ProgramTest):
    def test_ten_scenarios(self):
        for number, story in enumerate(STORIES):
            with self.subTest(name=story[0]):
                scenario = self.scenario(scenario_of(story))
                out = self.path / str(number)
                arguments = ("run", scenario, "--out", out, "--json")
                result = run(*arguments)
                told = checks.check_outcome(self, result, arguments)
                # a fabric or size that a server cannot have may be refused, with a reason
                if result.returncode == 2:
                    self.assertRegex(result.stderr, r"scenario\.toml:\d+", told)
                    continue
                study = checks.check_result(result.stdout)
                self.assertEqual(len(study["factories"]), len(story[4]))
                self.assertTrue((out / "report.html").exists())

    def test_most_stories_are_told(self):
        ran = [run("check", self.scenario(scenario_of(s))).returncode == 0 for s in STORIES]
        self.assertGreaterEqual(sum(ran), 7)

    def test_every_command_once(self):
        for name, source in FILES.items():
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, self.path / name)
        shutil.copy(ROOT / "examples/lawful-frontier/frontier.toml", self.path)
        for command, arguments in COMMANDS.items():
            for more in ([], ["--json"]):
                with self.subTest(command=command, more=more):
                    asked = [*command.split(), *arguments, *more]
                    if command == "rules frontier" and not more:
                        continue  # once is enough: it takes seconds
                    result = run(*asked, cwd=self.path)
                    told = checks.check_outcome(self, result, asked, allowed=(0,))
                    self.assertTrue(result.stdout, told)
                    if more and command != "completion":
                        checks.check_result(result.stdout)


CABLES = "from,to,capacity_GBps,latency_s\n0,1,50,1e-6\n"
FLOWS = "source,destination,bytes,start_s\n0,1,1e9,0\n"
TRAFFIC = "source,destination,bytes\n0,1,1e6\n"
QUESTIONS = "chip,destination,headquarters,date\nh20,CN,CN,2025-07-20\n"
KERNELS = ("id,chip,kernel,dtype,shape,time_us\n"
           + "".join(f'g{n},H100 SXM,gemm,bf16,"m={n},n={n},k=4096",{n * n / 7e4 + 9}\n'
                     for n in range(1024, 13312, 1024)))  # fmt: skip


def published(kind):
    """The header and some rows of a published table."""
    lines = (PUBLISHED / f"{kind}.csv").read_text().splitlines()
    return "\n".join([lines[0], *lines[1:4]]) + "\n"


def tables():
    """Each table that the program reads: name, text, and the command that reads it."""
    for kind in ("training", "sweep", "kernels", "collectives", "rules"):
        yield f"validate {kind}", published(kind), ["validate", kind, "TABLE"]
    runs = (ROOT / "tests/docs/files/runs.csv").read_text()
    yield "calibrate runs", runs, ["calibrate", "TABLE", "--framework", "nemo", "--out", "mine"]
    yield "calibrate kernels", KERNELS, ["calibrate", "TABLE", "--out", "mine"]
    served = (ROOT / "tests/docs/files/served.csv").read_text().splitlines()[:7]
    yield "calibrate served runs", "\n".join(served) + "\n", ["calibrate", "TABLE", "--out", "mine"]
    yield "rules check", QUESTIONS, ["rules", "check", "--table", "TABLE"]
    yield "flows", FLOWS, ["flows", "TABLE", "--fabric", "fat-tree"]
    yield "flows over cables", CABLES, ["flows", "flows.csv", "--fabric", "TABLE"]
    yield "collective over cables", CABLES, ["collective", "all_reduce", "--size", "1MB", "--ranks",
                                             "2", "--fabric", "TABLE"]  # fmt: skip
    yield "traffic", TRAFFIC, ["collective", "all_to_all", "--size", "1MB", "--ranks", "2",
                               "--fabric", "fat-tree", "--traffic", "TABLE"]  # fmt: skip


class Tables(ProgramTest):
    """A column that is not read is told, whichever table it stands in."""

    def ask(self, text, command):
        (self.path / "table.csv").write_text(text)
        (self.path / "flows.csv").write_text(FLOWS)
        asked = [word.replace("TABLE", "table.csv") for word in command]
        return run(*asked, cwd=self.path), asked

    def each(self):
        for name, text, command in tables():
            rows = list(csv.reader(text.splitlines()))
            yield name, rows, command

    @staticmethod
    def text_of(rows):
        return "".join(",".join(f'"{c}"' if "," in c else c for c in row) + "\n" for row in rows)

    def test_the_table_itself_is_read(self):
        for name, rows, command in self.each():
            with self.subTest(table=name):
                result, asked = self.ask(self.text_of(rows), command)
                checks.check_outcome(self, result, asked, allowed=(0,))

    def test_a_column_of_no_table(self):
        for name, rows, command in self.each():
            with self.subTest(table=name):
                more = [[*row, "colour" if at == 0 else "red"] for at, row in enumerate(rows)]
                result, asked = self.ask(self.text_of(more), command)
                told = checks.check_outcome(self, result, asked, allowed=(2,))
                self.assertIn("colour", result.stderr, told)

    def test_every_column_misspelt(self):
        for name, rows, command in self.each():
            for at, column in enumerate(rows[0]):
                with self.subTest(table=name, column=column):
                    header = [c + "x" if i == at else c for i, c in enumerate(rows[0])]
                    result, asked = self.ask(self.text_of([header, *rows[1:]]), command)
                    told = checks.check_outcome(self, result, asked, allowed=(2,))
                    self.assertIn(column, result.stderr, told)

    def test_columns_are_known_by_the_names_of_flags(self):
        for column in ("headquarters", "hq_of_ultimate_parent"):
            answers = []
            for parent in ("CN", "MY"):
                text = f"chip,destination,{column},date\nb200-sxm,MY,{parent},2026-02-01\n"
                result, asked = self.ask(text, ["rules", "check", "--table", "TABLE", "--json"])
                checks.check_outcome(self, result, asked, allowed=(0,))
                answers.append(json.loads(result.stdout)[0]["us"])
            self.assertNotEqual(*answers, column)


if __name__ == "__main__":
    unittest.main(verbosity=1)
