#!/usr/bin/env python3
"""Many jobs on one cluster: traces, options, JSON, the table of jobs, and what is refused."""

import csv
import time
import unittest

import checks
from program import ROOT, ProgramTest, run

TRACE = ROOT / "examples/jobs/trace.csv"
BUSY = (TRACE, "--chips", 192, "--chips-per-domain", 64)
FAILING = (*BUSY, "--rate-per-1000-nodes-day", 500, "--repair", "4 h", "--restart", "10 min",
           "--checkpoint-cost", "30 s", "--replications", 6)  # fmt: skip


class Jobs(ProgramTest):
    def answer(self, *arguments):
        result = run("jobs", *arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return checks.check_result(result.stdout)

    def test_the_time_of_chips_is_accounted_for(self):
        answer = self.answer(*BUSY)
        self.assertAlmostEqual(answer["chip_time"]["value"] / (192 * answer["window_s"]), 1)
        self.assertEqual(answer["jobs"], 400)
        self.assertEqual(sum(group["jobs"] for group in answer["by_size"]), 400)
        self.assertEqual(answer["all"]["interruptions"], 0)
        self.assertEqual(answer["replications"], 1)
        self.assertGreater(answer["all"]["wait_s"], 0)

    def test_failures_interrupt_and_cost(self):
        calm, failing = self.answer(*BUSY), self.answer(*FAILING)
        self.assertGreater(failing["all"]["interruptions"], 0)
        self.assertLess(failing["all"]["ettr"], calm["all"]["ettr"])
        self.assertLess(failing["goodput"]["mean"], calm["goodput"]["mean"])
        self.assertLess(failing["goodput"]["p5"], failing["goodput"]["p95"])

    def test_priorities_are_bought_with_preemptions(self):
        plain, stopping = self.answer(*BUSY), self.answer(*BUSY, "--preempt", "--protect", "10 min")
        self.assertLess(stopping["by_priority"][0]["wait_s"], plain["by_priority"][0]["wait_s"])
        self.assertGreater(stopping["all"]["preemptions"], 0)

    def test_rules_matter(self):
        waits = {name: self.answer(*BUSY, *options)["all"]["wait_s"] for name, options in (
            ("easy", ()), ("none", ("--backfill", "none")), ("shortest", ("--order", "shortest")),
            ("fair", ("--order", "fair")), ("spread", ("--placement", "spread")))}  # fmt: skip
        self.assertLess(waits["easy"], waits["none"])
        self.assertLess(waits["shortest"], waits["easy"])
        self.assertEqual(len(set(waits.values())), 5)

    def test_threads_do_not_change_a_bit(self):
        one = run("jobs", *FAILING, "--json", "--threads", 1).stdout
        self.assertEqual(one, run("jobs", *FAILING, "--json", "--threads", 3).stdout)
        self.assertNotEqual(one, run("jobs", *FAILING, "--json", "--seed", 2).stdout)

    def test_text_answers_first(self):
        text = run("jobs", *BUSY, "--fleet", "mature", "--restart", "1 min", "--checkpoint-cost", "1 s").stdout
        self.assertRegex(text, r"^400 jobs on 192 chips wait [\d.]+ \w+ on average")
        for word in ("where the chips' time goes", "is a band of", "a server is back at once"):
            self.assertIn(word, text)

    def test_a_table_of_each_job(self):
        table = self.path / "out.csv"
        for _ in range(2):  # its own table is replaced
            self.assertEqual(run("jobs", *BUSY, "--out", table).returncode, 0)
        with table.open() as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 400)
        self.assertAlmostEqual(sum(float(row["wait_s"]) for row in rows) / 400,
                               self.answer(*BUSY)["all"]["wait_s"], delta=0.01)  # fmt: skip
        other = self.path / "other.csv"
        other.write_text("mine\n")
        result = run("jobs", *BUSY, "--out", other)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("no table of jobs", result.stderr)
        self.assertEqual(other.read_text(), "mine\n")

    def test_a_large_trace_takes_seconds(self):
        path = self.path / "large.csv"
        with path.open("w") as file:
            file.write("submit_s,chips,duration_s\n")
            for i in range(20_000):
                file.write(f"{i},{2 ** (i * 7919 % 9)},{100 + i * 104729 % 300}\n")
        began = time.process_time()
        start = time.monotonic()
        self.answer(path, "--chips", 16384)
        self.assertLess(time.monotonic() - start + time.process_time() - began, 20)

    def test_what_cannot_be_is_refused_with_its_place(self):
        for arguments, told in (
            ((), ("trace",)),
            ((TRACE,), ("--chips",)),
            ((TRACE, "--chips", 100), ("--chips", "no whole servers of 8")),
            ((TRACE, "--chips", 0), ("--chips",)),
            ((*BUSY, "--chips-per-server", 3), ("no whole servers of 3",)),
            ((TRACE, "--chips", 64, "--chips-per-domain", 9), ("--chips-per-domain",)),
            ((*BUSY, "--protect", "1h"), ("--protect", "--preempt")),
            ((*BUSY, "--preempt", "--protect", "10"), ("--protect", "unit")),
            ((*BUSY, "--order", "random"), ("--order", "shortest")),
            ((*BUSY, "--fleet", "lama-3"), ("--fleet", "llama-3", "--restart", "--checkpoint-cost")),
            ((*FAILING, "--fleet", "llama-3"), ("said twice",)),
            ((*BUSY, "--checkpoint-period", "1 ms"), ("shorter than a second",)),
            ((*BUSY, "--repair", "soon", "--restart", "-1 s"), ("--repair", "--restart")),
            ((*BUSY, "--rate-per-1000-nodes-day", "nan"), ("is not a number",)),
            (("nowhere.csv", "--chips", 64), ("nowhere.csv",)),
        ):
            with self.subTest(arguments=arguments):
                result = run("jobs", *arguments, cwd=self.path)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertEqual(result.stdout, "")
                for word in told:
                    self.assertIn(word, result.stderr)

    def test_cells_that_are_wrong_come_at_once(self):
        path = self.path / "jobs.csv"
        path.write_text("job_id,submit_s,chips,duration_s\na,0,x,1\nb,then,1,1\nc,0,1,-1\n")
        said = run("jobs", path, "--chips", 64).stderr
        for word in (":2:5:", "is no number", ":4:7:", "is out of range"):
            self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
