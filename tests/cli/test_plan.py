"""The plan command: pins, their JSON, what does not fit, deadlines and notes."""

import json
import unittest

from program import ProgramTest, run

SMALL = ("plan", "--model", "llama-3.1-70b", "--server", "hgx-h100", "--chips", 1280,
         "--global-batch", 1024)
PINNED = ("--tensor", 8, "--pipeline", 16, "--virtual-stages", 5, "--context", 1, "--micro-batch", 1,
          "--schedule", "interleaved", "--recompute", "none", "--sharding", "zero-1")
OF_EACH = ("plan", "step_s", "low", "high", "step_ledger", "memory_bytes", "memory_ledger", "fits",
           "mfu", "tokens_per_s_per_chip", "tflops_per_chip")


def total(ledger):
    return sum(total(part) for part in ledger["parts"]) if ledger["parts"] else ledger["value"]


class Plan(ProgramTest):
    def planned(self, *arguments, code=0):
        result = run(*arguments, "--json")
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)

    def test_pinned_plans_hold_all_that_the_contract_names(self):
        plan = self.planned(*SMALL, *PINNED)
        self.assertEqual(plan["plans_in_space"], len(plan["best"]))
        for best in plan["best"]:
            for key in OF_EACH:
                self.assertIn(key, best)
            self.assertEqual([best["plan"][k] for k in ("tensor", "pipeline", "virtual_stages",
                                                        "context", "micro_batch", "schedule")],
                             [8, 16, 5, 1, 1, "interleaved"])
            self.assertLess(best["low"], best["step_s"])
            self.assertGreater(best["high"], best["step_s"])
            self.assertAlmostEqual(total(best["step_ledger"]) / best["step_s"], 1, 9)
            self.assertAlmostEqual(total(best["memory_ledger"]) / best["memory_bytes"], 1, 9)
            tokens = 1024 * 4096 / best["step_s"] / best["plan"]["chips_used"]
            self.assertAlmostEqual(best["tokens_per_s_per_chip"] / tokens, 1, 9)
        steps = [best["step_s"] for best in plan["best"]]
        self.assertEqual(steps, sorted(steps))

    def test_every_plan_of_a_free_search_is_described_too(self):
        for best in self.planned(*SMALL)["best"]:
            for key in OF_EACH:
                self.assertIn(key, best)
            self.assertTrue(best["fits"])

    def test_a_pinned_plan_that_does_not_fit_is_told(self):
        pins = ("--tensor", 1, "--pipeline", 1, "--sharding", "none", "--data", 64,
                "--recompute", "none", "--micro-batch", 1, "--context", 1)
        plan = self.planned(*SMALL, *pins)
        self.assertEqual(len(plan["best"]), 1)
        self.assertFalse(plan["best"][0]["fits"])
        self.assertFalse(plan["feasible"])
        self.assertGreater(plan["best"][0]["memory_bytes"], plan["best"][0]["memory_usable_bytes"])
        self.assertIn("GB", run(*SMALL, *pins).stdout)

    def test_a_pinned_schedule_that_the_framework_lacks_is_told(self):
        lacking = self.planned(*SMALL, "--schedule", "1f1b,dualpipe", "--pipeline", 16)["notes"]
        self.assertEqual([n for n in lacking if "pinned" in n],
                         ["megatron-core has no dualpipe: it is taken because it is pinned"])

    def test_text_tells_how_sure_the_best_step_is(self):
        text = " ".join(run(*SMALL).stdout.split())
        self.assertRegex(text, r"four in five measured steps would take [\d.]+ s to [\d.]+ s")

    def test_dualpipe_is_taken_where_it_is_pinned(self):
        def pinned(batch):
            return ("plan", "--model", "deepseek-v3", "--server", "hgx-h100", "--chips", 1024,
                    "--global-batch", batch, "--tensor", 1, "--expert", 64, "--context", 1,
                    "--micro-batch", 1, "--recompute", "none", "--sharding", "zero-1")
        moe = pinned(4096)
        plans = [best["plan"] for best in self.planned(*moe)["best"]]
        self.assertNotIn("dualpipe", [plan["schedule"] for plan in plans])
        here = ("--pipeline", 16, "--data", 64)
        both = {}
        for schedule in ("1f1b", "dualpipe"):
            both[schedule] = self.planned(*moe, *here, "--schedule", schedule)["best"][0]
            self.assertEqual(both[schedule]["plan"]["schedule"], schedule)
        one, two = both["1f1b"], both["dualpipe"]
        self.assertLess(two["step_s"], one["step_s"])
        for batch, pins, reason in ((4096, ("--pipeline", 5), "an even number of stages"),
                                    (1024, here, "fewer than the 32 that dualpipe needs")):
            result = run(*pinned(batch), "--schedule", "dualpipe", *pins)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(reason, result.stderr)

    def test_pins_that_cannot_be_are_faults(self):
        for pins, words in ((("--tensor", 7), "attention heads"), (("--tensor", "x"), "whole number"),
                            (("--pipeline", 16, "--virtual-stages", 4), "whole layers"),
                            (("--expert", 8), "--expert"), (("--schedule", "gpipe"), "1f1b"),
                            (("--tensor", 64, "--pipeline", 80), "chips are needed")):
            result = run(*SMALL, *pins)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(words, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_lists_and_ranges_span_a_space(self):
        spanned = self.planned(*SMALL, *PINNED[2:], "--tensor", "2,4,8")["plans_in_space"]
        ranged = self.planned(*SMALL, *PINNED[2:], "--tensor", "2..8")["plans_in_space"]
        single = sum(self.planned(*SMALL, *PINNED[2:], "--tensor", t)["plans_in_space"]
                     for t in (2, 4, 8))
        self.assertEqual(spanned, single)
        self.assertEqual(ranged, single)

    def test_the_search_finds_what_trying_all_finds(self):
        common = ("plan", "--model", "deepseek-v3", "--server", "hgx-h100", "--chips", 256,
                  "--sequence", 1024, "--global-batch", 256)
        quick, all_tried = self.planned(*common), self.planned(*common, "--exhaustive")
        self.assertEqual(quick["best"][0]["plan"], all_tried["best"][0]["plan"])
        self.assertEqual(quick["plans_in_space"], all_tried["plans_in_space"])

    def test_what_does_not_fit_says_what_would(self):
        tight = ("plan", "--model", "llama-3.1-405b", "--server", "hgx-h100", "--chips", 8)
        plan = self.planned(*tight, code=1)
        self.assertEqual(plan["best"], [])
        self.assertGreater(plan["plans_too_large"], 0)
        fewest = plan["fewest_chips"]
        self.assertEqual(fewest % 8, 0)
        self.planned(*tight[:-1], fewest)
        self.planned(*tight[:-1], fewest - 8, code=1)
        self.assertIn(f"that hold it are {fewest}", run(*tight).stdout)
        self.assertIn("none fits the memory", run(*tight).stdout)

    def test_cost_needs_a_deadline(self):
        result = run(*SMALL, "--objective", "cost")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--deadline", result.stderr)
        cheap = (*SMALL, "--objective", "cost", "--tokens", "1T", "--deadline")
        soon = self.planned(*cheap, "30 days")["best"][0]
        late = self.planned(*cheap, "200 days")["best"][0]
        self.assertLess(late["plan"]["chips_used"], soon["plan"]["chips_used"])
        self.assertLess(soon["step_s"] * 1e12 / (1024 * 4096) / 0.9, 30 * 86400)
        never = run(*cheap, "1 h")
        self.assertEqual(never.returncode, 1)
        self.assertIn("deadline", never.stdout)
        self.assertEqual(run(*cheap, "soon").returncode, 2)

    def test_part_of_a_server_is_told(self):
        odd = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 12)
        self.assertIn("2 are bought", self.planned(*odd)["notes"][0])
        self.assertIn("note: 12 chips", run(*odd).stdout)
        self.assertEqual(self.planned(*odd[:-1], 16)["notes"], [])

    def test_the_framework_goes_with_the_chip(self):
        for server, framework in (("tpu-v5p-pod", "jax"), ("mi300x-8", "megatron-rocm"),
                                  ("gaudi-3-8", "megatron-gaudi"), ("atlas-900-910b", "mindspeed"),
                                  ("trn2-ultraserver", "neuronx"), ("hgx-h20", "megatron-core")):
            plan = self.planned("plan", "--model", "llama-3.1-8b", "--server", server, "--chips", 64)
            self.assertEqual(plan["framework"], framework)


class Traces(ProgramTest):
    def test_groups_that_do_not_divide_a_domain_are_written(self):
        """Their algorithm is chosen for all groups together, as they lie."""
        for model, server, chips, tensor, data in (("gpt-1.7b", "mi300x-8", 48, 3, 16),
                                                   ("llama-2-13b", "gb200-nvl72", 80, 10, 8)):
            result = run("plan", "--model", model, "--server", server, "--chips", chips,
                         "--global-batch", 64, "--tensor", tensor, "--data", data, "--pipeline", 1,
                         "--context", 1, "--micro-batch", 1, "--sharding", "zero-1", "--recompute",
                         "full", "--chakra", self.path / server)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(len(list((self.path / server).glob("*.et"))), chips)


if __name__ == "__main__":
    unittest.main()
