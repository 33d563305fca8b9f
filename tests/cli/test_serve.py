"""`millwright serve` from the command line: keys, faults, loads, files."""

import csv
import json
import unittest

from program import ProgramTest, run

BASE = ("serve", "--model", "llama-3.2-1b", "--server", "hgx-h100")
SHORT = ("--prompt", 256, "--output", 32, "--requests", 200)
KEYS = {"requests", "completed", "dropped", "seconds", "input_tokens", "output_tokens",
        "output_tokens_per_s", "output_tokens_per_s_per_chip", "requests_per_s", "ttft_ms", "tpot_ms",
        "itl_ms", "latency_ms", "queue_ms", "goodput_requests_per_s", "energy_j", "kv_peak_share",
        "preemptions", "cache_hit_share", "usd_per_million_input_tokens", "usd_per_million_cached_tokens",
        "usd_per_million_output_tokens", "pools", "answer", "timeline", "curves"}  # fmt: skip
FILES = {"serve.json", "requests.csv", "report.html", "trace.json"}
TRACE = "arrival_s,prompt,output\n0,100,10\n0.5,200,20\n1.5,300,1\n"


class Serve(ProgramTest):
    def answer(self, *arguments, code=0):
        result = run(*BASE, *arguments, "--json")
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)

    def refused(self, *arguments, words, base=BASE):
        result = run(*base, *arguments)
        self.assertEqual(result.returncode, 2, (arguments, result.stdout, result.stderr))
        self.assertEqual(result.stdout, "")
        self.assertIn("hint: ", result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_all_keys_are_there(self):
        d = self.answer("--chips", 2, "--rate", 20, *SHORT)
        self.assertLessEqual(KEYS, set(d))
        self.assertEqual((d["requests"], d["completed"], d["dropped"]), (200, 200, 0))
        self.assertEqual((d["input_tokens"], d["output_tokens"]), (200 * 256, 200 * 32))
        for latency in ("ttft_ms", "tpot_ms", "itl_ms", "latency_ms", "queue_ms"):
            self.assertLessEqual({"mean", "p50", "p90", "p99"}, set(d[latency]))
        self.assertLessEqual(d["ttft_ms"]["p50"], d["ttft_ms"]["p99"])
        self.assertEqual(d["pools"][0]["replicas"], 2)

    def test_any_number_of_threads_gives_the_same_bits(self):
        for load in (("--rate", 30), ("--concurrency", 10), ("--rate", 30, "--arrivals", "gamma")):
            texts = {run(*BASE, "--chips", 8, *load, *SHORT, "--threads", n, "--json").stdout
                     for n in (1, 3)}  # fmt: skip
            self.assertEqual(len(texts), 1)

    def test_a_seed_moves_what_is_drawn(self):
        a, b, c = (self.answer("--chips", 1, "--rate", 20, *SHORT, "--seed", n) for n in (1, 2, 1))
        self.assertNotEqual(a["ttft_ms"], b["ttft_ms"])
        self.assertEqual(a, c)

    def test_faulty_options(self):
        load = ("--rate", 1)
        for arguments, words in (
            (("--chips", 1, *load, "--prompt", "long"), ("long", "lognormal(mean,cv)")),
            (("--chips", 1, *load, "--output", "uniform(9,1)"), ("--output", "out of order")),
            (("--chips", 1, *load, "--speculate", "3"), ("--speculate", "DEPTH:ACCEPTANCE")),
            (("--chips", 1, *load, "--speculate", "3:2"), ("--speculate",)),
            (("--chips", 1, *load, "--ttft", "soon"), ("--ttft",)),
            (("--chips", 1, *load, "--ttft", "2 kg", "--tpot", "-1 s"), ("--ttft", "--tpot")),
            (("--chips", 1, *load, "--router", "nearest"), ("--router", "round-robin")),
            (("--chips", 1, *load, "--router", "prefix", "--prefix-cache", "off"),
             ("--router", "prefix cache")),
            (("--chips", 1, *load, "--router-delay", "1s"), ("--router-delay", "--router prefix")),
            (("--chips", 1, *load, "--cache-tier", "attic:4GB"), ("--cache-tier", "attic")),
            (("--chips", 1, *load, "--cache-tier", "host:4GB", "--prefix-cache", "on"),
             ("--cache-tier", "begin alike")),
            (("--chips", 1, *load, "--transfer", "whole", "--redundant-experts", 4,
              "--two-batch-overlap", "on"),
             ("--transfer", "--redundant-experts", "--two-batch-overlap", "no experts")),
            (("--chips", 1, *load, "--replica-mtbf", "1ns", "--replica-repair", "0s"),
             ("--replica-mtbf", "1 ms", "--replica-repair")),
            (("--chips", 1, *load, "--cache-tier", "disk:4TB", "--prefix-cache", "on"),
             ("--cache-tier", "disk")),
            (("--chips", 1, *load, "--autoscale", "0:4"), ("--autoscale", "2:16")),
            (("--chips", 1, *load, "--autoscale", "2:4"), ("--autoscale", "2 replicas")),
            (("--chips", 2, *load, "--prefill", 1, "--decode", 1, "--autoscale", "1:4"),
             ("--autoscale",)),
            (("--chips", 1, *load, "--decode-server", "hgx-h20"), ("--decode-server", "--prefill")),
            (("--chips", 1, *load, "--cold-start", "9s", "--think", "1s", "--prefix-groups", 2),
             ("--cold-start",)),
            (("--chips", 1, *load, "--think", "1s", "--prefix-groups", 2),
             ("--think", "--prefix-groups")),
            (("--chips", 1, *load, "--prefix-cache", "maybe"), ("--prefix-cache", "on")),
            (("--chips", 1, *load, "--precision", "fp3"), ("--precision", "fp8")),
            (("--chips", 1, *load, "--kv-precision", "fp3"), ("--kv-precision", "fp8")),
            (("--chips", 1, *load, "--memory-share", 2), ("--memory-share",)),
            (("--chips", 1, *load, "--block-size", 0), ("--block-size",)),
            (("--chips", 0, *load), ("--chips",)),
            (("--chips", 1, "--rate", 0), ("--rate",)),
            (("--chips", 1, "--rate", "nan"), ("--rate",)),
            (("--chips", 1), ("--rate", "--trace FILE")),
            (("--chips", 1, *load, "--concurrency", 4), ("--concurrency", "two loads")),
            (("--chips", 1, "--concurrency", 4, "--arrivals", "poisson"), ("--arrivals",)),
            (("--chips", 4, *load, "--prefill", 2), ("--decode", "give both")),
            (("--chips", 4, *load, "--prefill", 2, "--decode", 3), ("--chips", "5")),
            (("--chips", 4, *load, "--tensor", 3), ("--tensor", "32 heads")),
            (("--chips", 1, *load, "--tensor", 4), ("--chips", "take 4 chips")),
            (("--chips", 1, *load, "--replicas", 2), ("--chips", "take 2 chips")),
            (("--chips", 1, *load, "--expert", 2), ("--expert", "no experts")),
            (("--chips", 99, *load, "--pipeline", 17), ("--pipeline", "17 stages of 16 layers")),
            (("--chips", 1, "--trace", self.path / "none.csv"), ("none.csv",)),
        ):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, words=words)

    def test_unknown_names_come_at_once_with_what_is_near(self):
        self.refused("--model", "lama-3.1-8b", "--server", "hgx-h10", "--engine", "vllm-0.15", "--chips", 1,
                     "--rate", 1, base=("serve",),
                     words=("--server", "hgx-h100", "--engine", "vllm-0.1", "--model", "llama-3.1-8b"))  # fmt: skip

    def test_what_holds_no_request_says_so_first(self):
        arguments = ("serve", "--model", "llama-3.1-405b", "--server", "hgx-h100", "--chips", 4, "--rate", 1)
        result = run(*arguments)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("hold no request of llama-3.1-405b; the fewest that would are 8", result.stdout.replace("\n", " "))
        d = json.loads(run(*arguments, "--json", "--out", self.path / "o").stdout)
        self.assertLessEqual(KEYS, set(d))
        self.assertEqual((d["feasible"], d["fewest_chips"], d["ttft_ms"]), (False, 8, None))
        self.assertFalse((self.path / "o").exists())
        self.assertEqual(run("serve", "--model", "llama-3.1-405b", "--server", "hgx-h100", "--chips", 8,
                             "--rate", 1, "--requests", 5).returncode, 0)  # fmt: skip

    def test_beyond_the_knee_the_drift_is_told(self):
        many = (*SHORT[:4], "--requests", 2000)
        d = self.answer("--chips", 1, "--rate", 5000, *many)
        self.assertTrue(d["saturated"])
        self.assertGreater(d["drift"], 0)
        text = run(*BASE, "--chips", 1, "--rate", 5000, *many).stdout
        self.assertTrue(text.startswith("It cannot keep up with the load of 5000 requests/s"), text)
        self.assertFalse(self.answer("--chips", 1, "--rate", 5, *SHORT)["saturated"])

    def test_a_trace_is_replayed(self):
        path = self.path / "trace.csv"
        path.write_text(TRACE)
        d = self.answer("--chips", 1, "--trace", path)
        self.assertEqual((d["completed"], d["input_tokens"], d["output_tokens"]), (3, 600, 31))
        self.assertEqual(self.answer("--chips", 1, "--trace", path, "--requests", 2)["completed"], 2)
        self.refused("--chips", 1, "--trace", path, "--output", 3, words=("--output", "tells its own"))
        path.write_text(TRACE + "1.0,10,10\n")
        self.refused("--chips", 1, "--trace", path, words=("trace.csv:5",))

    def test_a_folder_of_clients_is_played(self):
        folder = self.path / "clients"
        folder.mkdir()
        (folder / "chunk-0-trace.csv").write_text("0,0,0,,0,0\n600,2,1,Gamma,1,0.5\n")
        lengths = {"input_tokens": "{100: 1.0}", "output_tokens": "{10: 1.0}"}
        (folder / "chunk-0-dataset.json").write_text(json.dumps({"0": lengths}))
        d = self.answer("--chips", 1, "--trace", folder, "--requests", 50)
        self.assertEqual((d["completed"], d["input_tokens"], d["output_tokens"]), (50, 5000, 500))
        (folder / "chunk-0-trace.csv").write_text("0,x,0,,0,0\n")
        self.refused("--chips", 1, "--trace", folder, words=("chunk-0-trace.csv:1:3",))

    def test_files_are_written(self):
        out = self.path / "o"
        result = run(*BASE, "--chips", 2, "--rate", 20, *SHORT, "--out", out, "--json")
        self.assertEqual((out / "serve.json").read_text(), result.stdout)
        rows = list(csv.DictReader((out / "requests.csv").read_text().splitlines()))
        self.assertEqual([int(row["index"]) for row in rows], list(range(200)))
        for row in rows:
            times = [float(row[k]) for k in ("arrival_s", "scheduled_s", "first_token_s", "end_s")]
            self.assertEqual(times, sorted(times))
        self.assertIn("report.html and trace.json (replica 1 of 2, the whole run)", result.stderr)
        self.assertTrue((out / "report.html").read_text().endswith("</html>\n"))
        self.assertEqual({p.name for p in out.iterdir()}, FILES)
        (self.path / "file").write_text("")
        self.refused("--chips", 2, "--rate", 20, "--out", self.path / "file", words=("file",))

    def test_a_folder_is_replaced_as_a_whole_or_left_alone(self):
        out = self.path / "o"
        arguments = ("--chips", 1, "--rate", 20, *SHORT, "--out", out)
        self.assertEqual(run(*BASE, *arguments).returncode, 0)
        before = {name: (out / name).read_bytes() for name in FILES}
        self.assertEqual(run(*BASE, *arguments, "--threads", 3).returncode, 0)
        self.assertEqual({name: (out / name).read_bytes() for name in FILES}, before)
        (out / "trace.json").unlink()
        (out / "trace.json").mkdir()  # one file cannot be put in place: none is
        self.refused(*arguments, "--seed", 2, words=("trace.json",))
        for name in FILES - {"trace.json"}:
            self.assertEqual((out / name).read_bytes(), before[name])
        (out / "trace.json").rmdir()
        self.assertEqual(run(*BASE, *arguments, "--seed", 2).returncode, 0)
        for name in FILES:
            self.assertNotEqual((out / name).read_bytes(), before[name])

    def test_the_timeline_has_the_form_of_trace_events(self):
        out = self.path / "o"
        run(*BASE, "--chips", 4, "--pipeline", 2, "--replicas", 2, "--rate", 20, *SHORT, "--out", out)
        needed = {"M": {"name", "args"}, "X": {"ts", "dur", "name", "args"}, "C": {"ts", "name", "args"},
                  "b": {"ts", "id", "cat", "name"}, "e": {"ts", "id", "cat", "name"}}
        last, ends, names, open_slices = 0, {}, set(), 0
        for event in json.loads((out / "trace.json").read_text())["traceEvents"]:
            kind = event["ph"]
            self.assertLessEqual(needed[kind] | {"pid", "tid"}, set(event), event)
            self.assertTrue(isinstance(event["pid"], int) and isinstance(event["tid"], int))
            if kind == "M":
                names.add(event["args"]["name"])
                continue
            self.assertGreaterEqual(event["ts"], last)
            last = event["ts"]
            if kind == "X":
                self.assertGreaterEqual(event["dur"], 0)
                self.assertGreaterEqual(event["ts"] + 1e-6, ends.get(event["tid"], 0))
                ends[event["tid"]] = event["ts"] + event["dur"]
            open_slices += {"b": 1, "e": -1}.get(kind, 0)
        self.assertEqual(open_slices, 0)
        self.assertEqual(names, {"replica 1 of 2, the whole run", "steps, lane 1", "steps, lane 2"})

    def test_curves_have_a_knee(self):
        arguments = ("--chips", 2, "--rate", 20, *SHORT, "--max-sequences", 32, "--curves")
        d = self.answer(*arguments)["curves"]
        rates = [p["rate"] for p in d["latency_against_rate"]]
        self.assertEqual(rates, sorted(rates))
        kept = [p["rate"] for p in d["latency_against_rate"] if not p["saturated"]]
        self.assertLessEqual(d["knee"], max(kept) + 1e-9)
        self.assertEqual(d["asked"], 20)
        text = run(*BASE, *arguments).stdout.replace("\n", " ")
        self.assertRegex(text, r"Waits do not grow up to [\d.]+ requests/s, the knee: the load asked for is \d+ % of it")
        texts = {run(*BASE, *arguments, "--threads", n, "--json").stdout for n in (1, 3)}
        self.assertEqual(len(texts), 1)
        self.assertIsNone(self.answer(*arguments[:-1])["curves"])

    def test_a_shared_beginning_is_found(self):
        arguments = ("--chips", 1, "--rate", 20, *SHORT, "--prefix-tokens", 128)
        on = self.answer(*arguments, "--prefix-cache", "on")
        off = self.answer(*arguments, "--prefix-cache", "off")
        self.assertGreater(on["cache_hit_share"], 0.4)
        self.assertEqual(off["cache_hit_share"], 0)
        self.assertIsNone(off["usd_per_million_cached_tokens"])
        self.assertLess(on["usd_per_million_cached_tokens"], on["usd_per_million_input_tokens"])

    def test_engines_and_their_limits(self):
        for engine in ("sglang-0.5", "tensorrt-llm-1.0", "generic"):
            d = self.answer("--chips", 1, "--rate", 20, *SHORT, "--engine", engine)
            self.assertEqual((d["engine"], d["completed"]), (engine, 200))
        few = self.answer("--chips", 1, "--concurrency", 64, *SHORT, "--max-sequences", 8)
        self.assertLessEqual(few["pools"][0]["running_mean"], 8.001)
        self.assertEqual(few["bound_by"], "the limit of 8 sequences")
        drafted = self.answer("--chips", 1, "--concurrency", 4, *SHORT, "--speculate", "3:0.9")
        plain = self.answer("--chips", 1, "--concurrency", 4, *SHORT)
        self.assertLess(drafted["tpot_ms"]["mean"], plain["tpot_ms"]["mean"])


if __name__ == "__main__":
    unittest.main()
