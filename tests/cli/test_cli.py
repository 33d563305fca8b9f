#!/usr/bin/env python3
"""The command line as scripts meet it: exit codes, messages, JSON, and files left alone."""

import json
import os
import re
import resource
import stat
import subprocess
import unittest

from program import PROGRAM, ROOT, SMALL, ProgramTest, commands, run

YIWU = ROOT / "examples/yiwu-115k/scenario.toml"


class CommandLine(ProgramTest):
    def refused(self, text, *expected):
        """A faulty scenario: exit 2, every message, no output."""
        out = self.path / "never"
        result = run("run", self.scenario(text), "--out", out)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertFalse(out.exists())
        for message in expected:
            self.assertIn(message, result.stderr)
        return result.stderr

    def test_version_and_help_teach(self):
        self.assertRegex(run("--version").stdout, r"^millwright \d+\.\d+\.\d+")
        self.assertIn("Examples:", run("--help").stdout)
        alone = run()
        self.assertEqual((alone.returncode, alone.stderr), (0, ""))
        self.assertEqual(alone.stdout, run("--help").stdout)
        reference = (ROOT / "docs/reference/cli.md").read_text()
        self.assertGreater(len(commands()), 15)
        for command in commands():
            result = run(*command, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn(command[-1], result.stdout)
            self.assertRegex(reference, rf"`{' '.join(command)}[ `]", "docs/reference/cli.md")
            row = next((r for r in reference.splitlines() if f"`{' '.join(command)} " in r), "")
            kinds = re.search(r"^  kind TEXT:\{(.*?)\}", result.stdout, re.M)
            for kind in kinds[1].split(",") if kinds else ():
                self.assertIn(f"`{kind}`", row)

    def test_arguments_are_faults(self):
        for arguments in (("--json",), ("fly",), ("run",), ("plan", "--chips", "0"), ("list", "toys"),
                          ("show", "chip", "h1oo"), ("--threads", "x", "list", "chips")):
            result = run(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertTrue(result.stderr)
        self.assertIn("did you mean", run("show", "chip", "h100-sxn").stderr)

    def test_run_writes_three_files(self):
        out = self.path / "out"
        result = run("run", self.scenario(SMALL), "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         ["report.html", "study.json", "trace.json"])
        study = json.loads((out / "study.json").read_text())
        factory = study["factories"][0]
        for key in ("name", "server", "chip", "chips", "power_w", "capital_usd", "yearly_usd",
                    "verdict", "jobs"):
            self.assertIn(key, factory)
        for key in ("us", "cn", "class", "reason", "citations"):
            self.assertIn(key, factory["verdict"])
        job = factory["jobs"][0]
        self.assertEqual(job["kind"], "train")
        for key in ("job", "feasible", "infeasible", "plan", "step_s", "step_ledger", "mfu",
                    "memory_bytes", "memory_ledger", "days", "usd_per_million_tokens", "low",
                    "high"):
            self.assertIn(key, job)
        for key in ("tensor", "pipeline", "data", "context", "expert", "virtual_stages",
                    "micro_batch", "schedule", "recompute", "sharding", "chips_used"):
            self.assertIn(key, job["plan"])
        for key in ("name", "date", "ranking", "sources", "estimate_share"):
            self.assertIn(key, study)
        self.assertAlmostEqual(sum(p["value"] for p in job["step_ledger"]["parts"]),
                               job["step_ledger"]["value"], places=9)
        self.assertNotIn("NaN", (out / "study.json").read_text())
        trace = json.loads((out / "trace.json").read_text())
        slices = [e for e in trace["traceEvents"] if e["ph"] == "X"]
        self.assertIn("attention core", {e["name"] for e in slices if e["pid"] == 2})
        end = max(e["ts"] + e["dur"] for e in slices if e["pid"] == 1)
        self.assertAlmostEqual(end / 1e6 / job["step_s"], 1, delta=0.01)
        page = (out / "report.html").read_text()
        self.assertIn("<title>small</title>", page)
        self.assertNotRegex(page.split("<script>")[0], r'(src|href)="http')

    def test_one_factory_may_be_asked_for(self):
        path = self.scenario(SMALL)
        one = run("run", path, "--out", self.path / "o", "--factory", "H100").stdout
        self.assertIn("1. H100", one)
        self.assertIn("wiring", one)
        self.assertIn(one[one.index("1. H100"):], run("run", path, "--out", self.path / "o", "-v").stdout)
        unknown = run("run", path, "--out", self.path / "p", "--factory", "B200")
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("--factory: error: no factory is named 'B200'", unknown.stderr)
        self.assertFalse((self.path / "p").exists())

    def test_json_on_stdout_is_the_result_alone(self):
        result = run("run", self.scenario(SMALL), "--out", self.path / "o", "--json")
        study = json.loads(result.stdout)
        self.assertEqual(study["name"], "small")
        self.assertIsInstance(study["schema"], int)
        self.assertRegex(study["answer"], r"^Lawful without a licence: H100 .*8B takes [\d.]+ days")
        chips = json.loads(run("list", "chips", "--json").stdout)
        self.assertGreater(len(chips), 60)
        self.assertEqual(json.loads(run("show", "chip", "h20", "--json").stdout)["id"], "h20")

    def test_tables_fit_100_columns(self):
        texts = [run("run", YIWU, "--out", self.path / "o", *more).stdout for more in ((), ("-v",))]
        self.assertLessEqual(len(texts[0].splitlines()), 40)
        for line in texts[0].splitlines()[3:5]:
            self.assertIn(line, texts[1])
        texts += [run("list", kind).stdout for kind in ("chips", "servers", "models", "links")]
        texts.append(run("show", "chip", "rtx-pro-6000d").stdout)
        texts.append(run("rules", "timeline", "--chip", "h20").stdout)
        texts.append(run("rules", "check", "--chip", "h200", "--date", "2026-02-01").stdout)
        texts.append(run("rules", "diff", "2023-11-16", "2023-11-17").stdout)
        texts += [run("rules", "explain", rule).stdout for rule in ("R23", "R25-L", "R26")]
        for text in texts:
            self.assertTrue(text)
            self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)

    def test_parts_that_must_name_another_do(self):
        for kind, part, line in (("servers", "hgx-h100", r'^link = .*$'),
                                 ("links", "nvlink-4", r'^efficiency = .*$')):
            folder = self.path / "lacking" / kind
            folder.mkdir(parents=True)
            text = (ROOT / f"data/{kind}/{part}.toml").read_text()
            (folder / f"{part}.toml").write_text(re.sub(line, "", text, flags=re.M))
            refused = run("check", folder.parent)
            self.assertEqual(refused.returncode, 2, refused.stdout)
            self.assertIn("lacks", refused.stderr)
            (folder / f"{part}.toml").unlink()

    def test_names_between_parts_are_checked(self):
        servers = self.path / "mine/servers"
        servers.mkdir(parents=True)
        text = (ROOT / "data/servers/hgx-h100.toml").read_text()
        (servers / "mine.toml").write_text(text.replace('"h100-sxm"', '"h100-sxn"'))
        refused = run("list", "servers", "--catalog", servers.parent)
        self.assertEqual(refused.returncode, 2)
        self.assertRegex(refused.stderr,
                         r"servers/mine\.toml:\d+:\d+: error: 'chip' names 'h100-sxn'")
        self.assertIn("did you mean 'h100-sxm'", refused.stderr)

    def test_plan_prints_the_contract(self):
        result = run("plan", "--model", "llama-3.1-70b", "--server", "hgx-h100", "--chips", "256",
                     "--global-batch", "512", "--sequence", "8192", "--json")
        plan = json.loads(result.stdout)
        for key in ("plans_in_space", "plans_evaluated", "plans_pruned", "seconds", "best"):
            self.assertIn(key, plan)
        self.assertEqual(plan["plans_in_space"], plan["plans_evaluated"] + plan["plans_pruned"])
        self.assertEqual(run("plan", "--model", "llama-3.1-405b", "--server", "hgx-h100", "--chips",
                             "8", "--global-batch", "8").returncode, 1)

    def test_completion_knows_the_commands(self):
        for shell in ("bash", "zsh", "fish"):
            result = run("completion", shell)
            self.assertEqual(result.returncode, 0)
            self.assertIn("validate", result.stdout)
        self.assertEqual(run("completion", "tcsh").returncode, 2)

    def test_all_faults_of_a_file_at_once(self):
        text = (SMALL.replace('server = "hgx-h100"', 'server = "hgx-h10"')
                .replace("chips = 64", 'chips = -64\ncolour = "red"')
                .replace('tokens = "1T"', 'tokens = "1 GB"')
                .replace("[buyer]\nheadquarters = \"US\"\n", ""))
        message = self.refused(text, "lacks [buyer]", "unknown key 'colour'", "'chips' is -64",
                               "'tokens': '1 GB' has the wrong unit")
        self.assertGreaterEqual(message.count("error:"), 4)
        self.assertIn("scenario.toml:8:", message)

    def test_names_are_checked_with_hints(self):
        self.refused(SMALL.replace("hgx-h100", "hgx-h10"), "no server 'hgx-h10'",
                     "did you mean 'hgx-h100'")
        self.refused(SMALL.replace("llama-3.1-8b", "llama-3.1-8bb"), "no model",
                     "did you mean 'llama-3.1-8b'")
        self.refused(SMALL.replace("rail-fat-tree", "rail-fat-treee"), "did you mean")
        self.refused(SMALL.replace('country = "US"', 'country = "Utopia"'), "not a country code")

    def test_broken_files(self):
        self.refused(SMALL + "name = \"again\"\n[site]\n", "error:")
        self.refused("name = \"x\"\nname = \"y\"\n", "scenario.toml:2:")
        self.refused("name = [", "not valid TOML")
        self.refused(SMALL.encode().replace(b"small", b"sm\xff"), "not UTF-8", "scenario.toml:1:11")
        self.refused("", "lacks 'name'", "lacks [site]", "lacks [[factory]]")
        self.refused(SMALL.replace("2026-02-01", "2026-02-31"), "error:")
        self.refused(SMALL.replace("2026-02-01", "1926-02-01"), "outside 2015")
        self.refused(SMALL.replace("chips = 64", "chips = 64000000"), "outside the range")
        self.refused(SMALL.replace("sequence = 8192", "sequence = 8192.5"), "whole number")
        self.refused(SMALL.replace("[[job]]", "[job]"), "one or more tables")
        self.refused("a" * 5_000_000, "larger than 4 MB")
        self.refused("a." * 100_000 + "b = 1\n", "nested more than 64 deep")
        self.refused("[" + "a." * 100_000 + "b]\n", "nested more than 64 deep")
        self.refused("[" * 100_000, "nested more than 64 deep")
        self.assertEqual(run("run", self.path / "missing.toml").returncode, 2)
        self.assertEqual(run("run", self.path).returncode, 2)

    def test_a_huge_file_is_refused_quickly_in_little_memory(self):
        path = self.path / "huge.toml"
        with open(path, "wb") as file:
            file.truncate(100_000_000)
        limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
        result = subprocess.run([PROGRAM, "run", str(path)], capture_output=True, text=True,
                                preexec_fn=limit)
        self.assertEqual(result.returncode, 2)
        self.assertIn("larger than", result.stderr)

    def test_model_configurations(self):
        config = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
                  "num_attention_heads": 32, "vocab_size": 32000, "intermediate_size": 11008}
        path = self.path / "config.json"
        path.write_text(json.dumps(config))
        self.assertIn("6.738 billion", run("check", path).stdout)
        beside = self.scenario(SMALL.replace("llama-3.1-8b", "config.json"))  # its own folder
        self.assertEqual(run("run", beside, "--out", self.path / "o").returncode, 0)
        scenario = self.scenario(SMALL.replace("llama-3.1-8b", str(path)))
        self.assertEqual(run("run", scenario, "--out", self.path / "o").returncode, 0)
        del config["hidden_size"]
        path.write_text(json.dumps(config))
        result = run("check", path)
        self.assertEqual(result.returncode, 2)
        self.assertIn("lacks the hidden size", result.stderr)

    def test_absurd_sizes_are_survived(self):
        config = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 999999999,
                  "num_attention_heads": 32, "vocab_size": 32000, "intermediate_size": 11008}
        path = self.path / "config.json"
        path.write_text(json.dumps(config))
        self.assertIn("more than 10000", run("check", path).stderr)
        text = SMALL.replace("global_batch = 128", "global_batch = 100_000_000")
        result = run("run", self.scenario(text.replace("chips = 64", "chips = 16")), "--out",
                     self.path / "o")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("shortened", (self.path / "o/trace.json").read_text()[:1000])

    def test_existing_output_survives_a_failed_run(self):
        out = self.path / "out"
        out.mkdir()
        (out / "study.json").write_text("precious")
        run("run", self.scenario("name = 1"), "--out", out)
        self.assertEqual((out / "study.json").read_text(), "precious")
        self.assertEqual(len(list(out.iterdir())), 1)

    def test_output_folders_that_cannot_be_used(self):
        taken = self.path / "taken"
        taken.write_text("a file")
        result = run("run", self.scenario(SMALL), "--out", taken)
        self.assertEqual(result.returncode, 2)
        self.assertIn("not a folder", result.stderr)
        result = run("run", self.scenario(SMALL), "--out", "/proc/none")
        self.assertEqual(result.returncode, 2)
        if os.geteuid() != 0:
            locked = self.path / "locked"
            locked.mkdir()
            locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
            self.assertEqual(run("run", self.scenario(SMALL), "--out", locked / "x").returncode, 2)

    def test_a_full_disk_leaves_what_was_there(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        out = self.path / "out"
        out.mkdir()
        (out / "study.json").write_text("precious")
        result = subprocess.run([PROGRAM, "run", str(self.scenario(SMALL)), "--out", str(out)],
                                capture_output=True, text=True, preexec_fn=limit)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual((out / "study.json").read_text(), "precious")
        self.assertEqual(len(list(out.iterdir())), 1)

    def test_infeasible_everywhere_is_exit_1_and_a_result(self):
        text = SMALL.replace("llama-3.1-8b", "llama-3.1-405b").replace("chips = 64", "chips = 8")
        out = self.path / "o"
        result = run("run", self.scenario(text), "--out", out)
        self.assertEqual(result.returncode, 1, result.stderr)
        job = json.loads((out / "study.json").read_text())["factories"][0]["jobs"][0]
        self.assertFalse(job["feasible"])
        self.assertIn("memory", job["infeasible"])

    def test_a_catalog_of_ones_own(self):
        chips = self.path / "mine/chips"
        chips.mkdir(parents=True)
        servers = self.path / "mine/servers"
        servers.mkdir()
        built_in = (ROOT / "data/chips/h100-sxm.toml").read_text()
        (chips / "x1.toml").write_text(built_in.replace("H100 SXM5", "X1").replace('"H100", ', ""))
        server = (ROOT / "data/servers/hgx-h100.toml").read_text()
        (servers / "x1-8.toml").write_text(server.replace("h100-sxm", "x1").replace("DGX H100", "Y"))
        result = run("--catalog", self.path / "mine", "run",
                     self.scenario(SMALL.replace("hgx-h100", "x1-8")), "--out", self.path / "o")
        self.assertEqual(result.returncode, 0, result.stderr)
        (chips / "bad.toml").write_text("name = 3\n")
        result = run("--catalog", self.path / "mine", "list", "chips")
        self.assertEqual(result.returncode, 2)
        self.assertIn("bad.toml:1:8", result.stderr)

    def test_validate_prints_the_contract(self):
        result = run("validate", "training", ROOT / "tests/published/training.csv", "--json")
        validation = json.loads(result.stdout)
        for key in ("count", "skipped", "median_abs_error", "mean_abs_error", "p90_abs_error",
                    "bias", "coverage"):
            self.assertIn(key, validation["summary"])
        for key in ("id", "metric", "predicted", "measured", "error", "skipped", "low", "high"):
            self.assertIn(key, validation["rows"][0])
        self.assertEqual(run("validate", "training", self.path / "no.csv").returncode, 2)
        text = run("validate", "training", ROOT / "tests/published/training.csv", "--group-by",
                   "source,chip").stdout
        self.assertRegex(text.splitlines()[0], r"^source +chip +metric +rows +skipped +median %")
        self.assertRegex(text, r"(?m)^all +\d+ +\d+ ")
        self.assertIn("predicted over printed less one", " ".join(text.split()))
        skipped = sum(int(n) for n in re.findall(r"(?m)^  skipped (\d+): ", text))
        self.assertGreater(skipped, 0)
        self.assertLessEqual(skipped, validation["summary"]["skipped"])

    def test_validate_takes_every_kind(self):
        for kind in ("sweep", "kernels", "collectives"):
            result = run("validate", kind, ROOT / f"tests/published/{kind}.csv", "--json",
                         "--group-by", "chip")
            validation = json.loads(result.stdout)
            self.assertGreater(validation["summary"]["count"], 100)
            self.assertEqual(kind == "sweep", "regret" in validation["summary"])
        ids = [row["id"] for row in json.loads(run(
            "validate", "sweep", ROOT / "tests/published/sweep.csv", "--json").stdout)["rows"]]
        self.assertEqual(ids[0], ids[1])  # two rows a line: throughput and memory
        result = run("validate", "kernels", ROOT / "tests/published/kernels.csv", "--family", "x")
        self.assertEqual(result.returncode, 2)
        self.assertIn("no kernel family 'x'", result.stderr)

    def test_validate_tells_how_near_chips_are(self):
        def bands(*arguments):
            result = run("validate", "kernels", ROOT / "tests/published/kernels.csv", "--json",
                         "--group-by", "nearness", *arguments)
            validation = json.loads(result.stdout)
            rows = [r for r in validation["rows"] if not r["skipped"]
                    and r["chip"] == "a100-80gb-pcie" and r["band"] == "kernels-gemm"]
            self.assertEqual(len({r["nearness"] for r in rows}), 1)
            self.assertIn(f"nearness={rows[0]['nearness']}", [g["by"] for g in validation["groups"]])
            return rows[0]["nearness"], rows[0]["high"] / rows[0]["low"]
        own, foreign = bands(), bands("--family", "hopper")
        self.assertEqual((own[0], foreign[0]), ("measured", "foreign"))
        self.assertEqual(bands("--family", "ampere"), own)
        self.assertGreater(foreign[1], own[1])

    def test_calibrate_writes_a_catalog_folder(self):
        table = self.path / "runs.csv"
        rows = (ROOT / "tests/published/training.csv").read_text().splitlines()
        runs = [rows[0]] + [row for row in rows if row.startswith("internevo-")][:12]
        table.write_text("\n".join(runs) + "\n")
        out = self.path / "mine"
        result = run("calibrate", table, "--framework", "internevo", "--out", out, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        fitted = json.loads(result.stdout)
        self.assertEqual(fitted["runs"], 12)
        self.assertLessEqual(fitted["median_abs_error_after"], fitted["median_abs_error_before"])
        before = json.loads(run("validate", "training", table, "--json").stdout)["summary"]
        after = json.loads(run("validate", "training", table, "--json", "--catalog", out).stdout)
        self.assertLess(after["summary"]["mean_abs_error"], before["mean_abs_error"] + 0.01)
        self.assertEqual(run("check", out).returncode, 0)
        for arguments, said in ((("--framework", "x", "--out", out), "no framework 'x'"),
                                (("--out", table), "is a file")):
            result = run("calibrate", table, *arguments)
            self.assertEqual(result.returncode, 2)
            self.assertIn(said, result.stderr)
        empty = self.path / "empty.csv"
        empty.write_text("id,chip,kernel,dtype,shape,time_us\na,H100,gemm,bf16,m=1,5.5\n")
        result = run("calibrate", empty, "--out", self.path / "none")
        self.assertEqual(result.returncode, 2)
        self.assertFalse((self.path / "none").exists())

    def test_the_story_runs_in_time_and_memory(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = run("run", YIWU, "--out", self.path / "o")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(result.returncode, 0)
        if "sanitize" not in PROGRAM:
            self.assertLess(after.ru_utime - before.ru_utime, 20)  # ten seconds of two cores
            self.assertLess(after.ru_maxrss, 1 << 20)  # KiB: one GiB


if __name__ == "__main__":
    unittest.main(verbosity=1)
