#!/usr/bin/env python3
"""Tables of questions to the export rules: names, caveats, days and words that are none."""

import csv
import io
import json
import unittest

from program import ROOT, ProgramTest, run

FIELDS = ("chip", "vendor", "designed_in", "tpp", "area", "density", "dram", "io", "fp64", "fp32",
          "package", "planar", "hbm_stack", "named_in_letter", "data_centre", "us_market",
          "destination", "headquarters", "from", "known", "end_use", "entity_listed", "affiliate",
          "state_funded", "quantity", "hall_volume", "reading", "without", "by_text",
          "packages_per_board", "date")
OLD = {"hq_of_ultimate_parent": "headquarters", "dc_marketed": "data_centre", "pd": "density",
       "applicable_die_mm2": "area", "dram_bw_gbps": "dram", "io_bw_gbps": "io",
       "us_market_2026_01_15": "us_market", "hall_m3": "hall_volume",
       "named_in_2022_or_2023_letter": "named_in_letter", "exported_from_us": "from"}
ANSWERS = ["class", "us", "cn", "supply", "rule", "answer_confidence", "reason", "open"]
SAID = {"headquarters": "CN", "end_use": "military", "entity_listed": "yes", "affiliate": "yes",
        "data_centre": "no", "from": "SG", "quantity": "5000", "hall_volume": "1000",
        "without": "R25-L", "reading": "no-consumer-letter", "known": "2025-01-01"}


class RuleTables(ProgramTest):
    def table(self, text, name="t.csv"):
        return self.scenario(text, name)

    def rows(self, text, name="t.csv", *more):
        result = run("rules", "check", "--table", self.table(text, name), *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return list(csv.DictReader(io.StringIO(result.stdout)))

    def refused(self, *arguments):
        result = run(*arguments)
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        return result.stderr

    def test_the_headquarters_count(self):
        row, = self.rows("chip,destination,headquarters,date\nb200,MY,CN,2026-03-01\n")
        self.assertEqual((row["us"], row["headquarters"]), ("LIC_POD", "CN"))
        row, = self.rows("chip,destination,date\nb200,MY,2026-03-01\n")
        self.assertEqual(row["us"], "NLR")

    def test_a_column_that_is_none_is_told_with_all_that_are(self):
        for wrong, meant in (("headquaters", "headquarters"), ("hq", "headquarters"),
                             ("product", "chip"), ("Qty", "quantity"), ("datacentre",
                             "data_centre"), ("destinations", "destination"), ("", "")):
            said = self.refused("rules", "check", "--table", self.table(
                f"chip,destination,{wrong},date\nb200,MY,CN,2026-03-01\n"))
            self.assertIn("t.csv:1:18: error", said)
            self.assertIn(f"no column is called '{wrong}'", said)
            if meant:
                self.assertIn(f"did you mean '{meant}'", said)
                self.assertNotIn("columns are", said)
            else:
                self.assertIn("columns are chip, vendor", said)

    def test_json_and_worked_cases_refuse_what_they_do_not_know_too(self):
        asked = {"chip": "b200", "destination": "MY", "headquaters": "CN", "date": "2026-03-01"}
        said = self.refused("rules", "check", "--table",
                            self.table(json.dumps([asked]), "t.json"))
        self.assertIn("no column is called 'headquaters'", said)
        text = (ROOT / "tests/published/rules.csv").read_text().replace("vendor", "vendr", 1)
        said = self.refused("validate", "rules", self.table(text))
        self.assertIn("no column is called 'vendr'", said)
        self.assertIn("did you mean 'vendor'", said)

    def test_every_field_is_a_flag_a_column_and_a_key(self):
        described = run("rules", "check", "--help").stdout
        for field in FIELDS:
            self.assertIn("--" + field.replace("_", "-"), described)
        header = ",".join(FIELDS)
        values = {"chip": "h20", "destination": "MY", "date": "2025-06-01"}
        line = ",".join(values.get(f, "") for f in FIELDS)
        self.assertEqual(self.rows(f"{header}\n{line}\n")[0]["us"], "NLR")
        for field, value in SAID.items():  # one more said, in all three forms
            flag = "--" + field.replace("_", "-")
            flags = [flag] if value == "yes" else [flag, value]
            one = json.loads(run("rules", "check", "--chip", "h20", "--destination", "MY", "--date",
                                 "2025-06-01", *flags, "--json").stdout)
            row, = self.rows(f"chip,destination,date,{field}\nh20,MY,2025-06-01,{value}\n")
            keyed, = self.rows(json.dumps([{**values, field: value}]), "t.json")
            for other in (row, keyed):
                self.assertEqual((other["us"], other["class"], other["reason"]),
                                 (one["us"], one["class"], one["reason"]), field)
                self.assertEqual(other["open"], "; ".join(one["open"]), field)
                self.assertEqual(other["answer_confidence"], one["confidence"], field)
        self.assertEqual(self.rows("chip,to,date,entity-listed\nh20,MY,2025-06-01,Y\n")[0]["us"],
                         "LIC_ENTITY")

    def test_old_names_are_read_and_told(self):
        for old, name in OLD.items():
            table = self.table(f"chip,destination,date,{old}\nl20,MY,2025-06-01,\n")
            result = run("rules", "check", "--table", table)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(f"column '{old}' is an old name of '{name}'", result.stderr)
        row, = self.rows("chip,destination,hq_of_ultimate_parent,date\nb200,MY,CN,2026-03-01\n")
        self.assertEqual(row["us"], "LIC_POD")
        said = self.refused("rules", "check", "--table", self.table(
            "chip,destination,headquarters,hq_of_ultimate_parent,date\nb200,MY,CN,MY,2026-03-01\n"))
        self.assertIn("'headquarters' is given twice", said)

    def test_answers_are_columns_and_replace_their_own(self):
        asked = "id,chip,destination,date,note\n1,l20,MY,2025-06-01,\"a, b\"\n"
        first = run("rules", "check", "--table", self.table(asked)).stdout
        self.assertEqual(first.splitlines()[0].split(",")[5:], ANSWERS)
        again = run("rules", "check", "--table", self.table(first)).stdout
        self.assertEqual(first, again)

    def test_caveats_are_in_tables_and_in_the_headline(self):
        row, = self.rows("chip,destination,headquarters,date\nl20,MY,RU,2025-06-01\n")
        self.assertEqual((row["us"], row["answer_confidence"]), ("NLR", "medium"))
        self.assertIn("meant for Russia", row["open"])
        text = run("rules", "check", "--chip", "l20", "--to", "MY", "--headquarters", "RU",
                   "--date", "2025-06-01").stdout
        self.assertIn("NLR, but LIC_EMBARGO if the parts are meant for Russia",
                      " ".join(text.split()))
        row, = self.rows("chip,destination,date,quantity\nh20,CN,2024-08-01,5000\n")
        self.assertEqual(row["answer_confidence"], "medium")
        self.assertIn("no hall volume", row["open"])

    def test_embargoed_places_are_denied(self):
        rows = self.rows("chip,date,destination\nl4,2023-06-01,RU\nrtx-4090,2024-06-01,IR\n"
                         "h20,2024-06-01,BY\nl20,2024-06-01,UA-43\n")
        self.assertEqual({r["us"] for r in rows}, {"LIC_EMBARGO"})
        self.assertIn("UA-43",
                      self.refused("rules", "check", "--chip", "l20", "--to", "UA-77"))

    def test_cells_are_checked_with_line_and_column(self):
        said = self.refused("rules", "check", "--table", self.table(
            "chip,destination,date,end_use,entity_listed,quantity,tpp,reading,without\n"
            "h2o,MY,2026-13-45,miltary,maybe,1.5,-1,loose,R99\n"
            ",,,,,,,,\n"))
        for part in ("t.csv:2:8: error: '2026-13-45' in date is no date",
                     "a day such as 2026-02-01",
                     "'miltary' in end_use is no end use", "commercial, supercomputer or military",
                     "'maybe' in entity_listed is neither Y nor N", "is yes or no",
                     "'1.5' in quantity is no whole number", "'-1' in tpp is no number",
                     "no reading is called 'loose'", "tf32-32", "no rule 'R99'",
                     "t.csv:3:1: error: no date in this row", "no destination in this row",
                     "no chip in this row, nor figures of one"):
            self.assertIn(part, said)
        said = self.refused("rules", "check", "--table",
                            self.table("chip,destination,date\nb300x,CN,2026-03-01\n"))
        self.assertIn("t.csv:2:1: error: no chip 'b300x' in the catalog", said)
        self.assertIn("did you mean 'B300'", said)

    def test_json_lists_are_checked_too(self):
        for text in ("[1]", "{}", "[", "[{\"chip\": {\"a\": 1}, \"date\": \"\", "
                     "\"destination\": \"\"}]", "[{\"chip\": [1]}]"):
            said = self.refused("rules", "check", "--table", self.table(text, "t.json"))
            self.assertIn("t.json", said)
        said = self.refused("rules", "check", "--table", self.table(
            '[{"chip": "h20", "destination": "CN", "date": "2026-03-01"},\n'
            ' {"chip": "h20", "destination": "XX", "date": "2026-03-01"}]', "t.json"))
        self.assertIn("t.json:2:", said)
        for name in ("t.csv", "t.json"):
            said = self.refused("rules", "check", "--json", "--table", self.table(
                b"chip,destination,date\nh\xff20,CN,2026-03-01\n", name))
            self.assertIn(f"{name}:2:1: error: this is not UTF-8", said)
        row, = self.rows('[{"chip": "x", "tpp": 5000, "data_centre": true, "date": "2024-06-01", '
                         '"destination": "CN", "without": ["R25-L", "R26"], "area": null}]')
        self.assertEqual(row["us"], "LIC_POD")

    def test_days_that_are_none_are_refused_everywhere(self):
        check = ("rules", "check", "--chip", "h20")
        for day in ("2026-13-45", "2026-02-30", "26-2-1", "soon", "2026-2-1x"):
            for ask in ((*check, "--date", day), (*check, "--known", day),
                        ("rules", "timeline", "--chip", "h20", "--since", day),
                        ("rules", "timeline", "--chip", "h20", "--until", day),
                        ("rules", "timeline", "--chip", "h20", "--known", day),
                        ("rules", "diff", day, "2023-11-17"), ("rules", "diff", "2023-11-17", day),
                        ("rules", "design", "--process", "hopper-4n", "--date", day)):
                said = self.refused(*ask)
                self.assertIn(f"'{day}' is no date", said)
                self.assertIn("2026-02-01", said)

    def test_words_that_are_none_tell_what_there_is(self):
        for flag, word, told in (("--end-use", "civil", "commercial, supercomputer or military"),
                                 ("--data-centre", "perhaps", "yes, no or unknown"),
                                 ("--us-market", "perhaps", "yes, no or unknown"),
                                 ("--state-funded", "perhaps", "yes, no or unknown")):
            self.assertIn(told, self.refused("rules", "check", "--chip", "h20", flag, word))
            self.assertIn(told, " ".join(run("rules", "check", "--help").stdout.split()))

    def test_a_table_and_a_question_do_not_mix(self):
        table = self.table("chip,destination,date\nh20,CN,2026-03-01\n")
        said = self.refused("rules", "check", "--table", table, "--headquarters", "MY", "--by-text")
        self.assertIn("--headquarters", said)
        self.assertIn("add a column 'by_text'", said)

    def test_a_study_in_an_embargoed_place_ranks_it_last(self):
        small = """name = "r"
date = 2026-02-01
[site]
country = "{}"
region = "us"
[buyer]
headquarters = "{}"
[[factory]]
name = "a"
server = "hgx-h20"
chips = 8
fabric = "rail-fat-tree"
[[job]]
name = "j"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 4096
global_batch = 8
"""
        for place in ("RU", "IR", "UA-43"):
            out = self.path / place
            result = run("run", self.scenario(small.format(place, place), f"{place}.toml"), "--out",
                         out)
            self.assertEqual(result.returncode, 0, result.stderr)
            study = json.loads((out / "study.json").read_text())
            self.assertEqual(study["factories"][0]["verdict"]["us"], "LIC_EMBARGO")
            self.assertFalse(study["factories"][0]["lawful"])
            self.assertIn("LIC_EMBARGO", (out / "report.html").read_text())


if __name__ == "__main__":
    unittest.main(verbosity=1)
