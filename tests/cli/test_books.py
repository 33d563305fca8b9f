#!/usr/bin/env python3
"""What factories come to in money: samples, indices, what must be true, files, and what is refused."""

import csv
import re
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
        self.assertIn(" gives ", out["why"])

    def test_what_must_be_is_asked_at_the_ends_of_every_number(self):
        for number in ("utilisation", "availability", "tax", "discount", "salvage", "inflation", "horizon",
                       "construction", "price_per_chip_hour"):  # fmt: skip
            for output in ("chip_hour=1", "npv=0", "irr=0.1", "payback_years=3"):
                self.answer("--must", output, "--by", f"books.{number}")

    def test_what_must_be_gives_the_target_and_never_where_nothing_is_built(self):
        # behind the horizon there are no books, whose edge is no answer
        for output, number in (("chip_hour", "construction"), ("npv", "power_delay"), ("npv", "utilisation")):
            point = self.answer()["factories"][0][f"{output}_usd"]["point"]
            for factor in (0.5, 0.9, 1.1, 2):
                target = point * factor
                must = self.answer("--must", f"{output}={target:.12g} USD", "--by", f"books.{number}")["must"][0]
                if must["value"] is None:
                    continue
                text = re.sub(rf"^{number} = .*\n", "", BOOKS, flags=re.M)
                unit = '"{:.12g} s"' if number in ("construction", "power_delay") else "{:.12g}"
                given = text.replace("[books]\n", f"[books]\n{number} = " + unit.format(must["value"]) + "\n")
                again = self.answer(more=given)["factories"][0][f"{output}_usd"]["point"]
                # months are whole, so that a value jumps over a target by one at most
                self.assertLess(abs(again - target), 0.05 * abs(target) + 1e-9, (output, number, factor))

    def test_shapley_effects_share_all_of_the_variance(self):
        tie = '[[correlation]]\nbetween = ["books.utilisation", "servers/hgx-h200.price.purchase"]\nrank = 0.6\n'
        for more in (BOOKS, BOOKS + tie):
            answer = self.answer(more=more)
            self.assertTrue(answer["indices"])
            for of in answer["indices"]:
                self.assertAlmostEqual(sum(i["shapley"] for i in of["inputs"]), 1)
                self.assertTrue(all((i["total"] is None) == (more != BOOKS) for i in of["inputs"]))
        result = run("books", self.scenario(), "--samples", 128, "--base-points", 0, "--json")
        without = checks.check_result(result.stdout)["indices"][0]["inputs"][0]
        self.assertEqual((without["total"], without["shapley"]), (None, None))
        self.assertIn("Shapley", run("books", self.scenario(), *QUICK).stdout)

    def test_fans_are_nested_and_end_where_the_cash_does(self):
        for factory in self.answer()["factories"]:
            fan = factory["fan"]
            self.assertEqual([m["month"] for m in fan], list(range(len(factory["free_cash_usd"]))))
            for m in fan:
                told = [m[p] for p in ("p5", "p25", "p50", "p75", "p95")]
                self.assertEqual(told, sorted(told))
        certain = '[books]\ngrade_widths = false\nprice_per_chip_hour = "3 USD/h"\n'
        result = run("books", self.scenario(certain), "--samples", 1, "--json")
        for factory in checks.check_result(result.stdout)["factories"]:
            so_far = 0
            for cash, m in zip(factory["free_cash_usd"], factory["fan"]):
                so_far += cash
                self.assertEqual({m[p] for p in ("mean", "p5", "p25", "p50", "p75", "p95")}, {so_far})

    def test_nothing_is_left_on_the_line(self):
        numbers = "books.utilisation,books.price_per_chip_hour"
        line = self.answer("--break-even", numbers)["break_even"][1]
        self.assertEqual((line["factory"], len(line["points"])), ("b", 20))
        point = line["points"][7]
        more = BOOKS.replace("3 USD/h", f"{point['second'] * 3600:.9f} USD/h")
        more = more.replace("[books]\n", f"[books]\nutilisation = {point['first']:.12f}\n")
        value = next(f for f in self.answer(more=more)["factories"] if f["name"] == "b")
        self.assertLess(abs(value["npv_usd"]["point"]), 1e-4 * value["capital_usd"]["point"])
        text = run("books", self.scenario(), *QUICK, "--break-even", numbers).stdout
        self.assertIn("breaks even on books.utilisation and books.price_per_chip_hour:", " ".join(text.split()))

    def test_where_nothing_breaks_even_it_is_said(self):
        dear = BOOKS.replace("3 USD/h", "0.1 USD/h")
        for line in self.answer(more=dear)["break_even"]:
            self.assertEqual({p["second"] for p in line["points"]}, {None})
            self.assertTrue(all(p["npv_from"] < 0 and p["npv_to"] < 0 for p in line["points"]))
        text = run("books", self.scenario(dear), *QUICK).stdout
        self.assertRegex(" ".join(text.split()), "breaks even at no [^ ]+ from .* it is worth -")

    def test_files_are_the_answer_and_the_cash_of_months(self):
        out = self.path / "out"
        result = run("books", self.scenario(), *QUICK, "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("wrote books.json, books.html, cash.csv, fan.csv, break_even.csv to", result.stderr)
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
        answer = checks.check_result((out / "books.json").read_text())
        self.check_tables(out, answer)

    def check_tables(self, out, answer):
        """The other tables say what the answer says."""
        with open(out / "fan.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        fan = [(f["name"], m) for f in answer["factories"] for m in f["fan"]]
        self.assertEqual(len(rows), len(fan))
        for row, (name, month) in zip(rows, fan):
            self.assertEqual((row["factory"], int(row["month"])), (name, month["month"]))
            self.assertAlmostEqual(float(row["p25_usd"]) / month["p25"], 1, 9)
        with open(out / "break_even.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        points = [(line, p) for line in answer["break_even"] for p in line["points"]]
        self.assertEqual(len(rows), len(points))
        for row, (line, point) in zip(rows, points):
            self.assertEqual((row["factory"], row["second"]), (line["factory"], line["second"]["path"]))
            self.assertEqual(row["second_si"] == "", point["second"] is None)
            self.assertAlmostEqual(float(row["first_si"]) / point["first"], 1, 9)

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
                                 (("--must", "npv=0", "--by", "books.taxes"), "no figure here"),
                                 (("--break-even", "books.tax"), "over two numbers, not 1"),
                                 (("--break-even", "books.tax,books.tax"), "one twice"),
                                 (("--break-even", "books.tax,books.taxes"), "no figure here"),
                                 (("--break-even", "books.tax,x"), "--break-even")):
            result = run("books", path, *QUICK, *arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(words, result.stderr)
        self.assertEqual(run("books", self.path / "none.toml").returncode, 2)


if __name__ == "__main__":
    unittest.main()
