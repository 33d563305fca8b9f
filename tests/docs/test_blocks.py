#!/usr/bin/env python3
"""Every block of the pages as a reader meets it: files are saved and read, commands are run.

A page's blocks run in order in one scratch folder, which also holds what a reader would own
(`files/`, by the names that the pages use) and the folders of the repository that pages name.
A fenced block is known by its first words or its info string (kind_of). Indented lines are commands
where they begin like one; what is neither stands in NOT_COMMANDS, and a block of no known kind
fails. C++ that names a file of the tree is an excerpt of it (missing_from). Where a command is
shown behind "$ ", its output begins with the lines shown below it. Commands within a line of text
run too, unless they have placeholders in capitals: then the command that they begin with must
exist.
"""

import functools
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest

import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from program import PROGRAM, ROOT  # noqa: E402

FILES = pathlib.Path(__file__).resolve().parent / "files"
PAGES = ["README.md", "CONTRIBUTING.md", "DESIGN.md", "bench/README.md", "examples/README.md",
         *sorted(str(p.relative_to(ROOT))
                 for folder in ("docs", "millwright") for p in (ROOT / folder).rglob("*.md"))]  # fmt: skip
COMMAND = re.compile(r"^(\./dev|millwright|build/release/millwright)( |$)")
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z_.]{2,}\b|\[|\.\.\.|…")
KINDS = tuple(subprocess.run([PROGRAM, "__complete", "show", ""], capture_output=True,
                             text=True).stdout.split())  # fmt: skip
FABRIC_KINDS = re.findall(r'"([a-z-]+)"', re.search(
    r"struct EnumNames<FabricKind> {.*?};\n};", (ROOT / "millwright/fabric/shape.h").read_text(),
    re.S).group())  # fmt: skip

# commands that no test runs, and why
NOT_RUN = {
    "./dev setup": "it installs packages",
    "./dev format": "it rewrites sources",
    "./dev test": "it runs this test",
    "./dev check": "it runs this test, under three compilers",
    "./dev sanitize": "it runs this test, under sanitizers",
    "./dev sanitize units": "CI runs it by itself",
    "./dev accept": "it rewrites the pages; the test `examples` compares them",
    "./dev bench": "minutes of benchmarks",
    "./dev bench --benchmark_filter=search": "minutes of benchmarks",
    "./dev build": "it made the program under test",
    "./dev fuzz": "minutes of fuzzing; corpora are replayed by tests of their own",
    "./dev lint": "CI runs it by itself",
    "./dev tidy": "CI runs it by itself",
}
# blocks that are no commands, by page and first line, and why
NOT_COMMANDS = {
    ("CONTRIBUTING.md", "What may be pinned of a plan is one table over the plan's own fields"):
        "a commit's message",
    ("DESIGN.md", "   apps/cli     arguments in, text or JSON out; exit codes      (python, web, sweeps: "
                  "thin faces beside it)"): "the floors, declared in floors.txt",
    ("docs/model.md", "share   = peak_share / (1 + (tile_traffic (1/bm + 1/bn))^2)     "
                      "small tiles load more bytes a FLOP"): "formulas",
    ("docs/model.md", "step = M max(t) + bubble + exposed pipeline messages + exposed data "
                      "communication + optimizer"): "a formula",
    ("docs/model.md", "pair    = (products^1.5 + (P / exponentials)^1.5)^(1/1.5)    "
                      "products = 2 (dk + dv) P / (rate share)"): "formulas",
    ("docs/model.md", "wait  = states.wait growth^log2(D) (n M + (p - 2) / 2)          "
                      "n: neighbours of a stage, 2; 1 of two stages"): "formulas",
    ("docs/model.md", "reads    = bytes / (bandwidth memory_share) + min(0.45 bytes / bandwidth, "
                      "ramp)"): "formulas",
}  # fmt: skip


class Block:
    def __init__(self, page, line, info, text, generated):
        self.page, self.line, self.info, self.text = page, line, info.split(), text
        self.generated = generated  # between marks of tools/accept.py, which compares it

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def blocks_of(page, text):
    """Fenced and indented blocks, in order; an indented block has the info None."""
    lines = text.split("\n")
    at, generated = 0, False
    while at < len(lines):
        line = lines[at]
        generated = (generated or ":begin -->" in line) and ":end -->" not in line
        end = at + 1
        if line.startswith("```"):
            while not lines[end].startswith("```"):
                end += 1
            yield Block(page, at + 1, line[3:], "\n".join(lines[at + 1 : end]), generated)
            end += 1
        elif line.startswith("    ") and not lines[at - 1].strip():
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            block = "\n".join(part[4:] for part in lines[at:end]).rstrip()
            yield Block(page, at + 1, "indented", block, generated)
        at = end


def inline_commands(text):
    """Commands in `code` outside fences."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    for code in re.findall(r"`([^`]+)`", outside):
        code = " ".join(code.split())
        if COMMAND.match(code):
            yield code


def kind_of(block):
    """What a block is: a kind of file, commands, or text that says why it is none."""
    first = block.text.lstrip("\n").split("\n")[0]
    if (block.page, first) in NOT_COMMANDS:
        return "text"
    language = block.info[0] if block.info else ""
    if language == "toml" and len(block.info) == 3 and block.info[1] == "from":
        return "excerpt"
    if language in ("toml", "json"):
        return language
    if language == "cpp" and len(block.info) > 1:
        return "excerpt"
    if language in ("cpp", "cmake") and block.generated:
        return "text"  # of examples/library, which the test `install` builds
    if language in ("", "sh", "console", "indented"):
        lines = [line for line in block.text.split("\n") if line.strip()]
        if lines and lines[0].startswith("$ "):
            return "session"
        if all(COMMAND.match(line) for line in joined(lines)):
            return "commands"
        if block.generated:
            return "text"
    return "unknown"


def joined(lines):
    """Lines with those that end in a backslash put together."""
    return "\n".join(lines).replace("\\\n", " ").split("\n")


def toml_kind(table):
    """Which command reads a file, by its keys."""
    if "factory" in table:
        return "scenario"
    if "party" in table and "job" in table:
        return "frontier"
    if table.get("kind") in FABRIC_KINDS:
        return "fabric"
    if "port" in table and "tier" in table:
        return "fabric"
    if "authority" in table:
        return "rules"
    if "asks" in table and "verdict" in table:
        return "authorities"
    if "rate" in table and "memory" in table:
        return "chips"
    if "chip" in table and "scale_up" in table:
        return "servers"
    if "overlap" in table and "kernels" in table:
        return "frameworks"
    if "tenant" in table:
        return "tenants"
    if "cause" in table or "checkpoint" in table:
        return "goodput"
    if "fleet" in table and "curation" in table:
        return "data-loop"
    if "claim" in table:
        return "claims"
    return "unknown"


def missing_from(source, excerpt):
    """The first run of lines of an excerpt that does not follow, line by line, what was found of it
    in the source. Runs are parted by lines `...` or `// ...`, which stand for any lines. None: the
    excerpt is one."""
    lines = [line.rstrip() for line in source.split("\n")]
    parts = itertools.groupby(excerpt.split("\n"), lambda line: line.strip() in ("...", "// ..."))
    runs = [[line.rstrip() for line in part] for gap, part in parts if not gap]
    if not any(line for run in runs for line in run):
        return "an excerpt of nothing"
    begin = 0
    for run in runs:
        found = (at for at in range(begin, len(lines) - len(run) + 1)
                 if lines[at : at + len(run)] == run)  # fmt: skip
        at = next(found, None)
        if at is None:
            return "\n".join(run)
        begin = at + len(run)
    return None


class Reader:
    """A scratch folder in which a page is followed."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder)
        self.results = {}  # of commands since a file was saved: in text and block they are one
        for name in ("examples", "tests", "data", "docs"):
            (self.path / name).symlink_to(ROOT / name)
        shutil.copytree(FILES, self.path, dirs_exist_ok=True)
        for place in ("bin", "build/release"):
            (self.path / place).mkdir(parents=True)
            (self.path / place / "millwright").symlink_to(pathlib.Path(PROGRAM).resolve())
        dev = self.path / "dev"  # `./dev run` alone runs what the script itself names
        story = re.search(r"set -- (run .*); fi", (ROOT / "dev").read_text()).group(1)
        dev.write_text('#!/bin/sh\n[ "$1" = run ] || exit 99\nshift\n'
                       f'[ $# = 0 ] && set -- {story}\nexec millwright "$@"\n')  # fmt: skip
        dev.chmod(0o755)

    def save(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.results.clear()

    def run(self, command):
        if command not in self.results:
            path = f"{self.path / 'bin'}:{os.environ['PATH']}"
            self.results[command] = subprocess.run(
                ["bash", "-c", f"set -euo pipefail\n{command}"], cwd=self.path,
                env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=600)  # fmt: skip
        return self.results[command]


class Pages(unittest.TestCase):
    def follow(self, page):
        text = (ROOT / page).read_text()
        with tempfile.TemporaryDirectory() as folder:
            reader = Reader(folder)
            for block in blocks_of(page, text):
                with self.subTest(place=block.place):
                    self.check_block(reader, block, text)
            for command in dict.fromkeys(inline_commands(text)):
                with self.subTest(page=page, command=command):
                    self.check_inline(reader, command)

    def check_block(self, reader, block, text):
        kind = kind_of(block)
        self.assertNotEqual(kind, "unknown", f"{block.place}: say what this block is "
                            f"(see {pathlib.Path(__file__).name}):\n{block.text}")  # fmt: skip
        if kind == "json":
            json.loads(block.text)
        elif kind == "toml":
            self.check_toml(reader, block, text)
        elif kind == "commands":
            for line in joined(block.text.split("\n")):
                if line.strip():
                    self.succeeds(reader, line)
        elif kind == "session":
            self.check_session(reader, block)
        elif kind == "excerpt":
            missing = missing_from((ROOT / block.info[-1]).read_text(), block.text)
            self.assertIsNone(missing, f"{block.place}: {block.info[-1]} does not have, in this "
                              f"order:\n{missing}")  # fmt: skip

    def check_toml(self, reader, block, text):
        """Saved under the name that the page gives: the info string or the text before it. Parts of
        the catalog, in any order in which each finds those that it names, make the folder `parts`."""
        kind = toml_kind(tomllib.loads(block.text))
        before = "\n".join(text.split("\n")[: block.line - 1])
        named = re.findall(r"`([\w./-]+\.toml)`", before.rstrip().split("\n\n")[-1])
        name = block.info[1] if len(block.info) > 1 else (named or [f"{kind}.toml"])[0]
        if kind in KINDS:
            name = f"parts/{kind}/{pathlib.Path(name).name}"
        reader.save(name, block.text + "\n")
        commands = {
            "scenario": (f"millwright check {name}", f"millwright run {name} --out out/checked"),
            "frontier": (f"millwright rules frontier {name} --out out/checked",),
            "goodput": (f"millwright goodput {name}",),
            "data-loop": (f"millwright data-loop {name}",),
            "claims": (f"millwright claims check {name}",),
            "tenants": (f"millwright serve --model llama-3.1-8b --server hgx-h100 --chips 1 "
                        f"--rate 4 --requests 50 --tenants {name}",),  # fmt: skip
            "fabric": (f"millwright collective all_reduce --size 1MB --ranks 4 --fabric {name}",),
        }
        chosen = ("millwright check parts",) if kind in KINDS else commands.get(kind)
        self.assertTrue(chosen, f"{block.place}: which command reads this file? Teach toml_kind")
        for command in chosen:
            self.succeeds(reader, command)

    def check_session(self, reader, block):
        for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            while command.endswith("\\"):
                more, _, shown = shown.partition("\n")
                command = command[:-1] + more
            printed = self.succeeds(reader, command)
            if not any(command.split("  #")[0].strip() == name for name in NOT_RUN):
                self.assertTrue(printed.startswith(shown.rstrip()),
                                f"{block.place}: shows\n{shown}\nprints\n{printed}")  # fmt: skip

    def check_inline(self, reader, command):
        """A command in a line of text; one with placeholders or without its arguments is a mention."""
        if command in ("./dev", "millwright", "build/release/millwright"):
            return
        if command.startswith("./dev ") and command.split()[1] != "run":
            usage = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True).stdout
            self.assertIn(f"\n  {command.split()[1]} ", usage)
        elif PLACEHOLDER.search(command):
            self.check_mention(reader, command)
        else:
            result = reader.run(command)
            asks = (" needs ", "nothing says how many chips")
            if result.returncode == 2 and any(words in result.stderr for words in asks):
                self.check_mention(reader, command)
            else:
                self.assertEqual(result.returncode, 0, f"{command}\n{result.stderr}")

    def check_mention(self, reader, command):
        """The command and the options that are named are there."""
        words = command.removeprefix("./dev run").split()
        names = words[1:3] if words[1:2] == ["rules"] else words[1:2]
        names = [name for name in names if re.fullmatch("[a-z]+", name)]
        told = self.succeeds(reader, " ".join(["millwright", *names, "--help"]))
        for option in re.findall(r"--[a-z-]+", command):
            self.assertIn(option, told, command)

    def succeeds(self, reader, command):
        if command.split("  #")[0].strip() in NOT_RUN:
            return ""
        result = reader.run(command)
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stderr[-3000:]}")
        return result.stdout


for page in PAGES:
    name = "test_" + re.sub(r"\W", "_", page)
    setattr(Pages, name, functools.partialmethod(Pages.follow, page))


class TheTestItself(unittest.TestCase):
    """What it would miss is told."""

    def test_a_block_of_no_kind_is_unknown(self):
        text = "A\n\n```\nsome --words\n```\n\n```yaml\na: 1\n```\n\n    x = 1\n"
        self.assertEqual([kind_of(b) for b in blocks_of("x.md", text)], ["unknown"] * 3)

    def test_kinds(self):
        text = "```\nmillwright list \\\n  chips\n```\n```\n$ ./dev run\nx\n```\n```toml\na = 1\n```\n"
        kinds = [kind_of(b) for b in blocks_of("x.md", text)]
        self.assertEqual(kinds, ["commands", "session", "toml"])

    def test_an_excerpt_is_of_its_source_in_order_and_says_where_lines_are_left_out(self):
        source = "int a() {\n    return 1;\n}\n\nint b() {\n    return 2;\n}\n"
        for good in ("int a() {\n    return 1;", "int a() {\n...\n}\n\n  // ...\n    return 2;\n}",
                     "// ...\n    return 2;\n// ..."):  # fmt: skip
            self.assertIsNone(missing_from(source, good), good)
        for bad, told in (("int a() {\n    return 2;", "int a() {\n    return 2;"),  # not together
                          ("int a() {\n}", "int a() {\n}"),  # no gap told
                          ("int b() {\n...\nint a() {", "int a() {"),  # not in this order
                          ("    return 2;\n...\n    return 2;", "    return 2;"),  # twice
                          ("return 1;", "return 1;"), ("// ...\n", "an excerpt of nothing")):
            self.assertEqual(missing_from(source, bad), told)
        kinds = [kind_of(block) for block in blocks_of("x.md", "```cpp a.h\nint a;\n```\n\n```cpp\nx\n```\n")]
        self.assertEqual(kinds, ["excerpt", "unknown"])

    def test_a_command_runs_again_after_a_file_is_saved(self):
        with tempfile.TemporaryDirectory() as folder:
            reader = Reader(folder)
            for text in ("one", "two"):
                reader.save("parts/x", text)
                self.assertEqual(reader.run("cat parts/x").stdout, text)

    def test_lists_name_what_is_there(self):
        found = {(page, block.text.lstrip("\n").split("\n")[0])
                 for page in PAGES for block in blocks_of(page, (ROOT / page).read_text())}  # fmt: skip
        self.assertLessEqual(set(NOT_COMMANDS), found)


if __name__ == "__main__":
    unittest.main(verbosity=1)
