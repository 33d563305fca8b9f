#!/usr/bin/env python3
"""A scenario at every value of what is moved: points are runs, files say one thing, faults come at once."""

import csv
import itertools
import json
import unittest

import checks
from program import ROOT, SMALL, ProgramTest, run

TWO = SMALL.replace("[[job]]", """[[factory]]
name = "H200, \\"new\\""
server = "hgx-h200"
chips = 64
fabric = "rail-fat-tree"
[[job]]""") + """[[job]]
name = "chat"
kind = "serve"
model = "llama-3.1-8b"
"""
OF_TRAINING = ("days", "step_s", "mfu", "tokens_per_s_per_chip", "tflops_per_chip", "memory_bytes",
               "usd_per_million_tokens", "usd_per_million_tokens_of_site")  # fmt: skip
OF_SERVING = ("requests_per_s", "output_tokens_per_s", "output_tokens_per_s_per_chip",
              "usd_per_million_output_tokens", "usd_per_million_input_tokens", "usd_per_request")  # fmt: skip
OF_FACTORIES = ("power_w", "capital_usd", "yearly_usd")


def over(*paths):
    return [word for path in paths for word in ("--over", path)]


class Sweep(ProgramTest):
    def answer(self, *paths, text=SMALL, more=()):
        result = run("sweep", self.scenario(text), *over(*paths), *more, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return checks.check_result(result.stdout)

    def study(self, text):
        result = run("run", self.scenario(text, "edited.toml"), "--out", self.path / "out", "--json")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        return json.loads(result.stdout)

    def faults(self, *paths, text=SMALL, more=()):
        out = self.path / "none"
        result = run("sweep", self.scenario(text), *over(*paths), *more, "--out", out)
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertFalse(out.exists())
        return result.stderr

    def check_rows(self, rows, study):
        """Every figure of a point is that of a run, to the last bit."""
        names = [f["name"] for f in study["factories"]]
        self.assertEqual(len(rows), sum(len(f["jobs"]) for f in study["factories"]))
        for row in rows:
            factory = study["factories"][names.index(row["factory"])]
            job = next(j for j in factory["jobs"] if j["job"] == row["job"])
            self.assertEqual(row["rank"], study["ranking"].index(row["factory"]) + 1)
            self.assertEqual(row["lawful"], factory["lawful"])
            self.assertEqual((row["feasible"], row["infeasible"]), (job["feasible"], job["infeasible"]))
            for key in OF_TRAINING if job["kind"] == "train" else OF_SERVING:
                self.assertEqual(row[key], job[key], key)
            for key in OF_FACTORIES:
                self.assertEqual(row[key], factory[key], key)

    def test_a_point_is_a_run_of_the_edited_scenario(self):
        every = ",".join((*OF_TRAINING, *OF_SERVING, *OF_FACTORIES))
        override = '[[override]]\nfigure = "chips/h100-sxm.memory.capacity"\nis = "{}"\nsource = "x"\n'
        edits = {
            "factory/*.chips": ("8,128", lambda text, v: text.replace("chips = 64", f"chips = {v}")),
            "factory/H100.server": ("hgx-a100,hgx-h20", lambda text, v: text.replace("hgx-h100", v)),
            "date": ("2023-12-01,2026-02-01", lambda text, v: text.replace("2026-02-01", v)),
            "job/8B.global_batch": ("64,512", lambda text, v: text.replace("batch = 128", f"batch = {v}")),
            "job/8B.tokens": ("2T", lambda text, v: text.replace("1T", v)),
            "job/8B.precision": ("fp8", lambda text, v: text.replace(
                "sequence = ", f'precision = "{v}"\nsequence = ')),
            "site.energy_price": ("0.2 USD/kWh", lambda text, v: text.replace(
                "[buyer]", f'energy_price = "{v}"\n[buyer]')),
            "useful_share": ("0.75", lambda text, v: text.replace("[site]", f"useful_share = {v}\n[site]")),
            "chips/h100-sxm.memory.capacity": ("40 GB,141 GB", lambda text, v: text + override.format(v)),
        }  # fmt: skip
        for path, (values, edit) in edits.items():
            answer = self.answer(f"{path}={values}", text=TWO, more=("--of", every))
            for value in values.split(","):
                with self.subTest(path=path, value=value):
                    rows = [r for r in answer["rows"] if r["values"] == [value]]
                    self.check_rows(rows, self.study(edit(TWO, value)))

    def test_what_a_scenario_overrides_is_moved_too(self):
        own = SMALL + '[[override]]\nfigure = "chips/h100-sxm.memory.capacity"\nis = "70 GB"\nsource = "x"\n'
        path = "chips/h100-sxm.memory.capacity=70 GB,90 GB"
        self.assertEqual(self.answer(path, text=own)["rows"], self.answer(path)["rows"])

    def test_grids_are_in_row_major_order(self):
        answer = self.answer("factory.chips=32,64", "job.global_batch=64,128,256")
        self.assertEqual([tuple(r["values"]) for r in answer["rows"]],
                         list(itertools.product(("32", "64"), ("64", "128", "256"))))
        self.assertEqual([r["point"] for r in answer["rows"]], list(range(6)))
        self.assertEqual(len(answer["ranked_best"]), 6)

    def test_ranges_go_from_end_to_end(self):
        for values, spacing, texts in (
            ("32..128:x3", "geometric", ["32", "64", "128"]), ("1k..3k:3", "even", ["1000", "2000", "3000"]),
            ("8..9:5", "even", ["8", "9"])):  # fmt: skip
            path = self.answer(f"factory.chips={values}")["over"][0]
            self.assertEqual((path["spacing"], path["values"]), (spacing, texts))
            self.assertEqual(path["si"], [float(t) for t in texts])
        path = self.answer("site.energy_price=0.05..0.09 USD/kWh:3")["over"][0]
        self.assertEqual(path["values"], ["0.05 USD/kWh", "0.07 USD/kWh", "0.09 USD/kWh"])
        self.assertAlmostEqual(path["si"][1] * 3.6e6, 0.07)
        path = self.answer("job.tokens=1..4T:x3")["over"][0]
        self.assertEqual(path["values"], ["1T", "2T", "4T"])

    def test_the_same_bits_for_any_threads(self):
        words = ("sweep", self.scenario(TWO), *over("factory/*.chips=8..64:x4", "date=2023-12-01,2026-02-01"), "--json")
        one = run(*words, "--threads", 1)
        self.assertEqual(one.returncode, 0, one.stderr)
        self.assertEqual(one.stderr, "")
        self.assertEqual(one.stdout, run(*words, "--threads", 2).stdout)

    def test_one_factory_is_told_alone(self):
        rows = self.answer("date=2026-02-01", text=TWO)["rows"]
        alone = self.answer("date=2026-02-01", text=TWO, more=("--factory", "H100"))["rows"]
        self.assertEqual({r["factory"] for r in alone}, {"H100"})
        for row, own in zip([r for r in rows if r["factory"] == "H100"], alone):
            self.assertEqual({**row, "rank": 1}, own)

    def test_what_cannot_be_done_is_a_row(self):
        large = SMALL.replace("llama-3.1-8b", "llama-3.1-405b")
        answer = self.answer("factory.chips=8,1024", text=large)
        few, enough = answer["rows"]
        self.assertFalse(few["feasible"])
        self.assertIn("memory", few["infeasible"])
        self.assertIsNone(few["days"])
        self.assertTrue(enough["feasible"])
        self.assertEqual(answer["ranked_best"], [None, "H100"])
        result = run("sweep", self.scenario(large), *over("factory.chips=8,16"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("No job can be done at 2 of 2 points", " ".join(result.stdout.split()))

    def test_values_at_odds_with_each_other_are_a_row(self):
        text = SMALL + "max_global_batch = 256\n"
        rows = self.answer("job.global_batch=64,256", "job.max_global_batch=128,512", text=text)["rows"]
        told = {tuple(r["values"]): r for r in rows}
        odd = told["256", "128"]
        self.assertEqual((odd["feasible"], odd["rank"], odd["power_w"]), (False, None, None))
        self.assertTrue(odd["infeasible"])
        self.assertTrue(told["64", "512"]["feasible"])

    def test_files_say_what_the_answer_says(self):
        out = self.path / "out"
        words = ("sweep", self.scenario(TWO), *over("site.energy_price=0.05 USD/kWh,0.1 USD/kWh",
                                                    "date=2023-12-01,2026-02-01"))
        result = run(*words, "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("wrote sweep.csv, sweep.json, sweep.html to", result.stderr)
        answer = checks.check_result((out / "sweep.json").read_text())
        self.assertEqual(answer, json.loads(run(*words, "--json").stdout))
        with open(out / "sweep.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), len(answer["rows"]))
        for row, told in zip(rows, answer["rows"]):
            self.assertAlmostEqual(float(row["site.energy_price, USD/J"]) * 3.6e6, float(told["values"][0].split()[0]))
            self.assertEqual((row["date"], row["factory"], row["job"]), (told["values"][1], told["factory"], told["job"]))
            for metric in answer["metrics"]:
                key = metric["name"]
                if told.get(key) is None:
                    self.assertEqual(row[key], "")
                else:
                    self.assertEqual(float(row[key]), told[key])
        self.assertIn("sweep.metrics", (out / "sweep.html").read_text())

    def test_the_text_says_the_answer_first_and_fits_a_screen(self):
        text = run("sweep", self.scenario(TWO), *over("factory/*.chips=8..256:x12")).stdout
        self.assertRegex(text, r"^H100, 8B: days is [\d.]+ at factory/\*\.chips = 8 and [\d.]+ at 256")
        self.assertRegex(" ".join(text.split()), "Best-ranked (at every point|along factory/.*): ")
        self.assertIn("more rows: --out DIR writes all of them", text)
        self.assertLess(len(text.split("\n")), 45)
        self.assertLessEqual(max(map(len, text.split("\n"))), 100)
        still = run("sweep", self.scenario(SMALL), *over("site.energy_price=0.05..0.1 USD/kWh:3"), "--of", "days").stdout
        self.assertRegex(still, r"days is [\d.]+ at every point")

    def test_faults_come_all_at_once(self):
        said = self.faults(
            "factory.chps=1", "factory.NAME.chips=1", "factory/H10.chips=1", "chips/h100-sxm.power.tpd=1 W",
            "chips/h100.power.tdp=1 W", "site.energy_price=0.05", "job.sequence=1..5", "job.global_batch=8,,16",
            "factory.server=hgx-h10", "factory.name=x", "site.compounds=1", "date=today", "useful_share=nan",
            "deadline=9..5 days:3", "site.power_limit=1 MW..2 GW:3", "site.pue=0..2:x3", "site.hall_volume=x..y:2",
            more=("--of", "day", "--of", "power_w,power_w,requests_per_s", "--factory", "X"))  # fmt: skip
        for words in ("did you mean 'chips'", "write factory/NAME.chips", "did you mean 'H100'", "power.tdp", "h100",
                      "'0.05' has no unit", "does not say how many values", "an empty value", "no server 'hgx-h10'",
                      "tells which table is meant", "it is a list", "'date' needs a date", "'useful_share' needs a number",
                      "ends at or below its beginning", "in two units", "need a beginning above zero",
                      "is no range of numbers", "did you mean 'days'", "asked for twice", "of jobs of kind serve",
                      "no factory is named 'X'"):  # fmt: skip
            self.assertIn(words, said)
        self.assertEqual(said.count("error: "), said.count("  hint: "))

    def test_faults_of_values(self):
        for path, words in (("factory.chips=0", "outside"), ("factory.chips=1.5", "whole number"),
                            ("job.tokens=1 GB", "wrong unit"), ("factory.chips=", "empty value"),
                            ("factory.chips=8,8", "stands twice"), ("factory.chips=1..9:1", "number of values"),
                            ("factory.chips=1..9:x0.5", "number of values"), ("factory.chips=1..1000000:99999", "number of values"),
                            ("chips/h100-sxm.power.tdp=1 GB", "another unit"), ("sites/us.pue=0.5", "outside"),
                            ("chips/h100-sxm.power.tdp=x", "does not begin with a number"), ("factory.chips", "not PATH=VALUES"),
                            ("=1", "not PATH=VALUES"), ("job.precision=fp8..bf16:3", "choose"), ("", "not PATH=VALUES")):
            self.assertIn(words, self.faults(path), path)
        self.assertIn("swept twice", self.faults("factory.chips=8", "factory.chips=16"))
        self.assertIn("set the same value", self.faults("factory.chips=8", "factory/*.chips=16"))
        grid = self.faults("factory.chips=1..5000:200", "job.global_batch=1..5000:100")
        self.assertIn("the grid has 20000 points, more than 10000", grid)

    def test_a_faulty_scenario_is_told_beside(self):
        said = self.faults("factory.chps=1", text=SMALL.replace("hgx-h100", "hgx-h10"))
        self.assertRegex(said, r"scenario\.toml:\d+:\d+: error: no server 'hgx-h10'")
        self.assertIn("did you mean 'chips'", said)
        self.assertEqual(run("sweep", self.path / "none.toml", *over("date=2026-02-01")).returncode, 2)

    def test_the_example_is_a_curve(self):
        rows = self.answer("factory.chips=2048..16384:x4", text=(ROOT / "examples/strong-scaling/scenario.toml").read_text())["rows"]
        self.assertEqual([r["values"] for r in rows], [["2048"], ["4096"], ["8192"], ["16384"]])
        days = [r["days"] for r in rows]
        self.assertEqual(days, sorted(days, reverse=True))
        mfu = [r["mfu"] for r in rows]
        self.assertEqual(mfu, sorted(mfu, reverse=True))


if __name__ == "__main__":
    unittest.main()
