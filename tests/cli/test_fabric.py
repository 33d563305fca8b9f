"""The program as a user runs it: collectives, flows and replays on fabrics."""

import csv
import json
import unittest

from program import ProgramTest, ROOT, run

FLOWS = "source,destination,bytes,start_s\n0,9,1e9,0\n1,9,1e9,0\n2,3,5e8,0.001\n"


class FabricTest(ProgramTest):
    def json_of(self, *arguments):
        result = run(*arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def file(self, name, text):
        path = self.path / name
        path.write_text(text)
        return path


class Collectives(FabricTest):
    def test_bandwidths_are_those_of_nccl_tests(self):
        d = self.json_of("collective", "all_reduce", "--size", "1GiB", "--ranks", 64, "--fabric", "fat-tree")
        self.assertAlmostEqual(d["algbw_GBps"], 2**30 / d["seconds"] / 1e9)
        self.assertAlmostEqual(d["busbw_GBps"], d["algbw_GBps"] * 2 * 63 / 64)
        self.assertLessEqual(d["lower_bound_s"], d["seconds"])

    def test_a_sweep_is_a_table(self):
        rows = self.json_of("collective", "all_gather", "--size", "1MiB,1GiB", "--ranks", "64,128",
                            "--fabric", "h800-planes", "--engine", "flow")  # fmt: skip
        self.assertEqual([(r["ranks"], r["bytes"]) for r in rows],
                         [(64, 2**20), (64, 2**30), (128, 2**20), (128, 2**30)])  # fmt: skip
        text = run("collective", "all_gather", "--size", "1MiB,1GiB", "--ranks", 64, "--fabric", "nvl72")
        self.assertIn("lower bound", text.stdout)
        self.assertLessEqual(max(map(len, text.stdout.splitlines())), 100)

    def test_symmetry_changes_nothing(self):
        command = ("collective", "all_reduce", "--size", "64MiB", "--ranks", 256, "--fabric",
                   "rail-fat-tree", "--server", "hgx-h100", "--engine", "flow")  # fmt: skip
        on, off = self.json_of(*command), self.json_of(*command, "--no-symmetry")
        self.assertAlmostEqual(on["seconds"] / off["seconds"], 1, places=9)

    def test_traffic_of_ones_own(self):
        table = self.file("t.csv", "source,destination,bytes\n0,1,5e9\n")
        d = self.json_of("collective", "all_to_all", "--size", "1GB", "--ranks", 4, "--fabric",
                         "fat-tree", "--engine", "flow", "--traffic", table)  # fmt: skip
        self.assertAlmostEqual(d["seconds"], 0.1, places=4)

    def test_failures(self):
        base = ("collective", "all_reduce", "--size", "1GB", "--ranks", 64, "--fabric", "fat-tree")
        whole = self.json_of(*base, "--engine", "flow", "--algorithm", "ring")
        half = self.json_of(*base, "--engine", "flow", "--algorithm", "ring", "--degrade", "host 3 up=0.5")
        self.assertGreater(half["seconds"], 1.9 * whole["seconds"])
        for extra, words in (
            (("--degrade", "host 3 up"), "no way leads"),
            (("--engine", "flow", "--degrade", "host 3 up"), "no way leads"),
            (("--engine", "flow", "--degrade", "host x"), "no link 'host x'"),
            (("--engine", "flow", "--degrade", "host 3 up=2"), "no share of a rate"),
            (("--group", "7",), "do not divide"),
            (("--algorithm", "rail-ring",), "rail-ring does not do"),
        ):
            result = run(*base, *extra)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(words, result.stderr)
        unknown = run(*base[:-1], "nvl27")
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("nvl72", unknown.stderr)

    def test_every_named_fabric_is_well(self):
        for part in self.json_of("list", "topologies"):
            ranks = 64 if part["endpoints"] >= 64 else int(part["endpoints"])
            d = self.json_of("collective", "all_reduce", "--size", "8MiB", "--ranks", ranks,
                             "--fabric", part["id"], "--engine", "flow")  # fmt: skip
            self.assertGreaterEqual(d["seconds"], d["lower_bound_s"])
            if part["id"] != "fat-tree":
                self.assertTrue(part["source"], part["id"])


class Files(FabricTest):
    def test_check_knows_fabrics(self):
        good = run("check", ROOT / "data/topologies/tpu-v4-pod.toml")
        self.assertIn("torus, of 4096 endpoints", good.stdout)
        bad = self.file("bad.toml", 'port = "50 GB"\nhop = "1 us"\n[[tier]]\nwidht = 4\n')
        result = run("check", bad)
        self.assertEqual(result.returncode, 2)
        for words in ("bad.toml:1:8", "did you mean 'width'", "lacks 'width'"):
            self.assertIn(words, result.stderr)


class Flows(FabricTest):
    def test_flows_and_links(self):
        table = self.file("f.csv", FLOWS)
        out = self.path / "links.csv"
        d = self.json_of("flows", table, "--fabric", "fat-tree", "--link-table", out)
        self.assertAlmostEqual(d["flows"][0]["finish_s"], 0.04, places=4)
        self.assertAlmostEqual(d["flows"][2]["finish_s"], 0.011, places=4)
        with open(out) as f:
            rows = {r["link"]: r for r in csv.DictReader(f)}
        self.assertAlmostEqual(float(rows["host 9 down"]["load"]), 1, places=3)
        self.assertEqual(rows["host 9 down"]["tier"], "ports")

    def test_a_table_that_cannot_be_written_is_told(self):
        table = self.file("f.csv", FLOWS)
        result = run("flows", table, "--fabric", "fat-tree", "--link-table", "/proc/nothing/links.csv")
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot write here", result.stderr)


class Replays(FabricTest):
    def setUp(self):
        super().setUp()
        self.trace = self.path / "trace"
        result = run("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 64,
                     "--global-batch", 64, "--sequence", 8192, "--chakra", self.trace)  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_trace_of_ones_own_plan(self):
        base = ("replay", self.trace, "--fabric", "rail-fat-tree", "--server", "hgx-h100")
        d = self.json_of(*base)
        self.assertEqual(len(d["ranks"]), 64)
        # slower links move what is exposed, and nothing of what is computed
        thin = self.file("thin.toml", 'port = "5 GB/s"\nhop = "500 ns"\n[[tier]]\nwidth = 64\n'
                         '[domain]\nendpoints = 8\nports = 8\nport = "450 GB/s"\n'
                         'hop = "450 ns"\n')  # fmt: skip
        slower = self.json_of("replay", self.trace, "--fabric", thin, "--server", "hgx-h100")
        for rank, other in zip(d["ranks"], slower["ranks"]):
            self.assertAlmostEqual(rank["compute_s"] / other["compute_s"], 1, places=9)
            self.assertGreater(other["exposed_s"], rank["exposed_s"])
        slow = self.json_of(*base, "--work-scale", "2")
        self.assertGreater(slow["seconds"], 1.3 * d["seconds"])
        off = self.json_of(*base, "--no-symmetry")
        self.assertAlmostEqual(off["seconds"] / d["seconds"], 1, places=9)

    def test_two_jobs_share_a_fabric(self):
        fabric = self.file("thin.toml", 'port = "50 GB/s"\nhop = "500 ns"\n[[tier]]\nwidth = 32\n'
                           "oversubscription = 8\n[[tier]]\nwidth = 4\n")  # fmt: skip
        base = ("--fabric", fabric, "--routing", "adaptive")
        one = self.json_of("replay", self.trace, *base)
        apart = self.json_of("replay", self.trace, self.trace, *base)
        mixed = self.json_of("replay", self.trace, self.trace, "--spread", *base)
        self.assertEqual(len(apart["ranks"]), 128)
        self.assertGreaterEqual(apart["seconds"], one["seconds"] * (1 - 1e-9))
        self.assertGreater(mixed["seconds"], apart["seconds"])

    def test_faults(self):
        for arguments, words in (
            ((self.path, "--fabric", "fat-tree"), "no files NAME.RANK.et"),
            ((self.trace, "--fabric", "nvl36x2", "--ranks", 72), "cannot be rescaled"),
            ((self.trace, "--fabric", "fat-tree", "--chip", "h1000"), "no chip 'h1000'"),
        ):
            result = run("replay", *arguments)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(words, result.stderr)


class Steps(FabricTest):
    def test_the_best_plan_by_flows(self):
        d = self.json_of("plan", "--model", "llama-3.1-70b", "--server", "hgx-h100", "--chips", 256,
                         "--global-batch", 512, "--flows")["by_flows"]  # fmt: skip
        self.assertTrue(d["done"])
        self.assertAlmostEqual(d["alone_s"] / d["closed_s"], 1, delta=0.02)
        self.assertAlmostEqual(d["alone_s"] / d["closed_s"] - 1, d["timeline_over_formula"])
        self.assertAlmostEqual(d["shared_s"] / d["alone_s"] - 1, d["sharing"])
        self.assertGreaterEqual(d["sharing"], -1e-9)
        self.assertLessEqual(max(t["most_load"] for t in d["tiers"]), 1 + 1e-9)

    def test_a_pipeline_that_four_micro_batches_do_not_fill(self):
        d = self.json_of("plan", "--model", "deepseek-v3", "--server", "hgx-h100", "--chips", 16384,
                         "--global-batch", 15360, "--flows")  # fmt: skip
        self.assertTrue(d["by_flows"]["done"])

    def test_fusion_keeps_a_part_of_its_maker(self):
        folder = ROOT / "examples/nvlink-fusion"
        base = ("plan", "--model", "llama-3.1-8b", "--chips", 8, "--catalog", folder / "catalog")
        result = run(*base, "--server", "xpu-no-vendor-8")
        self.assertEqual(result.returncode, 2)
        self.assertIn("one of NVIDIA at least", result.stderr)
        self.assertEqual(run(*base, "--server", "xpu-fusion-8").returncode, 0)


if __name__ == "__main__":
    unittest.main()
