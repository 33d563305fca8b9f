"""Chakra traces as people have them: posted sends, circles, JSON, files of other tools, our own export."""

import json
import unittest

from program import ProgramTest, run

RING = 'kind = "torus"\ndimensions = [8]\nport = "50 GB/s"\nhop = "500 ns"\n'
MIB = 1 << 20


def send(to, size=MIB, after=()):
    return ("COMM_SEND_NODE", {"comm_size": size, "comm_dst": to, "comm_tag": 0}, after)


def receive(source, size=MIB, after=()):
    return ("COMM_RECV_NODE", {"comm_size": size, "comm_src": source, "comm_tag": 0}, after)


def reduce(group, size=MIB, after=()):
    return ("COMM_COLL_NODE", {"comm_size": size, "comm_type": 0, "pg_name": group}, after)


class Traces(ProgramTest):
    def trace(self, *ranks, groups=None, form="{}\n{}\n"):
        """A folder of chakra_jsonizer's files."""
        folder = self.path / f"trace{len(list(self.path.iterdir()))}"
        folder.mkdir()
        for rank, nodes in enumerate(ranks):
            text = json.dumps({"version": "0.0.4"})
            for number, (kind, attributes, after) in enumerate(nodes):
                values = [{"name": k, "stringVal" if isinstance(v, str) else "int64Val": str(v)}
                          for k, v in attributes.items()]  # fmt: skip
                node = {"id": str(number), "name": kind[:9], "type": kind, "attr": values,
                        "dataDeps": [str(n) for n in after]}  # fmt: skip
                text = form.format(text, json.dumps(node, indent=2))
            (folder / f"t.{rank}.json").write_text(text)
        if groups is not None:
            (folder / "comm_group.json").write_text(json.dumps(groups))
        return folder

    def replay(self, folder, *arguments):
        fabric = self.path / "ring.toml"
        fabric.write_text(RING)
        return run("replay", folder, "--fabric", fabric, "--json", *arguments)

    def refused(self, folder, words, *arguments):
        result = self.replay(folder, *arguments)
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertIn(words, " ".join(result.stderr.split()))
        self.assertEqual(result.stdout, "")

    def seconds(self, folder, *arguments):
        result = self.replay(folder, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["seconds"]

    def test_ranks_may_send_first(self):
        for size in (8, MIB, 1 << 30):
            folder = self.trace([send(1, size), receive(1, size, [0])],
                                [send(0, size), receive(0, size, [0])])  # fmt: skip
            self.assertGreater(self.seconds(folder), size / 50e9 * 0.99)
            self.seconds(folder, "--eager", "0")
        result = run("replay", folder, "--fabric", self.path / "ring.toml", "--eager", "64 KiB")
        self.assertIn("sends are posted: bytes of up to 65.54 kB leave at once", result.stdout)

    def test_a_circle_is_named(self):
        folder = self.trace([receive(1), send(1, after=[0])], [receive(0), send(0, after=[0])])
        self.refused(folder, "rank 0 node 0 (COMM_RECV) waits for rank 1 node 1 (COMM_SEND), which "
                             "waits for rank 1 node 0")  # fmt: skip

    def test_groups_are_known_by_name(self):
        folder = self.trace([reduce("a"), reduce("b", after=[0])],
                            [reduce("b"), reduce("a", after=[0])],
                            groups={"a": [0, 1], "b": [0, 1]})  # fmt: skip
        self.refused(folder, "wait for each other in a circle")
        folder = self.trace([reduce("a", 8)], [reduce("a", 16)], groups={"a": [0, 1]})
        self.refused(folder, "has 16 bytes, and node 0 (COMM_COLL) of rank 0 has 8")
        folder = self.trace([reduce("a")], [reduce("a")], groups={"a": [0, (1 << 32) + 1]})
        self.refused(folder, "has 4294967297, which is no rank")

    def test_numbers_beyond_physics(self):
        folder = self.trace([reduce("a", "Infinity")], [reduce("a")], groups={"a": [0, 1]})
        self.refused(folder, "node 0 (COMM_COLL): 'comm_size' is out of range")
        good = self.trace([reduce("a")], [reduce("a")], groups={"a": [0, 1]})
        for scale in ("nan", "inf", "-1", "1e7"):
            result = self.replay(good, "--work-scale", scale)
            self.assertEqual(result.returncode, 2, scale)
            self.assertIn("--work-scale", result.stderr)
        self.refused(good, "--eager", "--eager", "nan B")

    def test_what_other_tools_write_is_named(self):
        for text, words in (
            ("# out-of-place in-place\n# algbw busbw\n", "output of nccl-tests"),
            ('<system version="1"><cpu numaid="0"/></system>', "a topology of NCCL"),
            ("topology: [ Ring ]\nnpus_count: [ 8 ]\n", "a network of ASTRA-sim"),
            ('{"schema":"1","nodes":[{"inputs":{}}]}', "a PyTorch execution trace"),
            ('{"traceEvents":[]}', "a Kineto trace"),
        ):
            folder = self.path / f"f{len(list(self.path.iterdir()))}"
            folder.mkdir()
            (folder / "result.txt").write_text(text)
            self.refused(folder, words)  # in the folder
            self.refused(folder / "result.txt", words)  # by itself
            (folder / "result.txt").rename(folder / "result.0.et")
            self.refused(folder, words)  # as a rank's file
        network = self.path / "network.yml"
        network.write_text("topology: [ Ring ]\nnpus_count: [ 8 ]\n")
        result = run("collective", "all_reduce", "--size", "1GiB", "--ranks", 8, "--fabric", network)
        self.assertEqual(result.returncode, 2)
        self.assertIn("a network of ASTRA-sim", result.stderr)
        self.refused(self.path / "nowhere", "no files NAME.RANK.et")


class Exports(ProgramTest):
    """A plan's step, written and replayed on the plan's own fabric, takes the plan's time."""

    def plan(self, *arguments):
        folder = self.path / "out"
        result = run("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--json",
                     "--chakra", folder, *arguments)  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        return folder, json.loads(result.stdout)["best"][0]["step_s"]

    def replay(self, folder, *arguments):
        result = run("replay", folder, "--fabric", "rail-fat-tree", "--server", "hgx-h100",
                     "--json", *arguments)  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_takes_the_plans_time(self):
        for chips, batch in ((64, 128), (48, 96)):
            folder, step = self.plan("--chips", chips, "--global-batch", batch)
            replayed = self.replay(folder)
            self.assertAlmostEqual(replayed["seconds"] / step, 1, delta=0.03)
            self.assertEqual(len(replayed["ranks"]) % 2, 0)
            on_chip = self.replay(folder, "--chip", "h100-sxm")
            self.assertAlmostEqual(on_chip["seconds"], replayed["seconds"])
            for file in folder.iterdir():
                file.unlink()


if __name__ == "__main__":
    unittest.main()
