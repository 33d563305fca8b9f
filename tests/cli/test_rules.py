#!/usr/bin/env python3
"""Export rules, collectives and flows on the command line."""

import csv
import json
import unittest

from program import FRONTIER, ROOT, ProgramTest, run


class RulesCommandLine(ProgramTest):
    def test_rules_check_answers_with_reason_and_margins(self):
        result = run("rules", "check", "--chip", "h20", "--to", "CN", "--date", "2025-07-20",
                     "--headquarters", "CN", "--json")
        verdict = json.loads(result.stdout)
        self.assertEqual(verdict["us"], "LIC_LETTER")
        self.assertEqual(verdict["rule"], "R25-L")
        self.assertIn("misses 3A090.b.1 by 32 TPP of 2,400", verdict["chain"])
        text = run("rules", "check", "--tpp", "2500", "--dram", "900", "--io", "100",
                   "--data-centre", "yes", "--date", "2024-06-01").stdout
        self.assertIn("cannot decide: needs die area", text)

    def test_makers_are_known_whatever_the_case_of_their_letters(self):
        asked = ("rules", "check", "--tpp", "2368", "--area", "814", "--dram", "4000", "--io", "1028",
                 "--data-centre", "yes", "--date", "2025-07-20", "--to", "CN", "--json")  # fmt: skip
        codes = {json.loads(run(*asked, "--vendor", maker).stdout)["us"]
                 for maker in ("NVIDIA", "nvidia", "Nvidia")}  # fmt: skip
        self.assertEqual(codes, {"LIC_LETTER"})

    def test_rules_faults_come_together(self):
        result = run("rules", "check", "--chip", "h2o", "--to", "UK", "--date", "soon",
                     "--reading", "loose", "--without", "R99")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, "")
        for part in ("no chip 'h2o'", "'UK' is not a country code", "'soon' is no date",
                     "no reading is called 'loose'", "no rule 'R99'"):
            self.assertIn(part, result.stderr)

    def test_rules_answer_a_table_or_nothing(self):
        table = self.scenario("chip,date,destination,dc_marketed,tpp,applicable_die_mm2,vendor\n"
                              "h20,2025-07-20,CN,,,,\n"
                              "\"mine, own\",2024-06-01,CN,Y,2300,,\n", "questions.csv")
        answers = run("rules", "check", "--table", table)
        self.assertEqual(answers.returncode, 0, answers.stderr)
        rows = list(csv.DictReader(answers.stdout.splitlines()))
        self.assertEqual([r["us"] for r in rows], ["LIC_LETTER", "UNDECIDED"])
        self.assertEqual(rows[1]["chip"], "mine, own")
        table.write_text(table.read_text() + "x,never,XX,maybe,-1,,\n")
        refused = run("rules", "check", "--table", table)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        for part in ("questions.csv:4", "'never' in date is no date", "neither Y nor N", "'XX' in"):
            self.assertIn(part, refused.stderr)

    def test_rules_timeline_explain_and_diff(self):
        entries = json.loads(run("rules", "timeline", "--chip", "h200", "--to", "CN", "--json",
                                 "--out", self.path / "t").stdout)["entries"]
        self.assertEqual(entries[-1]["verdict"]["us"], "LIC_CBC")
        self.assertTrue((self.path / "t/timeline.html").exists())
        self.assertIn("LIC_LETTER", run("rules", "explain", "r25-l").stdout)
        self.assertEqual(run("rules", "explain", "R99").returncode, 2)
        changed = json.loads(run("rules", "diff", "2023-11-16", "2023-11-17", "--json").stdout)
        self.assertIn("a800-80gb-sxm", [c["chip"] for c in changed])
        for second in ("2023-11-16", "2023-11-17"):  # as early as the first, or earlier
            swapped = run("rules", "diff", "2023-11-17", second)
            self.assertEqual((swapped.returncode, swapped.stdout), (2, ""))
            self.assertIn("give a day after 2023-11-17", swapped.stderr)

    def test_a_rule_of_ones_own(self):
        folder = ROOT / "examples/export-rules/memory-lines"
        ask = ("rules", "check", "--chip", "h200", "--date", "2027-02-01", "--json")
        self.assertEqual(json.loads(run(*ask).stdout)["us"], "LIC_CBC")
        own = json.loads(run(*ask, "--catalog", folder).stdout)
        self.assertEqual((own["us"], own["rule"]), ("LIC_POD", "X27-M"))
        self.assertEqual(run("check", folder).returncode, 0)
        broken = self.path / "broken/rules"
        broken.mkdir(parents=True)
        text = (folder / "rules/X27-M.toml").read_text()
        (broken / "X.toml").write_text(text.replace('to = ["d5", "MO"]', 'to = ["d9"]', 1))
        refused = run("check", broken.parent)
        self.assertEqual(refused.returncode, 2)
        self.assertRegex(refused.stderr, r"X.toml:\d+:\d+: error: 'd9' is neither a country")

    def test_frontier_and_design_write_whole_folders(self):
        small = self.scenario(FRONTIER)
        result = run("rules", "frontier", small, "--out", self.path / "f", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        months = json.loads(result.stdout)["parties"][0]["months"]
        self.assertEqual([m["month"] for m in months], ["2024-01", "2024-02", "2024-03"])
        self.assertIsNotNone(months[0]["licensed"]["trained_tokens_per_s"])
        self.assertEqual(sorted(p.name for p in (self.path / "f").iterdir()),
                         ["frontier.html", "frontier.json"])
        designs = json.loads(run("rules", "design", "--process", "hopper-4n", "--date",
                                 "2024-06-01", "--model", "llama-3.1-8b", "--json").stdout)
        self.assertEqual([d["rules"] for d in designs["designs"]], ["none", "in force"])
        self.assertLess(designs["designs"][1]["decode"]["tpp"], 2400)
        self.assertEqual(run("rules", "design", "--process", "hoper").returncode, 2)

    def test_collective_and_flows_print_the_contract(self):
        ask = ("collective", "all_reduce", "--size", "1GiB", "--ranks", "4096", "--fabric",
               "fat-tree", "--algorithm", "ring", "--json")
        closed = json.loads(run(*ask).stdout)
        flow = json.loads(run(*ask, "--engine", "flow").stdout)
        for key in ("seconds", "algbw_GBps", "busbw_GBps", "lower_bound_s", "algorithm"):
            self.assertIn(key, closed)
        self.assertAlmostEqual(flow["seconds"] / closed["seconds"], 1, delta=0.02)
        self.assertGreater(closed["seconds"], closed["lower_bound_s"])
        tiers = self.scenario("port = \"50 GB/s\"\nhop = \"500 ns\"\n[[tier]]\nwidth = 32\n"
                              "oversubscription = 2\n[[tier]]\nwidth = 32\n", "tiers.toml")
        own = run("collective", "all_gather", "--size", "1GiB", "--ranks", "64", "--fabric", tiers,
                  "--engine", "flow", "--json")
        self.assertGreater(json.loads(own.stdout)["busbw_GBps"], 40)
        over = run("collective", "all_gather", "--size", "1GiB", "--ranks", "1025", "--fabric",
                   tiers)
        self.assertEqual(over.returncode, 2)
        self.assertIn("holds 1024 ranks", over.stderr)
        self.assertEqual(run("collective", "all_reduce", "--size", "1 GB/s", "--ranks", "8",
                             "--fabric", "fat-tree").returncode, 2)
        table = self.scenario("source,destination,bytes,start_s\n0,1,5e9,0\n2,1,5e9,0\n3,3,1,2\n",
                              "flows.csv")
        found = json.loads(run("flows", table, "--fabric", "fat-tree", "--json").stdout)
        self.assertAlmostEqual(found["flows"][0]["finish_s"], 0.2 + 1e-6, places=9)
        self.assertEqual(found["flows"][2]["finish_s"], 2)
        self.assertEqual(found["links"][0]["link"], "host 1 down")
        table.write_text(table.read_text() + "0,far,1,0\n1,2,-5,0\n")
        refused = run("flows", table, "--fabric", "fat-tree")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("flows.csv:5", refused.stderr)
        self.assertIn("flows.csv:6", refused.stderr)

    def test_validate_rules_has_the_form_of_the_contract(self):
        result = run("validate", "rules", ROOT / "tests/published/rules.csv", "--json")
        found = json.loads(result.stdout)
        self.assertEqual(found["summary"], {"count": 73, "skipped": 0, "right": 73})
        row = found["rows"][0]
        self.assertEqual(row["predicted"], row["measured"])
        self.assertIsNone(row["error"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
