#!/usr/bin/env python3
"""Each case must be refused by the compiler, and the control must be taken."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def compiles(compiler, case):
    command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{ROOT}", f"-DCASE={case}",
               str(HERE / "units.cpp")]
    return subprocess.run(command, capture_output=True, text=True).returncode == 0


def main():
    compiler = sys.argv[1]
    text = (HERE / "units.cpp").read_text()
    cases = text.count("CASE ==") - 1
    faults = [f"case {case} compiles" for case in range(1, cases + 1) if compiles(compiler, case)]
    if not compiles(compiler, 0):
        faults.append("the control does not compile")
    print("\n".join(faults) or f"{cases} mistakes refused")
    return 1 if faults or cases < 8 else 0


if __name__ == "__main__":
    sys.exit(main())
