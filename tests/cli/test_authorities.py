#!/usr/bin/env python3
"""A made-up authority of rules in a catalog folder: its verdict is everywhere, and no code knows it."""

import csv
import io
import json
import pathlib
import unittest

from program import ProgramTest, run

AUTHORITY = """
name = "League of the Sea"
label = "Sea"
adjective = "maritime"
asks = "export"
open = "SEA_OPEN"
[[verdict]]
code = "SEA_FREE"
words = "free"
tier = "free"
had = "yes"
[[verdict]]
code = "SEA_PERMIT"
words = "permit"
tier = "possible"
had = "licensed"
[[verdict]]
code = "SEA_BARRED"
words = "barred"
tier = "denied"
had = "no"
"""
RULE = """
name = "memory by ship"
authority = "League of the Sea"
citation = { is = "a treaty", from = "text" }
announced = 2024-01-01
confidence = "high"
summary = "memory of 4,000 GB/s and more is barred to Germany"
[[event]]
on = 2024-08-01
what = "in force"
[[requirement]]
reason = "fast memory"
when = ["dram >= 4000"]
to = ["DE"]
verdict = "SEA_BARRED"
[sources.text]
title = "a treaty"
publisher = "nobody"
grade = "estimate"
"""
SCENARIO = """
name = "sea"
date = 2025-01-01
[site]
country = "DE"
[buyer]
headquarters = "DE"
[[factory]]
name = "fast"
server = "hgx-h200"
chips = 64
fabric = "rail-fat-tree"
[[factory]]
name = "slow"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = "train"
kind = "train"
model = "llama-3.1-8b"
precision = "bf16"
tokens = "15T"
sequence = 8192
global_batch = 256
"""
FRONTIER = """
name = "sea"
from = 2024-07-01
until = 2024-08-01
budget = "0.02 GUSD"
[[party]]
name = "Bremen"
country = "DE"
[[job]]
name = "train"
kind = "train"
model = "llama-3.1-8b"
precision = "bf16"
tokens = "1T"
sequence = 4096
global_batch = 256
"""
ASKED = ("--chip", "h200-sxm", "--to", "DE", "--date", "2025-01-01")


class ThirdAuthority(ProgramTest):
    def setUp(self):
        super().setUp()
        self.parts = self.path / "parts"
        self.put("authorities/sea.toml", AUTHORITY)
        self.put("rules/SEA-1.toml", RULE)

    def put(self, name, text):
        path = self.parts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def out(self, name):
        return str(self.path / name)

    def asked(self, *arguments):
        result = run(*arguments, "--catalog", str(self.parts))
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_its_verdict_stands_beside_the_others(self):
        text = self.asked("rules", "check", *ASKED)
        self.assertIn("US         NLR, class 3A090.a", text)
        self.assertIn("Sea        SEA_BARRED: SEA-1: fast memory; meets SEA-1 by 800 GB/s", text)
        verdict = json.loads(self.asked("rules", "check", *ASKED, "--json"))
        self.assertEqual((verdict["us"], verdict["sea"], verdict["cn"]),
                         ("NLR", "SEA_BARRED", "CN_NONE"))
        self.assertTrue(verdict["sea_reason"].startswith("SEA-1: fast memory"))
        self.assertEqual([a["authority"] for a in verdict["answers"]], ["us", "sea", "cn"])
        self.assertEqual([a["tier"] for a in verdict["answers"]], ["free", "denied", "free"])
        self.assertIn("SEA-1", [c["rule"] for c in verdict["citations"]])
        before = self.asked("rules", "timeline", "--chip", "h200-sxm", "--to", "DE", "--since",
                            "2024-07-01", "--until", "2024-09-01")
        self.assertIn("Sea", before.splitlines()[2])
        self.assertIn("SEA_FREE", before)
        self.assertIn("SEA_BARRED", before)

    def test_it_is_a_column_of_tables(self):
        table = self.scenario("chip,destination,date\nh200-sxm,DE,2025-01-01\n"
                              "h100-sxm,DE,2025-01-01\n", "t.csv")
        text = self.asked("rules", "check", "--table", table)
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([r["sea"] for r in rows], ["SEA_BARRED", "SEA_FREE"])
        self.assertEqual([r["us"] for r in rows], ["NLR", "NLR"])
        again = self.asked("rules", "check", "--table", self.scenario(text, "again.csv"))
        self.assertEqual(text, again)

    def test_a_study_ranks_by_it(self):
        path = self.scenario(SCENARIO)
        free = json.loads(run("run", path, "--json", "--out", self.out("free")).stdout)
        self.assertEqual(free["ranking"], ["fast", "slow"])
        self.assertNotIn("sea", free["factories"][0]["verdict"])
        text = self.asked("run", path, "--out", self.out("sea"))
        study = json.loads((pathlib.Path(self.out("sea")) / "study.json").read_text())
        self.assertEqual(study["ranking"], ["slow", "fast"])
        fast = study["factories"][0]
        self.assertEqual((fast["verdict"]["sea"], fast["lawful"]), ("SEA_BARRED", False))
        self.assertRegex(text, r"#  factory +US +Sea +job")
        self.assertRegex(text, r"\(2\)  fast +NLR +SEA_BARRED")

    def test_it_closes_factories_on_the_frontier(self):
        path = self.scenario(FRONTIER, "frontier.toml")
        text = self.asked("rules", "frontier", path, "--out", self.out("frontier"))
        self.assertRegex(text, r"2024-08 .*SEA-1 closes \S+ \(SEA_BARRED\)")
        self.assertRegex(text, r"decode  US +Sea +China")
        frontier = json.loads((pathlib.Path(self.out("frontier")) / "frontier.json").read_text())
        months = frontier["parties"][0]["months"]
        self.assertEqual(months[0]["licensed"]["server"], months[0]["unrestricted"]["server"])
        self.assertNotEqual(months[-1]["licensed"]["server"], months[-1]["unrestricted"]["server"])
        self.assertEqual(months[-1]["unrestricted"]["sea"], "SEA_BARRED")
        self.assertEqual(months[-1]["licensed"]["sea"], "SEA_FREE")

    def test_a_hold_of_a_use_keeps_parts_from_the_frontier(self):
        self.put("authorities/sea.toml",
                 AUTHORITY.replace('"export"', '"use"').replace('open = "SEA_OPEN"\n', ""))
        text = self.asked("rules", "frontier", self.scenario(FRONTIER, "frontier.toml"), "--out",
                          self.out("use"))
        self.assertRegex(text, r"a maritime measure holds \S+ \(fast memory\)")
        self.assertIn("no Chinese or maritime hold", " ".join(text.split()))

    def test_faults_have_their_place(self):
        self.put("rules/SEA-1.toml", RULE.replace("SEA_BARRED", "SEA_BARED"))
        self.put("authorities/sea2.toml", AUTHORITY.replace("SEA_FREE", "SEA_CALM"))
        result = run("check", str(self.parts))
        self.assertEqual(result.returncode, 2)
        self.assertIn("SEA-1.toml:15:11: error: no verdict of an authority is called 'SEA_BARED'",
                      result.stderr)
        self.assertIn("did you mean 'SEA_BARRED'", result.stderr)
        self.assertIn("'SEA_PERMIT' is a code of 'sea' already", result.stderr)

    def test_no_id_stands_where_an_answer_has_a_key(self):
        """Every key of the objects that hold a code under an authority's id is refused as one."""
        check = json.loads(self.asked("rules", "check", *ASKED, "--json"))
        table = self.scenario("chip,destination,date\nh200-sxm,DE,2025-01-01\n", "t.csv")
        row, = json.loads(self.asked("rules", "check", "--table", table, "--json"))
        head = self.asked("rules", "check", "--table", table).splitlines()[0].split(",")
        months = json.loads(self.asked(
            "rules", "frontier", self.scenario(FRONTIER, "frontier.toml"), "--json"
        ))["parties"][0]["months"]
        best = [value for month in months for value in month.values() if isinstance(value, dict)]
        study = json.loads(self.asked("run", self.scenario(SCENARIO), "--out", self.out("s"), "--json"))
        verdicts = [f["verdict"] for f in study["factories"]]
        for held in (check, row, *best, *check["readings"], *verdicts):
            self.assertIn("sea", held)
        objects = [check, row, *check["readings"], *months, *best, *verdicts, dict.fromkeys(head)]
        keys = set().union(*objects) - {"us", "cn", "sea"}
        self.assertGreater(len(keys), 40)
        for key in keys:
            own = self.parts / f"authorities/{key}.toml"
            own.write_text(AUTHORITY.replace("SEA_", key.upper() + "_"))
            result = run("check", self.parts)
            own.unlink()
            self.assertEqual(result.returncode, 2, key)
            self.assertRegex(result.stderr, f"'{key}' is a (key of answers|column of tables)")

    def test_authorities_are_listed_and_shown(self):
        self.assertIn("Sea", self.asked("list", "authorities"))
        shown = self.asked("show", "authority", "sea")
        self.assertIn("verdict.SEA_PERMIT", shown)
        for part in ("LIC_POD", "3A090.a", "export"):
            self.assertIn(part, run("show", "authority", "us").stdout)


if __name__ == "__main__":
    unittest.main()
