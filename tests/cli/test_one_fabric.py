"""Any fabric works in `run` and `plan`; measured links say so, and agree everywhere."""

import json
import unittest

from program import SMALL, ProgramTest, run

GRID = """kind = "grid"
dimensions = [8, 8, 4]
port = "50 GB/s"
hop = "500 ns"
"""

TREE = """port = "50 GB/s"
hop = "500 ns"
[[tier]]
width = 32
[[tier]]
width = 64
"""

DEGRADED = """
[[degraded]]
name = "tier 1 group 0 up"
share = 0.25
"""


def scenario_text(fabric, server="hgx-h100", chips=128):
    text = SMALL.replace('"rail-fat-tree"', f'"{fabric}"').replace('"hgx-h100"', f'"{server}"')
    return text.replace("chips = 64", f"chips = {chips}")


class OneFabric(ProgramTest):
    def file(self, name, text):
        (self.path / name).write_text(text)
        return self.path / name

    def refused(self, *arguments, words):
        result = run(*arguments)
        self.assertEqual(result.returncode, 2, (arguments, result.stdout, result.stderr))
        for word in words:
            self.assertIn(word, result.stderr)

    def step(self, fabric, server="hgx-h100", chips=128):
        path = self.scenario(scenario_text(fabric, server, chips))
        result = run("run", path, "--json", "--out", self.path / "out")
        self.assertEqual(result.returncode, 0, result.stderr)
        study = json.loads(result.stdout)
        return study["factories"][0]

    def test_any_fabric_runs_and_plans(self):
        grid = self.file("grid.toml", GRID)
        plan = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 64, "--global-batch", 256)
        for fabric in ("two-buildings", "dragonfly-plus", "rail-optimised", "h800-planes", "tpu-v4-pod", "fat-tree", grid):
            self.step(fabric)
            self.assertEqual(run(*plan, "--fabric", fabric, "--json").returncode, 0, fabric)

    def test_a_fabric_that_cannot_hold_chips_or_server_says_so_where_it_stands(self):
        for fabric, server, chips, words in (
            ("rail-optimised", "gb200-nvl72", 144, ("domains of 8 chips", "have 72")),
            ("nvl72", "gb200-nvl72", 144, ("holds 72 chips", "widen the fabric")),
            ("tpu-v4-pod", "hgx-h100", 8192, ("holds 4096 chips",)),
        ):
            path = self.scenario(scenario_text(fabric, server, chips))
            self.refused("run", path, words=(*words, f"{path}:11"))

    def test_degraded_links_make_a_factory_slower(self):
        whole = self.file("whole.toml", TREE)
        hurt = self.file("hurt.toml", TREE + DEGRADED)
        lost = self.file("lost.toml", TREE + DEGRADED.replace("tier 1 group 0 up", "no such link"))
        collective = ("collective", "all_to_all", "--size", "1GiB", "--ranks", 512, "--server", "hgx-h100", "--json")
        times = [json.loads(run(*collective, "--engine", "flow", "--fabric", f).stdout)["seconds"] for f in (whole, hurt)]
        self.assertGreater(times[1], 1.5 * times[0])
        self.refused(*collective, "--fabric", lost, words=("no such link",))

    def test_measured_links_are_those_of_validate(self):
        ask = ("collective", "all_reduce", "--size", "8GiB", "--ranks", 8, "--fabric", "rail-fat-tree")
        measured = json.loads(run(*ask, "--server", "hgx-h100", "--json").stdout)
        ideal = json.loads(run(*ask, "--server", "hgx-h100", "--ideal", "--json").stdout)
        self.assertEqual((measured["efficiency"], ideal["efficiency"]), ("measured", "ideal"))
        self.assertAlmostEqual(measured["busbw_GBps"], 479, delta=1)
        self.assertGreater(ideal["busbw_GBps"], 780)
        bare = json.loads(run("collective", "all_reduce", "--size", "8GiB", "--ranks", 8, "--fabric", "nvl72", "--json").stdout)
        self.assertEqual(bare["efficiency"], "ideal")
        table = self.file("c.csv", "id,system,chips,op,bytes,busbw_GBps,source\na,H100-80GB SXM,8,all_reduce,8589934592,479,x\n")
        row = json.loads(run("validate", "collectives", table, "--rows", "--json").stdout)["rows"][0]
        self.assertAlmostEqual(row["predicted"], measured["busbw_GBps"], places=6)


if __name__ == "__main__":
    unittest.main()
