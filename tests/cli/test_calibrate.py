"""Figures of a serving engine from a sweep or a log of one's own, as a user meets it."""

import json
import re
import shutil
import statistics
import unittest

from program import ROOT, ProgramTest, run

FILES = ROOT / "tests/docs/files"
SWEEP = FILES / "served.csv"
LOG = FILES / "served_requests.csv"


class CalibrateServing(ProgramTest):
    def answer(self, *arguments):
        result = run(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def listed(self, folder):
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())

    def test_a_sweep_makes_a_catalog_that_predicts_it(self):
        out = self.path / "mine"
        result = self.answer("calibrate", SWEEP, "--out", out, "--json", "--title", "rack 7",
                             "--publisher", "us", "--dated", "2026-11")  # fmt: skip
        self.assertIn("wrote engine vllm-0.11 and bands", result.stderr)
        fit = json.loads(result.stdout)
        errors = fit["errors"]
        self.assertEqual((errors["rows"], errors["runs"], fit["skipped"]), (21, 7, 0))
        self.assertLess(errors["median_abs_error_after"], 0.02)
        self.assertLess(errors["median_abs_error_left_out"], 0.03)
        self.assertGreater(errors["median_abs_error_before"], 2 * errors["median_abs_error_after"])
        figures = {f["figure"]: f for f in fit["engines"][0]["figures"]}
        self.assertFalse(figures["experts"]["identified"])
        self.assertEqual(figures["experts"]["value"], figures["experts"]["before"])
        self.assertTrue(figures["step"]["identified"])
        self.assertEqual(figures["step"]["unit"], "s")
        self.assertEqual(self.listed(out), [
            "bands/serving-first-token-vllm-0.11.toml", "bands/serving-per-token-vllm-0.11.toml",
            "bands/serving-rate-vllm-0.11.toml", "engines/vllm-0.11.toml"])  # fmt: skip
        self.answer("check", out)
        shown = json.loads(self.answer("show", "engine", "vllm-0.11", "--json", "--catalog", out).stdout)
        self.assertEqual(shown["figures.step"]["grade"], "measured")
        again = json.loads(self.answer("validate", "serving", SWEEP, "--json", "--catalog", out).stdout)
        for row, fitted in zip(again["rows"], fit["rows"]):
            self.assertEqual(row["predicted"], fitted["after"])
            self.assertTrue(row["band"].endswith("-vllm-0.11"))

    def test_the_answer_comes_first_and_is_the_same_on_any_threads(self):
        texts = [self.answer("calibrate", SWEEP, "--out", self.path / "m", "--threads", n).stdout
                 for n in (1, 2, 3)]  # fmt: skip
        self.assertTrue(texts[0].startswith("The median error of 21 figures from 7 runs goes from "))
        self.assertEqual(texts, texts[:1] * 3)
        self.assertLessEqual(max(map(len, texts[0].splitlines())), 100)
        self.assertIn("no run shows it", texts[0])

    def test_a_log_is_one_run(self):
        out = self.path / "mine"
        result = self.answer("calibrate", LOG, "--out", out)
        self.assertIn("13 figures from 1 run goes from", result.stdout)
        self.assertIn("too few to leave any", result.stdout)
        self.assertEqual(self.listed(out), ["engines/vllm-0.11.toml"])
        self.assertEqual(result.stdout, self.answer("calibrate", LOG, "--out", out, "--kind", "requests").stdout)

    def test_objects_a_line_are_a_log_too(self):
        head, *lines = LOG.read_text().splitlines()
        log = self.path / "x_requests.jsonl"
        objects = [dict(zip(head.split(","), line.split(","))) for line in lines]
        log.write_text("".join(
            json.dumps({k: v if k == "request_id" else float(v) for k, v in o.items()}) + "\n"
            for o in objects))  # fmt: skip
        shutil.copy(FILES / "served_meta.json", self.path / "x_meta.json")
        out = self.path / "mine"
        self.assertEqual(self.answer("calibrate", log, "--out", out).stdout,
                         self.answer("calibrate", LOG, "--out", out).stdout)  # fmt: skip

    def test_one_bad_row_is_named_and_moves_little(self):
        rows = SWEEP.read_text().splitlines()
        head, value = rows[5].rsplit(",", 1)
        rows[5] = f"{head},{4 * float(value)}"
        table = self.path / "t.csv"
        table.write_text("\n".join(rows) + "\n")
        good, bad = (json.loads(self.answer("calibrate", source, "--out", self.path / "m", "--json").stdout)
                     for source in (SWEEP, table))  # fmt: skip
        self.assertEqual([row["counts"] for row in bad["rows"]].count(False), 1)
        moved = [(abs(other["after"] / one["after"] - 1), one["metric"])
                 for one, other in zip(good["rows"], bad["rows"])]  # fmt: skip
        self.assertLess(statistics.median(by for by, _ in moved), 0.02)
        # first tokens of closed loops jump where requests fall out of step with each other
        self.assertLess(max(by for by, metric in moved if metric != "ttft_ms"), 0.04)
        self.assertIn("Too far off to move the fit: c4 tpot_ms",
                      self.answer("calibrate", table, "--out", self.path / "m").stdout)  # fmt: skip

    def test_faults_have_places_and_hints_and_write_nothing(self):
        text = SWEEP.read_text()
        alone = self.path / "alone.csv"
        shutil.copy(LOG, alone)
        cases = (
            (re.sub(r"tpot_ms,.*", "tpot_ms,fast", text, count=1), (), "t.csv:3:", "is no number"),
            (text.replace("h100-sxm", "zork"), (), "no row can be predicted", "chip 'zork' is not known"),
            (text.replace(",isl", ",isl2", 1), (), "unknown column 'isl2'", "lacks column 'isl'"),
            (text.split("\n")[0] + "\n", (), "no rows", "hint:"),
            (text, ("--framework", "nemo"), "--framework:", "name their engine"),
            (text, ("--kind", "requests"), "t.csv", "no settings of the engine beside the log"),
            (text, ("--kind", "kernels"), "t.csv:1:", "lacks column 'kernel'"),
            (text, ("--dated", "May"), "'May' is no date", "hint:"),
            (LOG.read_text(), ("--kind", "serving"), "t.csv:1:", "unknown column"),
            (LOG.read_text(), (), "no settings of the engine beside the log", "t.meta.json"),
        )  # fmt: skip
        table = self.path / "t.csv"
        for content, options, *words in cases:
            table.write_text(content)
            with self.subTest(options=options, words=words):
                result = run("calibrate", table, "--out", self.path / "none", *options)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertEqual(result.stdout, "")
                for word in words:
                    self.assertIn(word, result.stderr)
                self.assertFalse((self.path / "none").exists())

    def test_other_files_of_the_folder_stay(self):
        out = self.path / "mine"
        (out / "engines").mkdir(parents=True)
        (out / "notes.txt").write_text("mine")
        (out / "engines/other.toml").write_text((ROOT / "data/engines/generic.toml").read_text())
        self.answer("calibrate", SWEEP, "--out", out)
        self.assertEqual((out / "notes.txt").read_text(), "mine")
        self.assertIn("engines/other.toml", self.listed(out))


if __name__ == "__main__":
    unittest.main(verbosity=1)
