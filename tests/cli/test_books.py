#!/usr/bin/env python3
"""What factories come to in money: samples, indices, what must be true, files, and what is refused."""

import csv
import unittest

import checks
from program import ProgramTest, run

HEAD = """name = "small"
date = 2026-02-01
[site]
country = "US"
[buyer]
headquarters = "US"
[[factory]]
name = "a, \\"quoted\\""
server = "hgx-h100"
chips = 16
fabric = "rail-fat-tree"
[[factory]]
name = "b"
server = "hgx-h200"
chips = 16
fabric = "rail-fat-tree"
[[job]]
name = "chat"
kind = "serve"
model = "llama-3.1-8b"
"""
BOOKS = """[books]
price_per_chip_hour = "3 USD/h"
tax = 0.2
debt_share = 0.5
[[uncertain]]
of = "books.utilisation"
low = 0.4
high = 0.9
[[uncertain]]
of = "servers/hgx-h200.price.purchase"
low = "250 kUSD"
typical = "315 kUSD"
high = "380 kUSD"
"""
SALE = """[[sale]]
job = "chat"
input = "0.02 USD"
output = "0.1 USD"
"""
QUICK = ("--samples", 128, "--base-points", 8, "--search-again", 1)


class Books(ProgramTest):
    def scenario(self, more=BOOKS):
        path = self.path / "scenario.toml"
        path.write_text(HEAD + more)
        return path

    def answer(self, *arguments, more=BOOKS):
        result = run("books", self.scenario(more), *QUICK, *arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return checks.check_result(result.stdout)

    def test_figures_have_ranges_and_indices(self):
        answer = self.answer()
        self.assertEqual(len(answer["factories"]), 2)
        for factory in answer["factories"]:
            npv = factory["npv_usd"]
            self.assertLessEqual(npv["p5"], npv["p50"])
            self.assertLess(npv["p10"], npv["p90"])
            self.assertEqual(npv["known"], 1)
            self.assertEqual([job["job"] for job in factory["jobs"]], ["chat"])
        outputs = {(i["factory"], i["output"]) for i in answer["indices"]}
        self.assertIn(("b", "npv"), outputs)
        self.assertIn("books.utilisation", [i["name"] for i in answer["inputs"]])
        self.assertIn("grade", [i["from"] for i in answer["inputs"]])
        self.assertGreaterEqual(answer["information"]["perfect_usd"], 0)

    def test_the_same_bits_for_any_threads_and_others_for_another_seed(self):
        path = self.scenario()
        one = run("books", path, *QUICK, "--json", "--threads", 1).stdout
        self.assertEqual(one, run("books", path, *QUICK, "--json", "--threads", 3).stdout)
        self.assertNotEqual(one, run("books", path, *QUICK, "--json", "--seed", 2).stdout)

    def test_without_anything_uncertain_samples_are_the_point(self):
        answer = self.answer(more='[books]\ngrade_widths = false\nprice_per_chip_hour = "3 USD/h"\n')
        self.assertEqual(answer["inputs"], [])
        for factory in answer["factories"]:
            self.assertEqual(factory["npv_usd"]["p5"], factory["npv_usd"]["point"])
            self.assertEqual(factory["npv_usd"]["p95"], factory["npv_usd"]["point"])

    def test_tokens_are_sold(self):
        answer = self.answer(more=SALE)
        first = answer["factories"][0]
        self.assertGreater(first["revenue_a_year_usd"], 0)
        dearer = self.answer(more=SALE.replace("0.1", "0.2"))["factories"][0]
        self.assertGreater(dearer["npv_usd"]["point"], first["npv_usd"]["point"])

    def test_what_must_be_is_what_gives_it(self):
        must = self.answer("--must", "npv=0", "--by", "books.price_per_chip_hour")["must"]
        price = next(m["value"] for m in must if m["factory"] == "b") * 3600
        more = BOOKS.replace("3 USD/h", f"{price:.9f} USD/h")
        value = next(f for f in self.answer(more=more)["factories"] if f["name"] == "b")
        self.assertLess(abs(value["npv_usd"]["point"]), 1e-4 * value["capital_usd"]["point"])
        out = self.answer("--must", "npv=1 PUSD", "--by", "books.tax")["must"][0]
        self.assertIsNone(out["value"])
        self.assertIn("it goes from", out["why"])

    def test_what_must_be_is_asked_at_the_ends_of_every_number(self):
        for number in ("utilisation", "availability", "tax", "discount", "salvage", "inflation", "horizon",
                       "construction", "price_per_chip_hour"):  # fmt: skip
            for output in ("chip_hour=1", "npv=0", "irr=0.1", "payback_years=3"):
                result = run("books", self.scenario(), *QUICK, "--must", output, "--by", f"books.{number}")
                self.assertEqual(result.returncode, 0, (number, output, result.stderr))

    def test_files_are_the_answer_and_the_cash_of_months(self):
        out = self.path / "out"
        result = run("books", self.scenario(), *QUICK, "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("wrote books.json, books.html, cash.csv", result.stderr)
        with open(out / "cash.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({row["factory"] for row in rows}, {'a, "quoted"', "b"})
        for row in rows:
            paid = sum(float(row[k + "_usd"]) for k in (
                "revenue_share", "electricity", "demand", "carbon", "water", "staff", "maintenance",
                "spares", "licences", "network", "capital"))  # fmt: skip
            earned = float(row["revenue_usd"]) + float(row["resale_usd"])
            untaxed = earned - paid
            self.assertLessEqual(float(row["free_cash_usd"]), untaxed + 1e-3)
        checks.check_result((out / "books.json").read_text())

    def test_the_text_says_the_answer_first(self):
        text = run("books", self.scenario(), *QUICK).stdout
        self.assertRegex(text, r"^\S.* best-ranked, costs [\d.]+ [kMG] dollars to build")
        self.assertIn("what drives npv of", text)
        self.assertLessEqual(max(map(len, text.split("\n"))), 100)

    def test_faults_have_places_and_come_all_at_once(self):
        wrong = """[books]
utilisation = 2
pue_by_month = [1.2]
own_share = 0.5
[[sale]]
job = "nobody"
output = "1 USD"
[[phase]]
after = "0 months"
share = 0.5
"""
        result = run("books", self.scenario(wrong))
        self.assertEqual(result.returncode, 2)
        for words in ("'utilisation' is 2", "there are 12 months", "own energy", "no [[job]]", "sum to 0.5"):
            self.assertIn(words, result.stderr)
        ranges = """[[uncertain]]
of = "books.utilisation"
low = 0.9
high = 0.4
[[uncertain]]
of = "sites/atlantis.pue"
low = 1
high = 2
[[correlation]]
between = ["books.utilisation", "books.tax"]
rank = 0.5
"""
        said = run("books", self.scenario(ranges)).stderr
        for words in ("scenario.toml:21", "nothing is called", "is not uncertain"):
            self.assertIn(words, said)

    def test_options_are_checked(self):
        path = self.scenario()
        for arguments, words in ((("--samples", 0), "samples"), (("--must", "npv=0"), "--by"),
                                 (("--must", "npv", "--by", "books.tax"), "no value"),
                                 (("--must", "profit=0", "--by", "books.tax"), "no output is called"),
                                 (("--must", "npv=0", "--by", "books.taxes"), "no figure here")):
            result = run("books", path, *QUICK, *arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(words, result.stderr)
        self.assertEqual(run("books", self.path / "none.toml").returncode, 2)


if __name__ == "__main__":
    unittest.main()
