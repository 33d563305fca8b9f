#!/usr/bin/env python3
"""How much of the time a job works: files, options, JSON, and what is refused."""

import csv
import json
import time
import unittest

import checks
from program import ROOT, ProgramTest, run

PLAIN = ("--chips", 16384, "--mtbf", "3.1 h", "--restart", "10 min", "--checkpoint-cost", "10 s")
FILE = """[job]
chips = 16384
[failures]
mtbf = "3.1 h"
[recovery]
restart = "10 min"
[checkpoint]
cost = "10 s"
"""


def leaves(ledger):
    return sum(map(leaves, ledger["parts"])) if ledger["parts"] else ledger["value"]


class Goodput(ProgramTest):
    def answer(self, *arguments):
        result = run("goodput", *arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return checks.check_result(result.stdout)

    def test_the_closed_form_and_the_simulation_agree(self):
        answer = self.answer(*PLAIN)
        self.assertAlmostEqual(answer["useful_share"]["mean"], answer["closed_form"], delta=0.005)
        self.assertAlmostEqual(leaves(answer["waterfall"]), 30 * 86400, delta=1e-3)
        self.assertLess(answer["useful_share"]["p5"], answer["useful_share"]["p95"])
        self.assertAlmostEqual(answer["interruptions"]["mean"], 30 * 24 / 3.1, delta=5)

    def test_a_file_and_options_are_one_question(self):
        path = self.path / "job.toml"
        path.write_text(FILE)
        self.assertEqual(self.answer(path), self.answer(*PLAIN))
        longer = self.answer(path, "--restart", "20 min")
        self.assertLess(longer["closed_form"], self.answer(path)["closed_form"])
        # a rate of the command line takes the place of the file's
        self.assertAlmostEqual(self.answer(path, "--mtbf", "1 h")["mttf_s"], 3600, delta=1e-6)

    def test_threads_do_not_change_a_bit(self):
        one = run("goodput", *PLAIN, "--json", "--threads", 1).stdout
        self.assertEqual(one, run("goodput", *PLAIN, "--json", "--threads", 3).stdout)
        self.assertNotEqual(one, run("goodput", *PLAIN, "--json", "--seed", 2).stdout)

    def test_a_month_is_simulated_in_a_tenth_of_a_second(self):
        began = time.process_time()
        start = time.monotonic()
        self.answer("--chips", 16384, "--rate-per-1000-nodes-day", 3.79, "--restart", "10 min",
                    "--checkpoint-cost", "10 s", "--days", 54, "--replications", 10)  # fmt: skip
        self.assertLess(time.monotonic() - start + time.process_time() - began, 5)

    def test_policies(self):
        drop = self.answer("--chips", 100000, "--mtbf", "18 min", "--restart", "10 min", "--stall",
                           "3 min", "--policy", "replica-drop", "--replicas", 32)  # fmt: skip
        self.assertAlmostEqual(drop["closed_form"], 0.847, delta=0.002)
        self.assertIsNone(drop["best_period_s"])
        elastic = self.answer(*PLAIN, "--policy", "elastic", "--replicas", 16, "--repair", "1 h")
        self.assertIsNone(elastic["closed_form"])
        self.assertGreater(self.answer(*PLAIN, "--policy", "standby")["closed_form"],
                           self.answer(*PLAIN)["closed_form"])  # fmt: skip

    def test_periods(self):
        given = self.answer(*PLAIN, "--checkpoint-period", "1 h")
        self.assertEqual(given["period_s"], 3600)
        self.assertLess(given["closed_form"], self.answer(*PLAIN)["closed_form"])
        found = self.answer(*PLAIN, "--checkpoint-period", "simulated", "--replications", 60)
        self.assertAlmostEqual(found["closed_form"], self.answer(*PLAIN)["closed_form"], delta=0.003)

    def test_it_stops_at_a_width(self):
        answer = self.answer(*PLAIN, "--replications", 100000, "--until-width", 0.001)
        self.assertLess(answer["replications"], 2000)
        self.assertLessEqual(answer["useful_share"]["half_width"], 0.001)

    def test_text_answers_first(self):
        text = run("goodput", *PLAIN).stdout
        self.assertRegex(text.splitlines()[0], r"^A job on 16384 chips works \d\d\.\d % of the time")
        self.assertIn("WASTED_PROGRESS_FROM_DISRUPTION", text)
        self.assertIn("half the failures", text)

    def test_progress_ends_at_the_useful_share(self):
        answer = self.answer(*PLAIN)
        rows = answer["progress"]
        self.assertEqual(len(rows), 60)
        self.assertEqual(rows[-1]["day"], 30)
        for figure in ("mean", "p5", "p50", "p95"):
            self.assertAlmostEqual(rows[-1][figure], 30 * answer["useful_share"][figure], delta=1e-9)
        for row in rows:
            self.assertLessEqual(row["p5"], row["p50"])
            self.assertLessEqual(row["p50"], row["p95"])
            self.assertLessEqual(row["p95"], row["day"])

    def test_files_are_written_beside_what_is_there(self):
        out = self.path / "out"
        out.mkdir()
        (out / "mine.txt").write_text("mine")
        (out / "goodput.json").write_text("of an earlier run")
        result = run("goodput", *PLAIN, "--days", 5, "--replications", 9, "--json", "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("wrote goodput.json, goodput.html, progress.csv", result.stderr)
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         ["goodput.html", "goodput.json", "mine.txt", "progress.csv"])  # fmt: skip
        self.assertEqual((out / "mine.txt").read_text(), "mine")
        self.assertEqual((out / "goodput.json").read_text(), result.stdout)
        rows = list(csv.DictReader((out / "progress.csv").read_text().splitlines()))
        told = json.loads(result.stdout)["progress"]
        self.assertEqual([{k: float(v) for k, v in row.items()} for row in rows], told)
        self.assertIn(json.loads(result.stdout)["answer"], (out / "goodput.html").read_text())

    def test_a_place_that_is_taken_is_told_with_all_other_faults(self):
        out = self.path / "out"
        (out / "goodput.html").mkdir(parents=True)
        taken = self.path / "file"
        taken.write_text("mine")
        for folder, told in ((out, "goodput.html"), (taken, "is a file, not a folder")):
            result = run("goodput", "--chips", 8, "--mtbf", "18", "--out", folder)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(told, result.stderr)
            self.assertIn("--mtbf", result.stderr)
        self.assertEqual([p.name for p in out.iterdir()], ["goodput.html"])
        self.assertEqual(taken.read_text(), "mine")

    def test_the_examples_say_why_seven_jobs_are_better_than_one(self):
        folder = ROOT / "examples/year-at-yiwu"
        one, seven = (self.answer(folder / f"{name}.toml", "--replications", 8)
                      for name in ("one-job", "one-of-seven"))  # fmt: skip
        self.assertGreater(seven["useful_share"]["mean"], one["useful_share"]["mean"] + 0.1)
        self.assertEqual(len(one["band"]), 2)

    def test_what_cannot_be_is_refused_with_its_place(self):
        for arguments, told in (
            ((), ("--chips", "how many chips", "--mtbf", "how often it fails")),
            (("--chips", 8, "--mtbf", "18"), ("--mtbf", "unit")),
            (("--chips", 8, "--mtbf", "0 s"), ("--mtbf", "cannot be 0")),
            (("--chips", 8, "--mtbf", "-3 h"), ("--mtbf",)),
            (("--chips", 8, "--mtbf", "3 h", "--rate-per-1000-nodes-day", 3), ("said twice",)),
            (("--chips", 8, "--rate-per-1000-nodes-day", "nan"), ("is not a number",)),
            (("--chips", 8, "--mtbf", "3 h", "--restart", "31 day"), ("--restart", "the run of")),
            (("--chips", 8, "--mtbf", "3 h", "--restart", "ten"), ("--restart",)),
            (("--chips", 64, "--mtbf", "3 h", "--spares", 9), ("--spares", "job of 8")),
            (("--chips", 8, "--mtbf", "1 ms", "--restart", "1 s", "--checkpoint-cost", "1 s"), ("too many to simulate",)),
            (("--chips", 8, "--mtbf", "3 h", "--policy", "pray"), ("--policy", "standby")),
            (("--chips", 8, "--fleet", "lama-3"), ("--fleet", "llama-3")),
            (("nowhere.toml",), ("nowhere.toml",)),
        ):
            with self.subTest(arguments=arguments):
                result = run("goodput", *arguments, cwd=self.path)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertEqual(result.stdout, "")
                for word in told:
                    self.assertIn(word, result.stderr)

    def test_unknown_keys_and_wrong_values_come_at_once(self):
        path = self.path / "job.toml"
        path.write_text(FILE.replace("chips", "chipz").replace('"10 min"', "10") + 'perod = "1 h"\n')
        said = run("goodput", path).stderr
        for word in (":2:", ":6:", ":9:", "did you mean 'chips'", "did you mean 'period'"):
            self.assertIn(word, said)


class Fleets(ProgramTest):
    def test_are_parts_of_the_catalog(self):
        ids = run("list", "fleets", "--ids").stdout.split()
        self.assertIn("llama-3", ids)
        shown = json.loads(run("show", "fleet", "llama-3", "--json").stdout)
        self.assertIn("rate", json.dumps(shown))
        for fleet in ids:
            answer = run("goodput", "--chips", 2048, "--fleet", fleet, "--restart", "10 min",
                         "--checkpoint-cost", "10 s", "--replications", 4, "--json")  # fmt: skip
            checks.check_result(answer.stdout)


if __name__ == "__main__":
    unittest.main()
