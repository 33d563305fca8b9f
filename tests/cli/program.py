"""The program under test, and a folder for each test."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


# Sixty-four chips and a job that they do.
SMALL = """name = "small"
date = 2026-02-01
[site]
country = "US"
[buyer]
headquarters = "US"
[[factory]]
name = "H100"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = "8B"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 8192
global_batch = 128
"""

# A buyer's best factory through three months.
FRONTIER = """name = "f"
from = 2024-01-01
until = 2024-03-01
budget = "60 MUSD"
[[party]]
name = "a"
country = "CN"
[[job]]
name = "8B"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 8192
global_batch = 128
"""


def run(*arguments, cwd=None):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=cwd)


def commands():
    """Every command that the program itself has: ("plan",), ("rules", "check"), ..."""
    found = []
    for line in run("__complete", "").stdout.splitlines():
        name = line.split("\t")[0]
        _, _, below = run(name, "--help").stdout.partition("Subcommands:")
        names = re.findall(r"^  (\w+)  ", below.split("\n\n")[0], re.M)
        found += [(name, other) for other in names] or [(name,)]
    return found


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def scenario(self, text, name="scenario.toml"):
        path = self.path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path
