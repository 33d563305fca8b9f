#!/usr/bin/env python3
"""What is printed in other forms, and why the best-ranked factory leads."""

import csv
import io
import json
import unittest

from program import ROOT, SMALL, ProgramTest, run

TWO = ROOT / "examples/two-sites/scenario.toml"


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


class Forms(ProgramTest):
    def run_two(self, *options):
        result = run("run", TWO, "--out", self.path / "out", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_csv_has_a_row_for_each_factory_and_job_with_the_numbers_of_json(self):
        study = json.loads(self.run_two("--json"))
        table = rows(self.run_two("--format", "csv"))
        self.assertEqual(len(table), sum(len(f["jobs"]) for f in study["factories"]))
        for row in table:
            factory = next(f for f in study["factories"] if f["name"] == row["name"])
            job = next(j for j in factory["jobs"] if j["job"] == row["job"])
            self.assertEqual(study["ranking"][int(row["rank"]) - 1], row["name"])
            self.assertEqual(float(row["capital_usd"]), factory["capital_usd"])
            self.assertEqual(float(row["days"]), job["days"])
            self.assertEqual(int(row["plan.tensor"]), job["plan"]["tensor"])

    def test_markdown_has_the_answer_and_its_table(self):
        text = self.run_two("--format", "md")
        study = json.loads(self.run_two("--format", "json"))
        self.assertTrue(text.startswith(f"# {study['name']}\n"), text)
        self.assertIn(study["answer"], text)
        cells = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len({line.count("|") for line in cells}), 1)
        for name in study["ranking"]:
            self.assertTrue(any(f"| {name} |" in line for line in cells), name)

    def test_plans_and_parts_as_csv(self):
        arguments = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", "16")
        plans = json.loads(run(*arguments, "--json").stdout)["best"]
        table = rows(run(*arguments, "--format", "csv").stdout)
        self.assertEqual([float(r["step_s"]) for r in table], [p["step_s"] for p in plans])
        chips = json.loads(run("list", "chips", "--json").stdout)
        table = rows(run("list", "chips", "--format", "csv").stdout)
        self.assertEqual([r["id"] for r in table], [c["id"] for c in chips])

    def test_two_forms_are_a_fault(self):
        result = run("list", "chips", "--json", "--format", "csv")
        self.assertEqual(result.returncode, 2)
        self.assertIn("ask for two forms", result.stderr)
        self.assertEqual(run("list", "chips", "--format", "xml").returncode, 2)
        for options in (("--why",), ("--verbose",), ("--factory", "B200")):
            result = run("run", TWO, "--out", self.path / "out", "--format", "csv", *options)
            self.assertEqual(result.returncode, 2, options)
            self.assertIn(f"{options[0]} is told in text alone", result.stderr)

    def test_why_explains_the_leader_against_the_next_or_one_that_is_named(self):
        study = json.loads(self.run_two("--json"))
        text = self.run_two("--why")
        best, following = study["ranking"][:2]

        def explains(text, other):
            words = rf"(?s){other} (costs|takes) .{{1,80}} than {best}".replace(" ", r"\s+")
            self.assertRegex(text, words)

        explains(text, following)
        other = study["ranking"][-1]
        explains(self.run_two("--why", "--factory", other), other)
        self.assertIn("itself the best", self.run_two("--why", "--factory", best))

    def test_why_says_so_where_there_is_nothing_to_explain(self):
        one = self.scenario(SMALL)
        result = run("run", one, "--out", self.path / "one", "--why")
        self.assertIn("No other factory does a job", result.stdout)
        none = self.scenario(SMALL.replace("llama-3.1-8b", "llama-3.1-405b"), "none.toml")
        result = run("run", none, "--out", self.path / "none", "--why", "--factory", "H100")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nothing to explain", result.stdout)


if __name__ == "__main__":
    unittest.main()
