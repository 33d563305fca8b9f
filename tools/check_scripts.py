#!/usr/bin/env python3
"""Scripts of all languages parse: shell, Python (warnings are faults) and JavaScript."""

import pathlib
import subprocess
import sys
import warnings

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tracked(*patterns):
    names = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split()
    return [name for name in names if (ROOT / name).exists()]


def refused_by(command, name):
    result = subprocess.run([*command, name], cwd=ROOT, capture_output=True, text=True)
    return [f"{name}: {result.stderr.strip()}"] if result.returncode else []


def python_faults(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile((ROOT / name).read_text(), name, "exec")
        except (SyntaxError, Warning) as fault:
            return [f"{name}: {fault}"]
    return []


def main():
    shell, python = ["dev", *tracked(".ci/*")], tracked("*.py")
    script = tracked("*.js", "*.mjs")
    faults = [f for name in shell for f in refused_by(["bash", "-n"], name)]
    faults += [f for name in python for f in python_faults(name)]
    faults += [f for name in script for f in refused_by(["node", "--check"], name)]
    count = len(shell) + len(python) + len(script)
    print("\n".join(faults) if faults else f"scripts: {count} parse")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
