"""Every table that the program reads, right and wrong in every way; ranges of flags."""

import json
import unittest

from program import ProgramTest, run

RUNS = {"id": "a", "source": "own", "system": "H100-80GB SXM", "chips": "8", "model": "llama3-8b", "seq": "8192",
        "tp": "1", "micro_batch": "1", "global_batch": "64", "notes": "n", "metric": "step_s", "value": "12.5"}  # fmt: skip
SWEEP = {"id": "a", "system": "H100-80GB SXM", "chips": "8", "model": "llama3-8b", "seq": "8192", "tp": "1",
         "micro_batch": "1", "global_batch": "64", "tokens_per_s_per_gpu": "8000", "memory_gb": "41.5"}  # fmt: skip
KERNELS = {"id": "a", "chip": "H100-80GB SXM", "kernel": "gemm", "dtype": "bf16",
           "shape": "m=4096,n=4096,k=4096", "time_us": "250.5"}  # fmt: skip
SERVED = {"id": "a", "chip": "H100-SXM-80GB", "chips": "1", "tp": "1", "engine": "vLLM 0.11.0", "model": "Llama-3.1-8B",
          "isl": "256", "osl": "32", "load": "closed loop, concurrency=2", "metric": "tpot_ms", "value": "9.25"}  # fmt: skip
COLLECTIVES = {"id": "a", "system": "H100-80GB SXM", "chips": "8", "op": "all_reduce", "bytes": "1e9",
               "busbw_GBps": "350.5"}  # fmt: skip
FLOWS = {"source": "0", "destination": "1", "bytes": "1e9", "start_s": "0"}
CABLES = {"from": "0", "to": "1", "capacity_GBps": "50", "latency_s": "1e-6"}
TRAFFIC = {"source": "0", "destination": "1", "bytes": "1e9"}

# name, a good row, a column of numbers, how many such rows, and the command around the file
TABLES = (
    ("training", RUNS, "chips", 1, lambda t, here: ("validate", "training", t)),
    ("sweep", SWEEP, "memory_gb", 1, lambda t, here: ("validate", "sweep", t)),
    ("kernels", KERNELS, "time_us", 1, lambda t, here: ("validate", "kernels", t)),
    ("collectives", COLLECTIVES, "bytes", 1, lambda t, here: ("validate", "collectives", t)),
    ("own runs", RUNS, "value", 3, lambda t, here: ("calibrate", t, "--out", here / "out")),
    ("own kernels", KERNELS, "time_us", 12, lambda t, here: ("calibrate", t, "--out", here / "out")),
    ("serving", SERVED, "value", 1, lambda t, here: ("validate", "serving", t)),
    ("own served runs", SERVED, "value", 2, lambda t, here: ("calibrate", t, "--out", here / "out")),
    ("flows", FLOWS, "bytes", 1, lambda t, here: ("flows", t, "--fabric", "fat-tree")),
    ("cables", CABLES, "capacity_GBps", 1,
     lambda t, here: ("collective", "all_reduce", "--size", "1GiB", "--ranks", 2, "--fabric", t)),
    ("traffic", TRAFFIC, "bytes", 1,
     lambda t, here: ("collective", "all_to_all", "--size", "1GiB", "--ranks", 4, "--fabric", "fat-tree",
                      "--engine", "flow", "--traffic", t)),
)  # fmt: skip


def text_of(row, count=1):
    line = ",".join(f'"{cell}"' if "," in cell else cell for cell in row.values())
    return ",".join(row) + "\n" + (line + "\n") * count


class Tables(ProgramTest):
    def ends(self, command, code, words=()):
        for extra in ((), ("--json",)):
            result = run(*command, *extra)
            self.assertEqual(result.returncode, code, (command, result.stderr[-600:]))
            for word in words:
                self.assertIn(word, result.stderr, command)
            if code == 2:
                self.assertEqual(result.stdout, "", command)
                self.assertNotIn("bug", result.stderr)
            elif extra:
                json.loads(result.stdout)

    def table(self, content):
        path = self.path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def test_good_tables(self):
        for name, row, _, count, command in TABLES:
            text = text_of(row, count)
            crlf = text.replace("\n", "\r\n")
            head, *rows = text.splitlines()
            quoted = "\n".join([",".join(f'"{c}"' for c in head.split(",")), *rows, ""])
            for form in (text, crlf, "\ufeff" + text, text.rstrip("\n"), quoted, text + "\n\n"):
                with self.subTest(table=name, form=form[:20]):
                    self.ends(command(self.table(form), self.path), 0)

    def test_faulty_tables(self):
        for name, row, number, count, command in TABLES:
            text = text_of(row, count)
            head, first = text.splitlines()[:2]
            last = list(row)[-1]

            def cell(value, column=number, row=row, count=count):
                return text_of({**row, column: value}, count)

            cases = {
                "wrong column": (text_of({**row, "colour": "red"}, count), ["unknown column 'colour'", "columns of this"]),
                "misspelt column": (text.replace(last, last + "x", 1), [f"lacks column '{last}'", last + "x"]
                                    if name not in ("own kernels", "kernels", "collectives") else [last + "x"]),
                "wrong type": (cell("many"), ["table.csv:2:", f"'many' in {number} is no number"]),
                "huge": (cell("1e300"), ["out of range"]),
                "overflowing": (cell("1e999"), ["is no number"]),
                "whole but huge": (cell("9223372036854775807"), ["out of range"])
                if number == "chips" else (cell("-9223372036854775807"), ["out of range"]),
                "tiny": (cell("1e-320"), ["table.csv:2:"]),
                "negative": (cell("-1"), ["out of range"]),
                "NaN": (cell("nan"), ["is no number"]),
                "infinite": (cell("inf"), ["is no number"]),
                "not UTF-8": ((head + "\n").encode() + b"\xff" + first.encode() + b"\n", ["not UTF-8"]),
                "UTF-16": (text.encode("utf-16"), ["not UTF-8"]),
                "control character": (head + "\n\x1b[31m" + first + "\n", ["control character"]),
                "empty": ("", ["the table is empty"]),
                "header only": (head + "\n", ["no rows"]),
                "duplicated column": (f"{head},{last}\n{first},1\n", ["appears twice"]),
                "ragged row": (text + first + ",1\n", ["cells where the header has"]),
                "open quote": (text + '"open\n', ["not closed"]),
            }  # fmt: skip
            for case, (content, words) in cases.items():
                with self.subTest(table=name, case=case):
                    self.ends(command(self.table(content), self.path), 2, words)
                    self.assertFalse((self.path / "out").exists())

    def test_counts_have_the_limits_of_model_files(self):
        dimensions = {"layers": "32", "hidden": "4096", "heads": "32", "vocab": "32000", "pp": "2", "vp": "1"}
        good = {**RUNS, "model": "mine", **dimensions}
        self.ends(("validate", "training", self.table(text_of(good))), 0)
        for column, value in (("layers", "3e8"), ("layers", "1.5"), ("layers", "10001"), ("layers", "0"),
                              ("layers", "9223372036854775807"), ("hidden", "1e300"), ("pp", "1e9"), ("tp", "0"),
                              ("vp", "-1"), ("chips", "0"), ("global_batch", "1e18"), ("seq", "0.5")):  # fmt: skip
            with self.subTest(column=column, value=value):
                self.ends(("validate", "training", self.table(text_of({**good, column: value}))), 2, [f"in {column}"])

    def test_a_row_that_says_too_little_is_skipped_with_its_reason(self):
        for change, reason in (({"value": ""}, "no measured value"), ({"system": "Abacus"}, "unknown"),
                               ({"seq": ""}, "no sequence"), ({"global_batch": "", "micro_batch": ""}, "batch"),
                               ({"recompute": "99999999999999999999 layers/stage"}, "too large")):  # fmt: skip
            path = self.table(text_of({**RUNS, "recompute": "", **change}))
            result = run("validate", "training", path, "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(reason, json.loads(result.stdout)["rows"][0]["skipped"])

    def test_all_faults_are_told_at_once(self):
        bad = text_of({**RUNS, "chips": "0", "tp": "x", "colour": "red"})
        self.ends(("validate", "training", self.table(bad)), 2, ["'0' in chips", "'x' in tp", "colour"])

    def test_sizes_in_shapes_are_numbers(self):
        bad = text_of({**KERNELS, "shape": "m=4x,n=4096,k=1e300"})
        self.ends(("validate", "kernels", self.table(bad)), 2, ["'m=4x'", "'k=1e300'"])
        odd = text_of({**KERNELS, "shape": "m=4096,n=4096,k=4096,colour=red"})
        result = run("validate", "kernels", self.table(odd), "--json")
        self.assertIn("'colour' of the shape is not read", json.loads(result.stdout)["rows"][0]["defaults"])


class Flags(ProgramTest):
    def test_numbers_have_ranges(self):
        plan = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 8)
        replay = ("replay", "nowhere", "--fabric", "fat-tree")
        check = ("rules", "check", "--chip", "h20")
        collective = ("collective", "all_reduce", "--ranks", 8, "--fabric", "fat-tree")
        for command in (
            (*plan, "--top", -1), (*plan, "--top", 0), (*plan, "--top", "1.5"), (*plan, "--global-batch", "nan"),
            (*plan, "--sequence", -5), (*replay, "--work-scale", "nan"), (*replay, "--work-scale", "inf"),
            (*replay, "--links", -1), (*check, "--quantity", "nan"), (*check, "--hall", "nan"),
            (*check, "--tpp", "nan"), (*check, "--area", "inf"), (*check, "--date", "2026-13-45"),
            (*check, "--known", "2026-02-30"), ("rules", "timeline", "--chip", "h20", "--since", "2026-13-45"),
            ("rules", "diff", "2026-13-45", "2026-02-01"), (*collective, "--size", "1e308 GB"),
            (*collective, "--size", "1e-320 B"), (*collective, "--size", "nan"), (*collective, "--size", "inf GB"),
        ):  # fmt: skip
            with self.subTest(command=command):
                result = run(*command)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertNotIn("bug", result.stderr)
                self.assertNotIn("nowhere", result.stderr)

    def test_when_something_was_measured_is_a_date(self):
        table = self.path / "t.csv"
        table.write_text(text_of(RUNS, 3))
        for dated, code in (("2026-13-45", 2), ("yesterday", 2), ("2026-02-30", 2), ("2026", 0), ("2026-02", 0),
                            ("2026-02-03", 0)):  # fmt: skip
            result = run("calibrate", table, "--out", self.path / "out", "--dated", dated)
            self.assertEqual(result.returncode, code, (dated, result.stderr))


class Calibrated(ProgramTest):
    def test_a_framework_reads_back_as_it_was(self):
        """megatron-deepspeed has no sequence parallelism, unlike a fresh framework."""
        table = self.path / "t.csv"
        table.write_text(text_of(RUNS, 3))
        out = self.path / "mine"
        result = run("calibrate", table, "--framework", "megatron-deepspeed", "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        shown = [json.loads(run("show", "framework", "megatron-deepspeed", "--json", *extra).stdout)
                 for extra in ((), ("--catalog", out))]  # fmt: skip
        self.assertFalse(shown[1]["sequence_parallel"])
        for key, value in shown[0].items():
            if key.startswith("factors."):
                continue
            same = shown[1][key]["value"] == value["value"] if isinstance(value, dict) else shown[1][key] == value
            self.assertTrue(same, key)


class Words(ProgramTest):
    def part(self, kind, name, text):
        (self.path / kind).mkdir(exist_ok=True)
        (self.path / kind / (name + ".toml")).write_text(text)
        result = run("check", self.path)
        self.assertEqual(result.returncode, 2, result.stdout)
        return result.stderr

    def test_words_of_a_chip_are_checked(self):
        good = {"name": "A", "vendor": "A", "designed_in": "US", "generation": "hopper", "market": "global",
                "launch": "2026-02", "status": "shipping"}  # fmt: skip
        for key, value, words in (
            ("market", "clowd", "global, china, cloud"), ("status", "sold", "shipping, announced, never-shipped"),
            ("generation", "hoper", "did you mean 'hopper'"), ("generation", "zzz", "there are"),
            ("launch", "soon", "2024-Q2"), ("launch", "2026-13", "2024-Q2"), ("designed_in", "USA", "two capital"),
        ):  # fmt: skip
            text = "".join(f'{k} = "{v}"\n' for k, v in {**good, key: value}.items())
            said = self.part("chips", "a", text + "marketed_for_data_centre = true\nhost.link = 'pcie-5-x16'\n")
            self.assertIn(words, said, (key, value))
            self.assertIn(value, said)

    def test_kind_of_memory_and_of_link(self):
        self.assertIn("HBM3e", self.part("chips", "a", 'memory.kind = "HBM9"\n'))
        self.assertIn("chip-to-chip", self.part("links", "a", 'kind = "scale-sideways"\n'))

    def test_figures_have_physical_limits(self):
        text = 'name = "a"\nkind = "host"\nper_direction = {{ is = "{}", from = "d" }}\n' + \
               '[sources.d]\ntitle = "t"\npublisher = "p"\ngrade = "vendor"\n'  # fmt: skip
        for value in ("1e308 GB/s", "1e-320 GB/s", "1e30 B/s"):
            self.assertIn("what a bandwidth can be", self.part("links", "a", text.format(value)))


if __name__ == "__main__":
    unittest.main()
