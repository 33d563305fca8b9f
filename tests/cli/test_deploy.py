"""`millwright deploy` from the command line: keys, faults, answers."""

import json
import unittest

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
        files = ["benchmark.sh", "deploy.json", "launch.sh", "options.yaml"]
        self.assertEqual(sorted(p.name for p in out.iterdir()), files)
        self.assertIn("trtllm-serve meta-llama/", (out / "launch.sh").read_text())
        json.loads((out / "deploy.json").read_text())
        again = run(*BASE, "--engine", "vllm-0.14", "--chips", 2, *LOAD, *PROMISE, "--out", out)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(sorted(p.name for p in out.iterdir()), files[:3])

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
            (("--chips", 4, *LOAD, *PROMISE, "--from-flags", "make coffee"), ("make coffee",)),
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
