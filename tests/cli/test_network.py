"""Fabrics of any shape from the command line: uneven teams, long and wide cables, refusals."""

import json
import random
import resource
import subprocess
import unittest

from program import PROGRAM, ProgramTest, ROOT, run

NCCL = """<system version="1">
  <cpu numaid="0" affinity="ffff" arch="x86_64" vendor="GenuineIntel">
    <pci busid="0000:18:00.0" class="0x060400"><nic><net name="mlx5_0" speed="400000"/></nic></pci>
  </cpu>
</system>
"""
ASTRA = "topology: [ Ring, Switch ]\nnpus_count: [ 8, 4 ]\nbandwidth: [ 50.0, 25.0 ]\nlatency: [ 500.0, 500.0 ]\n"


def cables(pairs):
    return "from,to,capacity_GBps,latency_s\n" + "".join(f"{a},{b},50,5e-7\n" for a, b in pairs)


def run_small(*arguments, gigabytes=2.0, seconds=60):
    """Like run, with memory and time bounded."""
    limit = int(gigabytes * 2**30)
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=seconds,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))  # fmt: skip


class NetworkTest(ProgramTest):
    def file(self, name, text):
        (self.path / name).write_text(text)
        return self.path / name

    def refused(self, *arguments, words, **limits):
        result = run_small(*arguments, **limits)
        self.assertEqual(result.returncode, 2, (arguments, result.stdout, result.stderr))
        for word in words:
            self.assertIn(word, result.stderr)


class Uneven(NetworkTest):
    BASE = ("collective", "all_reduce", "--size", "1GiB", "--ranks", 12, "--group", 3, "--stride", 4,
            "--fabric", "rail-fat-tree", "--server", "hgx-h100", "--ideal", "--json")  # fmt: skip

    def test_groups_over_a_domain_and_a_half(self):
        # ranks 8 to 11 are half of the second server; a group's ring leaves each server once, and
        # each of the four groups has a port of 50 GB/s of its own: 4/3 of a GiB goes through it
        wire = 4 / 3 * 2**30 / 50e9
        for engine in ("closed", "flow"):
            d = json.loads(run(*self.BASE, "--algorithm", "ring", "--engine", engine).stdout)
            self.assertAlmostEqual(d["seconds"] / wire, 1, delta=2e-3)
            self.assertLessEqual(d["lower_bound_s"], d["seconds"])

    def test_plans_on_domains_of_72(self):
        result = run("plan", "--model", "llama-3.1-8b", "--server", "gb200-nvl72", "--chips", 144,
                     "--flows", "--json")  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(json.loads(result.stdout)["by_flows"]["done"])

    def test_groups_that_make_no_sense(self):
        base = ("collective", "all_reduce", "--size", "1MiB", "--fabric", "fat-tree", "--ranks", 12)
        for more, words in (
            (("--group", 5), ("do not divide",)),
            (("--group", 24), ("a group of 24 among 12 ranks",)),
            (("--stride", 4), ("all 12 ranks are one group", "--group 3")),
            (("--group", 4, "--stride", 4), ("do not divide",)),
            (("--group", 2, "--stride", 4_000_000), ("do not divide",)),
        ):
            self.refused(*base, *more, words=words)


class Cables(NetworkTest):
    def test_a_line_of_a_hundred_thousand_cables(self):
        line = self.file("line.csv", cables((i, i + 1) for i in range(100_000)))
        flows = self.file("f.csv", "source,destination,bytes,start_s\n0,100000,1000,0\n")
        for routing in ("adaptive", "ecmp", "single"):
            result = run_small("flows", flows, "--fabric", line, "--routing", routing, "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            finish = json.loads(result.stdout)["flows"][0]["finish_s"]
            self.assertAlmostEqual(finish, 0.05 + 1000 / 50e9, places=9)

    def test_a_star_of_thirty_thousand_cables(self):
        star = self.file("star.csv", cables((i, "hub") for i in range(30_000)))
        result = run_small("collective", "all_reduce", "--size", "1GiB", "--ranks", 30_000, "--fabric", star,
                           "--algorithm", "ring", "--routing", "adaptive", "--json", gigabytes=1)  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        turns = 2 * 29_999
        self.assertAlmostEqual(json.loads(result.stdout)["seconds"] / (turns * (2**30 / 30_000 / 50e9 + 1e-6)), 1)

    def test_random_cables(self):
        dice = random.Random(11)
        nodes = 3000
        pairs = [(i, dice.randrange(i)) for i in range(1, nodes)]
        pairs += [tuple(dice.sample(range(nodes), 2)) for _ in range(4 * nodes)]
        fabric = self.file("random.csv", cables(pairs))
        for engine in ("closed", "flow"):
            result = run_small("collective", "all_reduce", "--size", "1GiB", "--ranks", nodes, "--fabric", fabric,
                               "--algorithm", "ring", "--engine", engine, "--json", gigabytes=1)  # fmt: skip
            self.assertEqual(result.returncode, 0, result.stderr)
            d = json.loads(result.stdout)
            self.assertGreaterEqual(d["seconds"], d["lower_bound_s"])

    def test_what_is_too_large_is_refused_first(self):
        rows = "".join(f"0,100000,{1000 + i},0\n" for i in range(3000))
        flows = self.file("f.csv", "source,destination,bytes,start_s\n" + rows)
        line = self.file("line.csv", cables((i, i + 1) for i in range(100_000)))
        self.refused("flows", flows, "--fabric", line, words=("cross more than 200000000 links",))
        many = self.file("many.csv", cables((i, i + 1) for i in range(1_000_001)))
        self.refused("flows", flows, "--fabric", many, words=("1000001 cables, more than 1000000",))
        star = self.file("star.csv", cables((i, "hub") for i in range(30_000)))
        self.refused("collective", "all_to_all", "--size", "1GiB", "--ranks", 30_000, "--fabric", star,
                     words=("9e+08 flows", "1e+08"))  # fmt: skip

    def test_ranks_that_no_cable_joins(self):
        fabric = self.file("two.csv", cables([(0, 1), (2, 3)]))
        for engine in ("closed", "flow"):
            self.refused("collective", "all_reduce", "--size", "1GiB", "--ranks", 4, "--fabric", fabric,
                         "--engine", engine, words=("no way leads from", "do not join all ranks"))  # fmt: skip


class Names(NetworkTest):
    def test_other_tools_descriptions_are_known(self):
        ring = ("collective", "all_reduce", "--size", "1GiB", "--ranks", 8)
        for name, text, words in (
            ("topo.xml", NCCL, ("a topology of NCCL", "--server")),
            ("graph.xml", '<graphs version="1"><graph id="0"/></graphs>', ("a graph of NCCL",)),
            ("topo.toml", NCCL, ("a topology of NCCL",)),
            ("network.yml", ASTRA, ("a network of ASTRA-sim", "dimensions")),
            ("network", "# two dimensions\n" + ASTRA, ("a network of ASTRA-sim",)),
            ("x.json", '{"nodes": []}', ("this is JSON",)),
            ("x.html", "<html></html>", ("this is XML",)),
        ):
            fabric = self.file(name, text)
            self.refused(*ring, "--fabric", fabric, words=(*words, name, "fabrics.md"))
            self.assertEqual(run("check", fabric).returncode, 2)

    def test_unknown_fabrics_are_answered_by_what_there_is(self):
        plan = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 64)
        ring = ("collective", "all_reduce", "--size", "1GiB", "--ranks", 8)
        for name in ("dragonfly", "torus", "zebra", "x"):
            for command in ((*plan, "--fabric", name), (*ring, "--server", "hgx-h100", "--fabric", name)):
                self.refused(*command, words=(f"no fabric '{name}'", "rail-fat-tree", "fat-tree-2to1"))
        text = (ROOT / "examples/yiwu-115k/scenario.toml").read_text()
        for name in ("torus", "dragonfly"):
            path = self.scenario(text.replace('"ethernet-fat-tree"', f'"{name}"'))
            self.refused("run", path, words=(f"no fabric '{name}'", "rail-only", "dragonfly-plus", "a file of tiers"))
        self.refused(*ring, "--fabric", "zebra", words=("nvl72", "--server"))
        self.refused(*ring, "--fabric", "dragonfly", words=("did you mean 'dragonfly-plus'",))

    def test_links_that_are_none_are_answered_by_how_they_are_named(self):
        self.refused("collective", "all_reduce", "--size", "1GiB", "--ranks", 64, "--fabric", "h800-planes",
                     "--degrade", "switch 7", "--engine", "flow",
                     words=("no link 'switch 7'", "plane 0 port 0 up", "scale-up", "--link-table"))  # fmt: skip
        fabric = self.file("two.csv", cables([(0, 1), (1, 2)]))
        self.refused("collective", "all_reduce", "--size", "1GiB", "--ranks", 3, "--fabric", fabric,
                     "--degrade", "1 and 2", "--engine", "flow", words=("'0 to 1'",))  # fmt: skip


if __name__ == "__main__":
    unittest.main()
