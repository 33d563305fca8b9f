#!/usr/bin/env python3
"""What the program says when it is asked wrongly: all at once, where, and what to do about it."""

import json
import re
import unittest

from program import FRONTIER, ROOT, SMALL, ProgramTest, run

PLAN = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--global-batch", "128")


class Messages(ProgramTest):
    def faults(self, *arguments):
        """Messages of the faults; each has a hint that says something."""
        result = run(*arguments, cwd=self.path)
        self.assertEqual(result.returncode, 2, (arguments, result.stdout, result.stderr))
        lines = result.stderr.splitlines()
        found = [i for i, line in enumerate(lines) if "error: " in line]
        self.assertTrue(found, result.stderr)
        for i in found:
            self.assertRegex("\n".join(lines[i + 1:i + 2]), r"^  hint: +\S", result.stderr)
        return result.stderr

    def test_counts_as_people_write_them(self):
        for text, chips in (("1k", 1000), ("1_024", 1024), ("1,024", 1024), ("0.5k", 500)):
            result = run(*PLAN, "--chips", text, "--json")
            self.assertEqual(result.returncode, 0, (text, result.stderr))
            self.assertIn(f"on {chips} chips", json.loads(result.stdout)["asked"])
        result = run("collective", "all_reduce", "--size", "1MiB", "--ranks", "64,1k", "--fabric",
                     "fat-tree", "--json")
        self.assertEqual([a["ranks"] for a in json.loads(result.stdout)], [64, 1000])
        for text in ("16q", "1.5", "", "nan", "k", "1e400", "-"):
            self.assertIn("is not a whole number", self.faults(*PLAN, "--chips", text))
        self.assertIn("not in range", self.faults(*PLAN, "--chips", "16G"))
        self.assertIn("more than can be counted", self.faults(*PLAN, "--chips", "9999999T"))
        self.assertIn("not negative", self.faults(*PLAN, "--chips", "64", "--top", "-1"))
        self.assertIn("is not a number", self.faults("replay", ".", "--fabric", "fat-tree",
                                                     "--work-scale", "nan"))

    def test_unknown_commands_and_options_name_the_nearest(self):
        self.assertIn("did you mean 'plan'", self.faults("paln"))
        self.assertIn("did you mean 'timeline'", self.faults("rules", "timelin"))
        self.assertIn("commands: books, compare, data-loop, deploy, goodput, jobs, plan, run", self.faults("fly"))
        for wrong, right in (("--gpus", "--chips"), ("--modle", "--model"), ("--batch", "--global-batch"),
                             ("--seq-len", "--sequence"), ("--dtype", "--precision")):
            said = self.faults("plan", wrong, "8")
            self.assertIn(f"unknown option '{wrong}' of millwright plan", said)
            self.assertIn(f"did you mean '{right}'", said)
            self.assertNotIn("needs", said)
        said = self.faults("plan", "--gpus", "8", "--modle=x", "--quux")
        self.assertEqual(said.count("unknown option"), 3)
        self.assertIn("options: --", self.faults("plan", "--zzzzzz"))
        self.assertIn("of millwright rules check", self.faults("rules", "check", "--chp", "h20"))

    def test_all_that_is_missing_at_once(self):
        said = self.faults("plan")
        for option in ("--model", "--server", "--chips"):
            self.assertIn(f"millwright plan needs {option}", said)
        self.assertIn("needs a command", self.faults("--json"))
        self.assertIn("needs a command", self.faults("rules"))
        self.assertIn("needs scenario", self.faults("run"))

    def test_values_of_a_set_are_told(self):
        for call, told in (((*PLAN, "--chips", "8", "--precision", "fp5"), "fp8-block"),
                           ((*PLAN, "--chips", "8", "--objective", "x"), "cost"),
                           (("validate", "x", "y"), "kernels"),
                           (("rules", "check", "--reading", "x"), "per-board"),
                           (("list", "x"), "servers"), (("show", "x", "y"), "servers")):
            self.assertIn(told, self.faults(*call), call)
        text = SMALL.replace('kind = "train"', 'kind = "trian"')
        said = self.faults("check", self.scenario(text + 'precision = "fp9"\n'))
        self.assertIn("choose one of train", said)
        self.assertIn("fp8-block", said)

    def test_misspelt_words_of_a_set_name_the_nearest(self):
        ring = ("--size", "1GiB", "--ranks", "8", "--fabric", "fat-tree")
        said = self.faults("collective", "all_redcue", *ring, "--engine", "flows", "--routing", "ecpm")
        for near in ("all_reduce", "flow", "ecmp"):
            self.assertIn(f"did you mean '{near}'", said)
        self.assertIn("op of millwright collective cannot be 'all_redcue'", said)
        said = self.faults("collective", "all_redcue", "--ranks", "8")
        for what in ("did you mean 'all_reduce'", "needs --size", "needs --fabric"):
            self.assertIn(what, said)
        self.assertIn("did you mean 'kernels'", self.faults("validate", "kernel", "t.csv"))

    def test_all_names_of_a_fabric_at_once(self):
        names = ("--server", "hgx-h10", "--fabric", "rail-fat-tre")
        told = ("no server 'hgx-h10'", "did you mean 'hgx-h100'", "no fabric 'rail-fat-tre'")
        said = self.faults("collective", "all_reduce", "--size", "1GiB", "--ranks", "8", *names)
        for words in told:
            self.assertIn(words, said)
        said = self.faults("replay", self.path / "none", *names, "--chip", "h10")
        for words in (*told, "no chip 'h10'", "none"):
            self.assertIn(words, said)

    def test_flows_have_no_measured_links_to_set_aside(self):
        said = self.faults("flows", "f.csv", "--fabric", "fat-tree", "--ideal")
        self.assertIn("unknown option '--ideal' of millwright flows", said)

    def test_topologies_are_shown(self):
        shown = run("show", "topology", "fat-tree")
        self.assertIn("fat-tree", shown.stdout)
        every = json.loads(run("list", "topologies", "--json").stdout)
        for topology in every:
            one = run("show", "topology", topology["id"], "--json")
            self.assertEqual(json.loads(one.stdout), topology)
        self.assertIn("did you mean 'fat-tree'", self.faults("show", "topology", "fat-tre"))
        self.assertIn("topologies", self.faults("show", "x", "y"))

    def test_syntax_and_look_ups_in_one_round(self):
        wrong = [('"hgx-h100"', '"hgx-h10"', "no server 'hgx-h10'"),
                 ('"rail-fat-tree"', '"rail"', "no fabric 'rail'"),
                 ('"llama-3.1-8b"', '"llama-9"', "no model 'llama-9'"),
                 ('country = "US"', 'country = "UK"', "'UK' is not a country code"),
                 ("chips = 64", "chips = -64", "'chips' is -64"),
                 ('"1T"', '"1 GB"', "wrong unit"),
                 ("sequence = 8192", "sequnce = 8192", "unknown key 'sequnce'"),
                 ("2026-02-01", "1926-02-01", "outside 2015")]
        text = SMALL
        for a, b, _ in wrong:
            text = text.replace(a, b)
        said = self.faults("run", self.scenario(text))
        for _, _, message in wrong:
            self.assertIn(message, said)
        places = [tuple(map(int, p)) for p in re.findall(r"scenario.toml:(\d+):(\d+): error", said)]
        self.assertEqual(places, sorted(places))

    def test_any_fault_is_told_whatever_other_there_is(self):
        """Pairs of faults: each is told beside the other, and neither makes a third of itself. Only
        what a job lacks hangs on its kind, and is not told where that is none."""
        alone = {}
        edits = [('server = "hgx-h100"', 'server = "x"'), ('server = "hgx-h100"\n', ""),
                 ('server = "hgx-h100"', "server = 3"), ("chips = 64", "chips = 0"),
                 ("chips = 64\n", ""), ('model = "llama-3.1-8b"', 'model = "x"'),
                 ('model = "llama-3.1-8b"\n', ""), ('kind = "train"', 'kind = "x"'),
                 ('tokens = "1T"\n', ""), ('country = "US"', 'country = "ZZ"'),
                 ('country = "US"\n', ""), ('headquarters = "US"', "headquarters = 1"),
                 ("date = 2026-02-01", 'date = "x"'), ("date = 2026-02-01\n", ""),
                 ('name = "small"\n', ""), ("global_batch = 128", "global_batch = 1.5"),
                 ('fabric = "rail-fat-tree"', 'fabric = "\\u001b"')]
        messages = lambda said: set(re.findall(r"error: (.*)", said))
        for a, b in edits:
            alone[a, b] = messages(self.faults("check", self.scenario(SMALL.replace(a, b))))
            self.assertEqual(len(alone[a, b]), 1, (a, b, alone[a, b]))
        for one in edits:
            for two in edits:
                if one[0].strip() in two[0] or two[0].strip() in one[0]:
                    continue
                text = SMALL.replace(*one).replace(*two)
                said = messages(self.faults("check", self.scenario(text)))
                both = alone[one] | alone[two]
                if any("'kind' cannot be" in m for m in both):
                    both = {m for m in both if "[[job]] lacks" not in m}
                self.assertEqual(said, both, (one, two))

    def test_a_frontier_in_one_round(self):
        text = FRONTIER.replace('"CN"', '"ZZ"').replace("llama-3.1-8b", "llama-9").replace(
            "until", "untl").replace('"60 MUSD"', '"60 lm"')
        said = self.faults("check", self.scenario(text))
        for message in ("'ZZ' is not a country code", "no model 'llama-9'", "unknown key 'untl'",
                        "lacks 'until'", "unknown unit 'lm'"):
            self.assertIn(message, said)

    def test_check_of_folders(self):
        empty = self.path / "empty"
        empty.mkdir()
        self.assertIn("holds no parts of a catalog", self.faults("check", empty))
        self.assertIn("holds no parts of a catalog", self.faults("--catalog", empty, "list", "chips"))
        (empty / "photos").mkdir()
        (empty / "photos/a.png").write_text("")
        self.assertIn("holds no parts of a catalog", self.faults("check", empty))
        (empty / "chip").mkdir()
        part = (ROOT / "data/chips/h100-sxm.toml").read_text()
        (empty / "chip/mine.toml").write_text(part)
        self.assertIn("did you mean 'chips'", self.faults("check", empty))
        (empty / "chip").rename(empty / "chips")
        self.assertIn("catalog folder: 1 chip\n", run("check", empty).stdout)
        (empty / "chips/mine.toml").write_text(part.replace("name =", "nmae ="))
        self.assertIn("unknown key 'nmae'", self.faults("check", empty))
        (empty / "chips/mine.toml").unlink()
        self.assertIn("holds no parts of a catalog", self.faults("check", empty))
        for name, text in (("chips/x\x1b.toml", part), ("chips/x.toml", 'name = "\\u0007"')):
            (empty / name).write_text(text)
            self.assertIn("control character", self.faults("check", empty))
            (empty / name).unlink()

    def test_check_of_a_trace(self):
        run(*PLAN, "--chips", "8", "--chakra", self.path / "trace")
        self.assertIn("Chakra trace of 8 ranks", run("check", self.path / "trace").stdout)

    def test_compare_gives_numbers_as_numbers(self):
        other = self.scenario(SMALL.replace("chips = 64", "chips = 128"), "b.toml")
        result = run("compare", self.scenario(SMALL), other, "--json")
        differences = json.loads(result.stdout)["differences"]
        numbers = [d for d in differences if d["term"] not in ("plan", "feasible", "chip", "wiring")]
        self.assertGreater(len(numbers), 5)
        for d in numbers:
            self.assertIsInstance(d["a"], (int, float), d)
            self.assertIsInstance(d["b"], (int, float), d)
            if d["a"] != 0:
                self.assertAlmostEqual(d["change"], d["b"] / d["a"] - 1, places=9)
            else:
                self.assertIsNone(d["change"])
        text = run("compare", self.scenario(SMALL), other).stdout
        self.assertIn("+100.0 %", text)

    def test_compare_tells_the_faults_of_both_files(self):
        broken = self.path / "broken.toml"
        broken.write_text("name = \n")
        unknown = self.scenario(SMALL.replace("hgx-h100", "hgx-h1oo"), "unknown.toml")
        for a, b in ((broken, unknown), (unknown, broken)):
            said = self.faults("compare", a, b)
            self.assertIn("not valid TOML", said)
            self.assertIn("no server 'hgx-h1oo'", said)

    def test_compare_names_the_nearest_factory(self):
        small = self.scenario(SMALL)
        said = self.faults("compare", small, "--factories", "H10", "X")
        self.assertIn("no factory 'H10' in the scenario", said)
        self.assertIn("did you mean 'H100'", said)
        self.assertIn("no factory 'X' in the scenario", said)
        self.assertIn("--factories X Y", self.faults("compare", small))
        self.assertIn("--factories", self.faults("compare", small, "--factories", "H100"))

    def test_no_fault_in_the_sources_lacks_a_hint(self):
        """A fault is written {{place}, message, hint}: none ends in an empty hint. The readers of
        tables, traces and configurations are checked by what they say."""
        elsewhere = {"millwright/trace/chakra.cpp", "millwright/catalog/hugging_face.cpp", "millwright/base/csv.cpp", "millwright/base/text.cpp",
                     "millwright/trace/flow_table.cpp", "millwright/rules/rulebook.cpp"}
        read = 0
        for path in [*(ROOT / "millwright").rglob("*.[ch]*"), *(ROOT / "apps/cli").glob("*.[ch]*")]:
            if str(path.relative_to(ROOT)) in elsewhere:
                continue
            for statement in path.read_text().split(";"):
                if re.search(r"[fF]ault|failure", statement):
                    read += 1
                    self.assertNotRegex(statement, r',\s*""\}', path)
        self.assertGreater(read, 300)


if __name__ == "__main__":
    unittest.main(verbosity=1)
