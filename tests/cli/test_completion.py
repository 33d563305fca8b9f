#!/usr/bin/env python3
"""Completion as shells ask for it: real bash, fish and zsh where they are installed."""

import re
import shlex
import shutil
import subprocess
import unittest

from program import PROGRAM, ROOT, ProgramTest, commands, run


def asked(*words):
    """What the program itself says may come: (words, wants files, wants folders)."""
    lines = run("__complete", *words).stdout.splitlines()
    return ([line.split("\t")[0] for line in lines if not line.startswith(":")],
            ":files" in lines, ":folders" in lines)


class Completion(ProgramTest):
    def bash(self, *words, cwd=None):
        """COMPREPLY of real bash; words as readline cuts them, at "=" too."""
        cut = [p for w in words for p in re.split(r"(=)", w) if p or w == ""]
        if words[-1].endswith("="):
            cut.append("")
        script = (f"source <({shlex.quote(PROGRAM)} completion bash)\n"
                  f"COMP_WORDS=(millwright {' '.join(map(shlex.quote, cut))})\n"
                  f"COMP_CWORD={len(cut)}\n"
                  "_millwright millwright\n"
                  'printf "%s\\n" "${COMPREPLY[@]}"\n')
        result = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, cwd=cwd)
        self.assertEqual(result.stderr, "")
        return result.stdout.split()

    def test_bash_offers_commands(self):
        words = self.bash("")
        for command in ("run", "plan", "rules", "completion"):
            self.assertIn(command, words)
        self.assertNotIn("--model", words)
        self.assertEqual(self.bash("pl"), ["plan"])
        self.assertEqual(self.bash("rules", "tim"), ["timeline"])

    def test_bash_offers_a_commands_own_options_alone(self):
        plan = self.bash("plan", "--")
        self.assertIn("--model", plan)
        self.assertIn("--json", plan)  # of the program
        for other in ("--size", "--group-by", "--process", "--work-scale", "--version"):
            self.assertNotIn(other, plan)
        self.assertNotIn("--chips", self.bash("plan", "--chips", "8", "--"))
        self.assertIn("--tpp", self.bash("rules", "check", "--"))
        self.assertNotIn("--tpp", self.bash("rules", "diff", "--"))

    def test_bash_offers_values(self):
        self.assertIn("llama-3.1-8b", self.bash("plan", "--model", "lla"))
        self.assertTrue(all(w.startswith("hgx-h") for w in self.bash("plan", "--server", "hgx-h")))
        self.assertIn("hgx-h100", self.bash("plan", "--server", "hgx-h"))
        self.assertEqual(self.bash("plan", "--objective", ""), ["time", "cost"])
        self.assertEqual(self.bash("plan", "--fabric", "rail-f"), ["rail-fat-tree"])
        self.assertIn("fp8-block", self.bash("plan", "--precision", "fp8"))
        self.assertIn("megatron-core", self.bash("plan", "--framework", "mega"))
        self.assertIn("h20", self.bash("rules", "check", "--chip", "h2"))
        self.assertIn("R25-L", self.bash("rules", "explain", "R25"))
        self.assertEqual(self.bash("list", "serv"), ["servers"])
        self.assertEqual(self.bash("list", "topo"), ["topologies"])
        self.assertIn("h20", self.bash("show", "chip", "h2"))
        self.assertIn("deepseek-v3", self.bash("show", "models", "deep"))
        self.assertEqual(self.bash("validate", "kern"), ["kernels"])
        self.assertEqual(self.bash("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.bash("collective", "all_to"), ["all_to_all"])
        self.assertIn("fat-tree", self.bash("collective", "all_reduce", "--fabric", "fat"))
        self.assertEqual(self.bash("collective", "--engine", ""), ["closed", "flow"])

    def test_factories_of_the_scenarios_before(self):
        scenario = ROOT / "examples/yiwu-115k/scenario.toml"
        self.assertEqual(asked("compare", scenario, "--factories", "h2")[0], ["h200-hgx", "h20-hgx"])
        self.assertIn("gb200-nvl72", asked("compare", scenario, "--factories", "h20-hgx", "")[0])
        self.assertEqual(asked("compare", self.path / "none.toml", "--factories", "")[0], [])

    def test_bash_completes_after_equals_and_in_lists(self):
        self.assertEqual(self.bash("plan", "--objective=c"), ["cost"])
        self.assertEqual(self.bash("plan", "--objective="), ["time", "cost"])
        self.assertEqual(self.bash("validate", "training", "t.csv", "--group-by", "source,ch"),
                         ["source,chip"])

    def test_bash_offers_files_and_folders(self):
        (self.path / "scenario.toml").write_text("")
        (self.path / "folder").mkdir()
        self.assertEqual(sorted(self.bash("run", "", cwd=self.path)), ["folder", "scenario.toml"])
        self.assertEqual(self.bash("run", "scenario.toml", "--out", "", cwd=self.path), ["folder"])
        self.assertEqual(self.bash("run", "--out=f", cwd=self.path), ["folder"])
        self.assertIn("scenario.toml", self.bash("plan", "--model", "sc", cwd=self.path))
        self.assertEqual(self.bash("plan", "--chips", "", cwd=self.path), [])

    def test_values_of_a_catalog_of_ones_own(self):
        chips = self.path / "mine/chips"
        chips.mkdir(parents=True)
        part = (ROOT / "data/chips/h100-sxm.toml").read_text()
        (chips / "zz1.toml").write_text(part.replace("H100 SXM5", "ZZ1").replace('"H100", ', ""))
        self.assertEqual(asked("--catalog", chips.parent, "show", "chip", "zz")[0], ["zz1"])
        self.assertIn("h20", asked("--catalog", self.path / "none", "show", "chip", "h20")[0])

    def test_ids_alone(self):
        ids = run("list", "chips", "--ids").stdout.split()
        self.assertIn("h20", ids)
        self.assertIn("fat-tree", run("list", "topologies", "--ids").stdout.split())

    def test_every_option_of_every_command_is_offered(self):
        self.assertGreater(len(commands()), 15)
        for command in commands():
            text = run(*command, "--help").stdout
            options = set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M)) - {"--help"}
            offered = set(asked(*command, "--")[0])
            self.assertLessEqual(options, offered, command)

    def test_every_value_that_can_be_known_is_offered(self):
        """By the help: an option of the catalog, a file or a folder has values; a set has its own."""
        for command in commands():
            text = run(*command, "--help").stdout
            for name, kind, about in re.findall(r"^  (--[\w-]+) ([A-Z]\S*)[^\n]*?\s{2,}(.*)$", text, re.M):
                words, files, folders = asked(*command, name, "")
                if "{" in kind:
                    self.assertEqual(words, re.search(r"\{(.*?)\}", kind).group(1).split(","), name)
                elif re.search(r"of the catalog|\brules? to leave out", about):
                    self.assertGreater(len(words), 1, (command, name))
                elif about.startswith("folder"):
                    self.assertTrue(folders, (command, name))
                elif about.startswith("file"):
                    self.assertTrue(files, (command, name))
                elif kind.split(":")[0] in ("INT", "UINT", "FLOAT"):
                    self.assertEqual((words, files, folders), ([], False, False), (command, name))

    def test_nonsense_is_survived(self):
        for words in ((), ("",), ("--",), ("nope", ""), ("plan", "nope", ""), ("plan", "--nope", ""),
                      ("plan", "--nope="), ("rules", "nope", "--"), ("plan", "--json="), ("-",),
                      ("show", "nope", ""), ("plan", "--", "--")):
            result = run("__complete", *words)
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        script = run("completion", "zsh").stdout
        path = self.path / "_millwright"
        path.write_text(script)
        self.assertEqual(subprocess.run(["zsh", "-n", str(path)], capture_output=True, text=True).stderr, "")
        asks = ("compdef() { }; compset() { }; _files() { print -r -- FILES $1 }\n"
                "_describe() { local name=${@[-1]}; print -rl -- ${(P)name} }\n"
                f"source {shlex.quote(str(path))}\n"
                "words=(millwright {}); CURRENT=$#words; _millwright\n")
        for typed, said in (("plan --objective ''", "time"), ("plan --mo", "--model:model of the"),
                            ("run ''", "FILES"), ("run s --out ''", "FILES -/"), ("show chip h20", "h20:")):
            result = subprocess.run(["zsh", "-f", "-c", asks.replace("{}", typed)], capture_output=True,
                                    text=True)
            self.assertIn(said, result.stdout, (typed, result.stderr))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        path = self.path / "millwright.fish"
        path.write_text(run("completion", "fish").stdout)
        self.assertEqual(subprocess.run(["fish", "-n", str(path)], capture_output=True, text=True).stderr, "")
        for typed, said in (("pl", "plan"), ("plan --objective ", "cost"), ("plan --mo", "--model"),
                            ("plan --model=llama-3.1-8", "--model=llama-3.1-8b"), ("run exa", "examples/")):
            result = subprocess.run(
                ["fish", "--no-config", "-c", f"source {path}; complete -C 'millwright {typed}'"],
                capture_output=True, text=True, cwd=ROOT)
            self.assertIn(said, result.stdout, (typed, result.stderr))
            self.assertNotIn("--size", result.stdout)

    def test_scripts_name_the_commands(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("validate", run("completion", shell).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
