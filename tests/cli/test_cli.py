#!/usr/bin/env python3
"""The command line as scripts meet it: exit codes, messages, JSON, and files left alone."""

import csv
import json
import os
import pathlib
import resource
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
YIWU = ROOT / "examples/yiwu-115k/scenario.toml"

SMALL = """name = "small"
date = 2026-02-01
[site]
country = "US"
[buyer]
headquarters = "US"
[[factory]]
name = "H100"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = "8B"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 8192
global_batch = 128
"""


def run(*arguments, cwd=None):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=cwd)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def scenario(self, text=SMALL, name="scenario.toml"):
        path = self.path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

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
        for command in ("run", "plan", "compare", "list", "show", "check", "validate", "calibrate",
                        "rules", "collective", "flows", "completion"):
            result = run(command, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn(command, result.stdout)

    def test_arguments_are_faults(self):
        for arguments in ((), ("fly",), ("run",), ("plan", "--chips", "0"), ("list", "toys"),
                          ("show", "chip", "h1oo"), ("--threads", "x", "list", "chips")):
            result = run(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertTrue(result.stderr)
        self.assertIn("did you mean", run("show", "chip", "h100-sxn").stderr)

    def test_run_writes_three_files(self):
        out = self.path / "out"
        result = run("run", self.scenario(), "--out", out)
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
        for key in ("job", "feasible", "infeasible", "plan", "step_s", "step_ledger", "mfu",
                    "memory_bytes", "memory_ledger", "days", "usd_per_million_tokens", "low",
                    "high", "served"):
            self.assertIn(key, job)
        for key in ("tensor", "pipeline", "data", "context", "expert", "virtual_stages",
                    "micro_batch", "schedule", "recompute", "sharding", "chips_used"):
            self.assertIn(key, job["plan"])
        for key in ("prefill_tokens_per_s", "decode_tokens_per_s", "usd_per_million_output_tokens"):
            self.assertIn(key, job["served"])
        for key in ("name", "date", "ranking", "sources", "estimate_share"):
            self.assertIn(key, study)
        self.assertAlmostEqual(sum(p["value"] for p in job["step_ledger"]["parts"]),
                               job["step_ledger"]["value"], places=9)
        self.assertNotIn("NaN", (out / "study.json").read_text())
        trace = json.loads((out / "trace.json").read_text())
        slices = [e for e in trace["traceEvents"] if e["ph"] == "X"]
        self.assertIn("attention core", {e["name"] for e in slices if e["pid"] == 2})
        end = max(e["ts"] + e["dur"] for e in slices if e["pid"] == 1)
        self.assertAlmostEqual(end / 1e6 / job["step_s"], 1, delta=0.05)
        page = (out / "report.html").read_text()
        self.assertIn("<title>small</title>", page)
        self.assertNotRegex(page.split("<script>")[0], r'(src|href)="http')

    def test_json_on_stdout_is_the_result_alone(self):
        result = run("run", self.scenario(), "--out", self.path / "o", "--json")
        self.assertEqual(json.loads(result.stdout)["name"], "small")
        chips = json.loads(run("list", "chips", "--json").stdout)
        self.assertGreater(len(chips), 60)
        self.assertEqual(json.loads(run("show", "chip", "h20", "--json").stdout)["id"], "h20")

    def test_tables_fit_100_columns(self):
        texts = [run("run", YIWU, "--out", self.path / "o").stdout]
        texts += [run("list", kind).stdout for kind in ("chips", "servers", "models", "links")]
        texts.append(run("show", "chip", "rtx-pro-6000d").stdout)
        texts.append(run("rules", "timeline", "--chip", "h20").stdout)
        texts.append(run("rules", "check", "--chip", "h200", "--date", "2026-02-01").stdout)
        texts.append(run("rules", "diff", "2023-11-16", "2023-11-17").stdout)
        texts += [run("rules", "explain", rule).stdout for rule in ("R23", "R25-L", "R26")]
        for text in texts:
            self.assertTrue(text)
            self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)

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
        for part in ("questions.csv:4", "'never' is no date", "neither Y nor N", "'XX' in"):
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

    def test_names_between_parts_are_checked(self):
        servers = self.path / "mine/servers"
        servers.mkdir(parents=True)
        text = (ROOT / "data/servers/hgx-h100.toml").read_text()
        (servers / "mine.toml").write_text(text.replace('"h100-sxm"', '"h100-sxn"'))
        refused = run("list", "servers", "--catalog", servers.parent)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("servers/mine.toml: error: 'chip' names 'h100-sxn'", refused.stderr)
        self.assertIn("did you mean 'h100-sxm'", refused.stderr)

    def test_frontier_and_design_write_whole_folders(self):
        small = self.scenario("""name = "f"
from = 2024-01-01
until = 2024-03-01
power_limit = "1 MW"
[[party]]
name = "China"
country = "CN"
[[job]]
name = "8B"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 8192
global_batch = 128
""")
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

    def test_plan_prints_the_contract(self):
        result = run("plan", "--model", "llama-3.1-70b", "--server", "hgx-h100", "--chips", "256",
                     "--global-batch", "512", "--sequence", "8192", "--json")
        plan = json.loads(result.stdout)
        for key in ("plans_in_space", "plans_evaluated", "plans_pruned", "seconds", "best"):
            self.assertIn(key, plan)
        self.assertEqual(plan["plans_in_space"], plan["plans_evaluated"] + plan["plans_pruned"])
        self.assertEqual(run("plan", "--model", "llama-3.1-405b", "--server", "hgx-h100", "--chips",
                             "8", "--global-batch", "8").returncode, 1)

    def test_compare_explains_terms(self):
        other = self.scenario(SMALL.replace("chips = 64", "chips = 128"), "b.toml")
        result = run("compare", self.scenario(), other)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("servers with chips", result.stdout)
        same = run("compare", other, other)
        self.assertIn("no difference", same.stdout)

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
        result = run("run", self.scenario(), "--out", taken)
        self.assertEqual(result.returncode, 2)
        self.assertIn("not a folder", result.stderr)
        result = run("run", self.scenario(), "--out", "/proc/none")
        self.assertEqual(result.returncode, 2)
        if os.geteuid() != 0:
            locked = self.path / "locked"
            locked.mkdir()
            locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
            self.assertEqual(run("run", self.scenario(), "--out", locked / "x").returncode, 2)

    def test_a_full_disk_leaves_what_was_there(self):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        out = self.path / "out"
        out.mkdir()
        (out / "study.json").write_text("precious")
        result = subprocess.run([PROGRAM, "run", str(self.scenario()), "--out", str(out)],
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
