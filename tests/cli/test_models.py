"""The program as a user runs it: models by name, by configuration, by folder."""

import json
import unittest

from program import ProgramTest, ROOT, run

PUBLISHED = {row["name"]: row for row in json.loads((ROOT / "tests/configs/models.json").read_text())}
SMALL = {"model_type": "llama", "num_hidden_layers": 16, "hidden_size": 2048, "intermediate_size": 8192,
         "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
         "tie_word_embeddings": True}  # fmt: skip
PLAN = ["--server", "hgx-h100", "--chips", 8, "--global-batch", 64]
SCENARIO = """name = "models"
date = 2026-01-01
[site]
country = "US"
[buyer]
headquarters = "US"
end_use = "commercial"
[[factory]]
name = "h100"
server = "hgx-h100"
chips = 16
fabric = "rail-fat-tree"
[[job]]
name = "j"
kind = "train"
model = "MODEL"
tokens = "1T"
sequence = 4096
global_batch = 64
"""


class ModelTest(ProgramTest):
    def config(self, config, name="config.json"):
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        return path

    def check(self, config):
        result = run("check", self.config(config), "--json")
        return result.returncode, json.loads(result.stdout)


class Configurations(ModelTest):
    def test_check_counts_prediction_apart(self):
        code, answer = self.check(PUBLISHED["deepseek-ai/DeepSeek-V3"]["config"])
        self.assertEqual((code, answer["ok"], answer["faults"]), (0, True, []))
        self.assertAlmostEqual(answer["parameters"] / 1e9, 671.0, 1)
        self.assertAlmostEqual(answer["extra_parameters"] / 1e9, 11.5, delta=0.15)
        self.assertAlmostEqual(answer["active_parameters"] / 1e9, 37.5, 0)
        text = run("check", self.config(PUBLISHED["deepseek-ai/DeepSeek-V3"]["config"])).stdout
        self.assertIn("671.0 billion weights and 11.61 billion for multi-token prediction", text)

    def test_a_plan_says_which_mixers_were_never_measured(self):
        told = "no kernel of Mamba-2 was measured"
        path = self.config(PUBLISHED["nvidia/Nemotron-H-8B-Base-8K"]["config"])
        plan = run("plan", "--model", path, *PLAN, "--json")
        self.assertIn(told, " ".join(json.loads(plan.stdout)["notes"]))
        scenario = self.path / "s.toml"
        scenario.write_text(SCENARIO.replace("MODEL", str(path)))
        study = json.loads(run("run", scenario, "--json", "--out", self.path / "o").stdout)
        self.assertIn(told, " ".join(study["assumed"]))
        plain = run("plan", "--model", "llama-3.1-8b", *PLAN, "--json")
        self.assertNotIn("measured:", " ".join(json.loads(plain.stdout)["notes"]))

    def test_layers_of_experts_need_their_number(self):
        config = dict(PUBLISHED["nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B"]["config"])
        del config["n_routed_experts"]
        code, answer = self.check(config)
        self.assertEqual(code, 2)
        self.assertIn("how many is not given", answer["faults"][0]["message"])

    def test_letters_of_layers_are_those_of_a_known_family(self):
        config = PUBLISHED["nvidia/Nemotron-H-8B-Base-8K"]["config"]
        self.assertEqual(self.check(config)[0], 0)
        code, answer = self.check({**config, "model_type": "nemotronh"})
        self.assertEqual(code, 2)
        self.assertIn("what its letters mean for a 'nemotronh' is not known",
                      "".join(fault["message"] for fault in answer["faults"]))

    def test_faults_are_in_the_answer_and_on_stderr(self):
        path = self.config(json.dumps({**SMALL, "num_expertz": 8}, indent=1))
        result = run("check", path, "--json")
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, answer["ok"]), (2, False))
        self.assertEqual(answer["faults"][0]["line"], 10)
        self.assertIn("num_expertz", answer["faults"][0]["message"])
        self.assertIn(f"{path}:10:", result.stderr)
        several = json.loads(run("check", path, self.config(SMALL, "b.json"), "--json").stdout)
        self.assertEqual([row["ok"] for row in several], [False, True])

    def test_models_of_unlike_layers_are_planned(self):
        for name, words in [("nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B", "23 of Mamba-2"),
                            ("Qwen/Qwen3-Next-80B-A3B", "36 of gated delta net"),
                            ("ai21labs/AI21-Jamba-1.5-Mini", "28 of Mamba"),
                            ("moonshotai/Kimi-Linear-48B-A3B-Base", "20 of Kimi delta attention"),
                            ("MiniMaxAI/MiniMax-Text-01", "70 of lightning attention"),
                            ("ibm-granite/granite-4.0-h-small", "36 of Mamba-2"),
                            ("state-spaces/mamba-2.8b-hf", "64 of Mamba"),
                            ("deepseek-ai/DeepSeek-V3.2-Exp", "61 of attention to keys")]:  # fmt: skip
            path = self.config(PUBLISHED[name]["config"])
            checked = json.loads(run("check", path, "--json").stdout)
            self.assertIn(words, checked["mixers"])
            chips = 256 if checked["parameters"] > 1e11 else 64
            planned = run("plan", "--model", path, "--server", "hgx-h100", "--chips", chips,
                          "--global-batch", 256, "--offload", "none", "--json")  # fmt: skip
            self.assertEqual(planned.returncode, 0, planned.stderr)
            best = json.loads(planned.stdout)["best"][0]
            work = 6 * checked["active_parameters"] * 256 * 4096
            self.assertGreater(best["step_s"], 0.8 * work / (chips * 989.5e12), name)
            self.assertTrue(0.02 < best["mfu"] < 0.8, name)

    def test_a_model_of_unlike_layers_runs_and_serves(self):
        path = self.config(PUBLISHED["nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B"]["config"])
        serve = '[[job]]\nname = "s"\nkind = "serve"\nmodel = "MODEL"\n'
        ran = run("run", self.scenario((SCENARIO + serve).replace("MODEL", str(path))), "--out", self.path / "o")
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_what_cannot_be_read_is_refused(self):
        code, answer = self.check({**SMALL, "model_type": "zamba2"})
        self.assertEqual((code, answer["ok"]), (2, False))
        self.assertIn("zamba2", answer["faults"][0]["message"])

    def test_python_numbers(self):
        text = json.dumps(SMALL)[:-1] + ', "time_step_limit": [0.0, Infinity]}'
        self.assertEqual(self.check(text)[0], 0)
        self.assertEqual(self.check(text.replace("128256", "NaN"))[0], 2)

    def test_a_plan_tells_what_was_taken_for_granted(self):
        result = run("plan", "--model", self.config({**SMALL, "model_type": "brand_new"}), *PLAN)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("'brand_new' is not known", " ".join(result.stderr.split()))


class Names(ModelTest):
    def test_hub_names_are_names(self):
        mine = run("plan", "--model", "llama-3.2-1b", *PLAN, "--json")
        hub = run("plan", "--model", "META-LLAMA/llama-3.2-1B", *PLAN, "--json")
        self.assertEqual(hub.returncode, 0, hub.stderr)
        best = [json.loads(text)["best"] for text in (mine.stdout, hub.stdout)]
        self.assertEqual(*best)
        scenario = self.scenario(SCENARIO.replace("MODEL", "meta-llama/Llama-3.2-1B"))
        self.assertEqual(run("check", scenario).returncode, 0)
        self.assertIn("671.0", run("show", "model", "deepseek-ai/deepseek-v3").stdout)

    def test_a_folder_with_a_configuration_is_a_model(self):
        self.config(SMALL, "weights/config.json")
        for name in ("weights", "weights/", self.path / "weights"):
            result = run("plan", "--model", name, *PLAN, cwd=self.path)
            self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1.236 billion", run("check", self.path / "weights").stdout)
        scenario = self.scenario(SCENARIO.replace("MODEL", "weights"))  # beside the scenario
        self.assertEqual(run("check", scenario).returncode, 0)

    def test_a_hint_is_never_empty(self):
        for name in ("toaster", "meta-llama/Llama-9-1T", "llama-3.1-71b", "/"):
            result = run("plan", "--model", name, *PLAN)
            self.assertEqual(result.returncode, 2)
            self.assertIn("millwright list models", result.stderr)
        self.assertIn("llama-3.1-70b", run("plan", "--model", "llama-3.1-71b", *PLAN).stderr)
        for text in (SCENARIO.replace("hgx-h100", "toaster"), SCENARIO.replace("rail-fat-tree", "toaster")):
            result = run("check", self.scenario(text.replace("MODEL", "llama-3.1-8b")))
            self.assertEqual(result.returncode, 2)
            self.assertRegex(result.stderr, "millwright list (servers|fabrics)")


class Lists(ModelTest):
    def test_lists_count_prediction_apart(self):
        models = {m["id"]: m for m in json.loads(run("list", "models", "--json").stdout)}
        self.assertAlmostEqual(models["deepseek-v3"]["parameters"] / 1e9, 671.0, 1)
        self.assertAlmostEqual(models["deepseek-v3"]["extra_parameters"] / 1e9, 11.5, delta=0.15)
        self.assertEqual(models["llama-3.1-8b"]["extra_parameters"], 0)
        row = next(line for line in run("list", "models").stdout.splitlines() if line.startswith("deepseek-v3 "))
        self.assertRegex(row, r"671\.0 B +\+ 11\.61 B +37\.5\d B")


if __name__ == "__main__":
    unittest.main()
