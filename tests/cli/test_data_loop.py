#!/usr/bin/env python3
"""Data loops: answers, what is refused and where, and huge numbers."""

import json
import re
import unittest

import checks
from program import ROOT, ProgramTest, run

SMALL = """name = "small"
[fleet]
vehicles = 100
km_a_day = 50
triggers_per_1000_km = 20
event_size = "1 MB"
[curation]
kept = 0.5
[labels]
people = 1
hours_a_day = 5
events_an_hour = 5
[training]
chip = "h100"
chips = 8
mfu = 0.5
flops = "5e20 FLOP"
threshold = 100
[evaluation]
takes = "1 day"
[[release]]
share = 0.5
soak = "1 day"
[[release]]
share = 1
soak = "1 day"
[run]
days = 8
counts = "mean"
replications = 1
"""
EXAMPLES = sorted((ROOT / "examples/data-loop").glob("*.toml"))


class DataLoop(ProgramTest):
    def answer(self, text, *arguments):
        result = run("data-loop", self.scenario(text), "--json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return checks.check_result(result.stdout)

    def faults(self, text):
        result = run("data-loop", self.scenario(text))
        self.assertEqual(result.returncode, 2, (text, result.stdout))
        lines = result.stderr.splitlines()
        for i, line in enumerate(lines):
            if "error: " in line:
                self.assertRegex(lines[i + 1], r"^  hint: +\S")
        return result.stderr

    def test_a_loop_by_hand(self):
        answer = self.answer(SMALL)
        # that of tests/unit/loop: labelled on days 2 to 5, so that the run is ready at 6
        self.assertEqual([s["in"] for s in answer["stages"]], [800, 800, 350, 150, 1, 1, 0])
        parts = {p["name"]: p["value"] / 86400 for p in answer["loop"]["time"]["parts"]}
        self.assertAlmostEqual(parts["labels"], 2)
        self.assertAlmostEqual(parts["gathering"], 1.5)
        training = 5e20 / (8 * 989.5e12 * 0.5) / 86400
        self.assertAlmostEqual(parts["training"], training, delta=1e-3 * training)
        self.assertAlmostEqual(answer["loop"]["time"]["value"] / 86400, 8.5 + training,
                               delta=1e-3)
        self.assertEqual(answer["bottleneck"], "labels")
        self.assertTrue(answer["stages"][2]["grows"])

    def test_counts_are_conserved_in_the_examples(self):
        self.assertTrue(EXAMPLES)
        for path in EXAMPLES:
            answer = json.loads(run("data-loop", path, "--json", "--replications", 3).stdout)
            for stage in answer["stages"]:
                self.assertEqual(stage["in"], stage["out"] + stage["dropped"] + stage["left"])
            for before, after in zip(answer["stages"][:3], answer["stages"][1:4]):
                self.assertEqual(before["out"], after["in"])

    def test_more_compute_is_quicker_from_july_to_august(self):
        july, august = (json.loads(run("data-loop", ROOT / f"examples/data-loop/li-auto-{month}.toml",
                                       "--json", "--replications", 4).stdout)
                        for month in ("july", "august"))  # fmt: skip
        self.assertLess(august["loop"]["time"]["value"], july["loop"]["time"]["value"] / 2)
        self.assertAlmostEqual(july["chips_an_eflops"], 1e18 / 312e12)
        self.assertTrue(july["stages"][4]["grows"])
        self.assertFalse(august["stages"][4]["grows"])

    def test_threads_and_seeds(self):
        path = ROOT / "examples/data-loop/humanoids.toml"
        one = run("data-loop", path, "--json", "--replications", 5, "--threads", 1).stdout
        three = run("data-loop", path, "--json", "--replications", 5, "--threads", 3).stdout
        other = run("data-loop", path, "--json", "--replications", 5, "--seed", 2).stdout
        self.assertEqual(one, three)
        self.assertNotEqual(one, other)

    def test_each_wrong_value_has_its_place(self):
        cases = (("vehicles = 100", "vehicles = -1"), ("vehicles = 100", "vehicles = 2_000_000_000"),
                 ("kept = 0.5", "kept = 0"), ("mfu = 0.5", "mfu = 1.5"), ("days = 8", "days = 0"),
                 ("days = 8", "days = 100_000"), ("event_size", "evnt_size"), ('"1 MB"', '"1 W"'),
                 ('"1 MB"', "1"), ("threshold = 100", "threshold = 100\nevery_days = 7"),
                 ("share = 0.5", "share = 1"), ("share = 1\n", "share = 0.9\n"),
                 ('chip = "h100"', 'chip = "h10000x"'), ('chip = "h100"\n', ""),
                 ("flops =", 'model = "llama-3.1-8b"\nflops ='), ('counts = "mean"', 'counts = "men"'),
                 ("people = 1\n", ""), ("km_a_day = 50\n", ""), ("days = 8", "days = 36500\nseed = -1"),
                 ('takes = "1 day"', "simulated_km = 5"),
                 ("[evaluation]", '[evaluation]\npass = 0.01'))  # fmt: skip
        for old, new in cases:
            with self.subTest(new=new):
                self.assertIn(old, SMALL)
                said = self.faults(SMALL.replace(old, new, 1))
                self.assertRegex(said, r"scenario\.toml:\d+:\d+: error: ")

    def test_all_faults_at_once(self):
        wrong = SMALL.replace("kept = 0.5", "kept = 2").replace("mfu = 0.5", "mfu = 0")
        said = self.faults(wrong.replace('chip = "h100"', 'chip = "h1000x"'))
        self.assertEqual(said.count("error: "), 3, said)

    def test_sections_that_are_missing(self):
        for section in (r"\[fleet\][^[]*", r"\[curation\][^[]*", r"\[training\][^[]*",
                        r"\[\[release\]\][^[]*\[\[release\]\][^[]*"):  # fmt: skip
            self.assertIn("lacks", self.faults(re.sub(section, "", SMALL)))

    def test_huge_numbers_end_or_are_refused(self):
        many = SMALL.replace("vehicles = 100", "vehicles = 1_000_000_000")
        self.assertEqual(self.answer(many)["stages"][0]["in"], 8 * 10**9)
        self.assertIn("events a day", self.faults(many.replace("= 20\n", "= 1_000_000\n")))
        long = SMALL.replace("days = 8", "days = 36500").replace('"mean"', '"drawn"')
        self.assertEqual(self.answer(long)["days"], 36500)
        self.assertIn("too many", self.faults(long.replace("replications = 1", "replications = 99")))

    def test_a_wanted_time_that_no_compute_keeps(self):
        wanted = SMALL.replace("[run]", '[wanted]\nloop = "8 days"\n[run]')
        self.assertIsNone(self.answer(wanted)["needed_flops"])
        kept = self.answer(wanted.replace("8 days", "9 days"))["needed_flops"]
        self.assertAlmostEqual(kept, 5e20 / 0.5 / (0.5 * 86400), delta=1e-4 * kept)

    def test_files_are_the_answer(self):
        out = self.path / "out"
        result = run("data-loop", self.scenario(SMALL), "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((out / "data-loop.txt").read_text(), result.stdout)
        self.assertEqual(json.loads((out / "data-loop.json").read_text()), self.answer(SMALL))


if __name__ == "__main__":
    unittest.main()
