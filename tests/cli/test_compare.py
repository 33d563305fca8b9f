#!/usr/bin/env python3
"""Two scenarios or two factories beside each other: what differs, and why by how much."""

import json
import unittest

from program import SMALL, ProgramTest, run


class Compare(ProgramTest):
    def test_terms_of_two_scenarios(self):
        other = self.scenario(SMALL.replace("chips = 64", "chips = 128"), "b.toml")
        result = run("compare", self.scenario(SMALL), other)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("servers with chips", result.stdout)
        a, b = result.stdout.splitlines()[:2]
        self.assertRegex(a, r"^A  \S*scenario.toml: small, rules of 2026-02-01$")
        self.assertRegex(b, r"^B  \S*b.toml: small, rules of 2026-02-01$")
        self.assertRegex(result.stdout, r"capital +[\d.]+ MUSD")
        self.assertRegex(result.stdout, r"8B +step +[\d.]+ m?s +[\d.]+ m?s")
        unlike = self.scenario(SMALL.replace('name = "8B"', 'name = "other"'), "c.toml")
        terms = json.loads(run("compare", other, unlike, "--json").stdout)["differences"]
        self.assertIn({"factory": "H100", "job": "8B", "term": "in the scenario", "a": "yes",
                       "b": "no", "change": None}, terms)
        changed = self.scenario(SMALL.replace('"hgx-h100"', '"hgx-h20"').replace(
            'country = "US"', 'country = "CN"').replace("chips = 64", "chips = 8").replace(
            "llama-3.1-8b", "llama-3.1-405b"), "d.toml")
        answer = json.loads(run("compare", self.scenario(SMALL), changed, "--json").stdout)
        self.assertEqual(answer["b"], {"file": str(changed), "name": "small", "date": "2026-02-01",
                                       "factory": ""})
        found = {d["term"]: d for d in answer["differences"]}
        for term in ("server", "chip", "wiring", "capital", "yearly", "power", "feasible"):
            self.assertIn(term, found)
        self.assertEqual((found["server"]["a"], found["server"]["b"]), ("hgx-h100", "hgx-h20"))
        self.assertIn("memory", found["because"]["b"])
        self.assertEqual(found["because"]["a"], "")
        same = run("compare", other, other)
        self.assertIn("no difference", same.stdout)

    def test_two_factories_sum_to_the_difference(self):
        factory = SMALL[SMALL.index("[[factory]]"):SMALL.index("[[job]]")]
        other = factory.replace('"H100"', '"The H200"').replace("hgx-h100", "hgx-h200")
        two = self.scenario(SMALL.replace("[[job]]", other + "[[job]]", 1), "two.toml")
        result = run("compare", two, "--factories", "H100", "the-h200")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"8B: The H200 costs [\d.]+ k?USD (more|less) than H100 \(")
        self.assertRegex(result.stdout, r"8B: The H200 takes [\d.]+ days (longer|less) than H100 \(")
        self.assertRegex(result.stdout, r"\nin all +[\d.]+ days +[\d.]+ days +[+-][\d.]+\n")
        answer = json.loads(run("compare", two, "--factories", "H100", "The H200", "--json").stdout)
        self.assertEqual((answer["a"]["factory"], answer["b"]["factory"]), ("H100", "The H200"))
        study = json.loads(run("run", two, "--json", "--out", self.path / "o").stdout)
        days = [factory["jobs"][0]["days"] for factory in study["factories"]]
        [job] = answer["explanations"]
        cost, time = job["figures"]
        self.assertEqual((cost["figure"], time["figure"]), ("training-cost", "training-time"))
        self.assertAlmostEqual(time["a"], days[0], places=9)
        self.assertAlmostEqual(time["b"], days[1], places=9)
        for figure in (cost, time):
            self.assertAlmostEqual(sum(t["difference"] for t in figure["terms"]) / figure["a"],
                                   figure["difference"] / figure["a"], places=12)
        # the same factory of two files, which is another one there
        more = self.scenario(SMALL.replace("chips = 64", "chips = 128"), "b.toml")
        across = run("compare", two, more, "--factories", "The H200", "H100", "--json")
        self.assertEqual(json.loads(across.stdout)["explanations"][0]["factory_b"], "H100")
        self.assertIn("H100 of B takes", run("compare", two, more).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
