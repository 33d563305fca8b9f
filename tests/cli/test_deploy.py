"""`millwright deploy` from the command line: keys, faults, answers."""

import json
import subprocess
import unittest

try:
    import yaml
except ImportError:  # not of the standard library: structure is then held by unit tests alone
    yaml = None

from program import ProgramTest, run

BASE = ("deploy", "--model", "llama-3.1-8b", "--server", "hgx-h100")
LOAD = ("--rate", 12, "--prompt", 600, "--output", 200, "--requests", 500)
PROMISE = ("--ttft-p99", "2s", "--tpot-p99", "30ms")


class Deploy(ProgramTest):
    def answer(self, *arguments, code=0):
        result = run(*BASE, *arguments, "--json")
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)

    def test_all_keys_are_there(self):
        d = self.answer("--chips", "1..4", *LOAD, *PROMISE)
        self.assertLessEqual({"plans_in_space", "simulated", "seconds", "best", "pareto", "lost"}, set(d))
        best = d["best"][0]
        self.assertLessEqual({"deployment", "chips", "meets", "ttft_ms", "tpot_ms",
                              "output_tokens_per_s_per_chip", "usd_per_million_output_tokens"}, set(best))
        self.assertTrue(best["meets"])
        self.assertLessEqual(best["ttft_ms"]["p99"], 2000)
        self.assertLessEqual(best["tpot_ms"]["p99"], 30)
        names = [(one["server"], one["deployment"]) for one in d["best"]]
        for one in d["pareto"]:
            self.assertIn((one["server"], one["deployment"]), names)

    def test_the_answer_is_what_serve_says_of_it(self):
        best = self.answer("--chips", "1..4", *LOAD, *PROMISE)["best"][0]
        self.assertEqual(best["seeds"], 1)
        pool = best["pools"][0]
        served = json.loads(run("serve", *BASE[1:], *LOAD, "--chips", best["chips"], "--tensor",
                                pool["tensor"], "--replicas", pool["replicas"], "--max-batched-tokens",
                                best["max_batched_tokens"], "--json").stdout)  # fmt: skip
        self.assertEqual(served["ttft_ms"], best["ttft_ms"])
        self.assertEqual(served["usd_per_million_output_tokens"], best["usd_per_million_output_tokens"])

    def test_the_text_answers_first(self):
        result = run(*BASE, "--server", "hgx-h20", "--chips", "1..4", *LOAD, *PROMISE)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^\d chips? of hgx-h\d+ do")
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)

    def test_a_promise_that_nothing_keeps_ends_with_one(self):
        d = self.answer("--chips", 1, *LOAD, "--tpot-p99", "1ms", code=1)
        self.assertFalse(d["feasible"])
        self.assertTrue(d["lost"])

    def test_a_trace_can_be_asked(self):
        trace = self.path / "trace.csv"
        lines = [f"{i / 10},300,40" for i in range(400)]
        trace.write_text("arrival_s,prompt,output\n" + "\n".join(lines) + "\n")
        d = self.answer("--chips", "1..2", "--trace", trace, *PROMISE)
        self.assertTrue(d["feasible"])
        self.assertEqual(d["requests"], 400)

    def test_files_are_written_as_a_whole(self):
        out = self.path / "out"
        result = run(*BASE, "--engine", "tensorrt-llm-1.2", "--chips", 2, *LOAD, *PROMISE, "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        files = ["benchmark.sh", "deploy.json", "dynamo.yaml", "launch.sh"]
        self.assertEqual(sorted(p.name for p in out.iterdir()), [*files, "options.yaml"])
        self.assertIn("trtllm-serve meta-llama/", (out / "launch.sh").read_text())
        json.loads((out / "deploy.json").read_text())
        again = run(*BASE, "--engine", "vllm-0.14", "--chips", 2, *LOAD, *PROMISE, "--out", out)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(sorted(p.name for p in out.iterdir()), [*files, "llm-d-router.yaml", "llm-d.yaml"])

    def written(self, *arguments):
        out = self.path / "out"
        result = run("deploy", *arguments, "--out", out, "--requests", 200)
        self.assertEqual(result.returncode, 0, result.stderr)
        return out, result.stdout

    def documents(self, path):
        if yaml is None:
            self.skipTest("no PyYAML")
        return list(yaml.safe_load_all(path.read_text()))

    def test_manifests_hold_the_best_deployment(self):
        out, _ = self.written(*BASE[1:], *LOAD[:6], *PROMISE, "--chips", "1..4")
        best = json.loads((out / "deploy.json").read_text())
        pool, command = best["best"][0]["pools"][0], best["launch"]["command"].split()
        (graph,) = self.documents(out / "dynamo.yaml")
        self.assertEqual((graph["apiVersion"], graph["kind"]), ("nvidia.com/v1beta1", "DynamoGraphDeployment"))
        front, worker = graph["spec"]["components"]
        self.assertEqual((front["type"], worker["type"]), ("frontend", "worker"))
        self.assertEqual(worker["replicas"], pool["replicas"])
        (container,) = worker["podTemplate"]["spec"]["containers"]
        self.assertEqual(container["resources"]["limits"], {"nvidia.com/gpu": str(pool["tensor"])})
        self.assertEqual(container["command"], ["python3", "-m", "dynamo.vllm"])
        self.assertEqual(container["args"], ["--model", *command[2:]])
        (servers,) = self.documents(out / "llm-d.yaml")
        self.assertEqual((servers["apiVersion"], servers["kind"]), ("apps/v1", "Deployment"))
        self.assertEqual(servers["spec"]["replicas"], pool["replicas"])
        (container,) = servers["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["command"] + container["args"], command)
        (values,) = self.documents(out / "llm-d-router.yaml")
        found = values["router"]["modelServers"]["matchLabels"]
        labels = servers["spec"]["template"]["metadata"]["labels"]
        self.assertLessEqual(found.items(), labels.items())
        self.assertEqual(servers["spec"]["selector"]["matchLabels"], labels)

    def test_a_replica_on_several_servers_starts_on_each(self):
        out, text = self.written("--model", "llama-3.1-405b", "--server", "hgx-h100", "--chips", 16,
                                 "--precision", "bf16", "--rate", 0.5, "--prompt", 500, "--output", 100,
                                 "--ttft-p99", "60s")  # fmt: skip
        answer = json.loads((out / "deploy.json").read_text())
        self.assertEqual(answer["launch"]["servers"], 2)
        self.assertIn("on server 1 of each:", text)
        script = out / "launch.sh"
        fake = self.path / "vllm"
        fake.write_text('#!/bin/sh\necho "$@"\n')
        fake.chmod(0o755)
        for rank, words in (("0", "--node-rank 0 --master-addr head"), ("1", "--node-rank 1 --master-addr head --headless")):
            ran = subprocess.run(["sh", str(script)], capture_output=True, text=True,
                                 env={"PATH": f"{self.path}:/usr/bin:/bin", "NODE_RANK": rank,
                                      "HEAD_ADDRESS": "head"})  # fmt: skip
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertTrue(ran.stdout.rstrip().endswith(words), ran.stdout)
        for env in ({}, {"HEAD_ADDRESS": "head"}, {"HEAD_ADDRESS": "head", "NODE_RANK": "2"}):
            ran = subprocess.run(["sh", str(script)], capture_output=True, env={"PATH": "/usr/bin:/bin", **env})
            self.assertNotEqual(ran.returncode, 0)
        (graph,) = self.documents(out / "dynamo.yaml")
        self.assertEqual(graph["spec"]["components"][1]["multinode"], {"nodeCount": 2})
        (group,) = self.documents(out / "llm-d.yaml")
        template = group["spec"]["leaderWorkerTemplate"]
        self.assertEqual((group["kind"], template["size"]), ("LeaderWorkerSet", 2))
        self.assertNotIn("metadata", template["workerTemplate"])

    def test_scripts_are_shell(self):
        out, text = self.written(*BASE[1:], "--rate", 12, "--prompt", "uniform(100,300)", "--output",
                                 "uniform(50,150)", *PROMISE, "--chips", 2)  # fmt: skip
        for name in ("launch.sh", "benchmark.sh"):
            checked = subprocess.run(["sh", "-n", str(out / name)], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked.stderr)
        script = (out / "benchmark.sh").read_text()
        for word in ("vllm bench serve", "aiperf profile", "guidellm benchmark", "# expected p99",
                     "--random-range-ratio 0.5", "prompt_tokens_min=100"):  # fmt: skip
            self.assertIn(word, script)
        self.assertIn("vllm bench serve", text)

    def test_a_command_line_is_read_back(self):
        told = self.answer("--chips", "1..4", *LOAD, *PROMISE)
        read = run("deploy", "--server", "hgx-h100", "--chips", "1..4", *LOAD, *PROMISE, "--json",
                   "--from-flags", told["launch"]["command"])  # fmt: skip
        self.assertEqual(read.returncode, 0, read.stderr)
        again = json.loads(read.stdout)
        self.assertEqual(again["best"][0]["deployment"], told["best"][0]["deployment"])
        self.assertEqual(again["best"][0]["tpot_ms"], told["best"][0]["tpot_ms"])

    def test_faults_are_told(self):
        for arguments, words in (
            (("--chips", "4..2", *LOAD, *PROMISE), ("--chips", "4..32")),
            (("--chips", "few", *LOAD, *PROMISE), ("--chips",)),
            (("--chips", "1e30", *LOAD, *PROMISE), ("--chips",)),
            (("--chips", "1..", *LOAD, *PROMISE), ("--chips",)),
            (("--chips", 4, *LOAD), ("--ttft-p99", "--tpot-p99")),
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags", "vllm serve m --fast"), ("--fast", "vLLM")),
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags", "vllm serve m --max-num-seq 9 -tp"),
             ("did you mean '--max-num-seqs'", "'--tensor-parallel-size' has no value")),
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags", "vllm serve m --max-model-len 799"),
             ("799 tokens", "800 of prompt and answer")),
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags",
              "vllm serve m --speculative-config '{\"num_speculative_tokens\": 3}'"),
             ("drafts 3 tokens", "--speculate 3:ACCEPTANCE", "3:0.7")),
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags", "make coffee"), ("make coffee",)),
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags", "vllm serve 'm"), ("does not end",)),
            (("--chips", 4, *PROMISE), ("--rate", "--trace")),
            (("--chips", 4, *LOAD, "--tpot-p99", "soon"), ("--tpot-p99",)),
            (("--chips", 4, *LOAD, *PROMISE, "--tensor", 3), ("--tensor", "heads")),
            (("--chips", 4, *LOAD, *PROMISE, "--server", "nowhere"), ("--server", "nowhere")),
        ):
            result = run(*BASE, *arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stdout, result.stderr))
            self.assertEqual(result.stdout, "")
            self.assertIn("hint: ", result.stderr)
            for word in words:
                self.assertIn(word, result.stderr)


if __name__ == "__main__":
    unittest.main()
