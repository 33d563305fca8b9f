#!/usr/bin/env python3
"""Shape of the sources: lines to 100 columns, files to 400 lines, functions to 60."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_COLUMNS, MOST_FILE_LINES, MOST_FUNCTION_LINES = 100, 400, 60


def sources():
    names = subprocess.run(["git", "ls-files", "*.cpp", "*.h"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split()
    return [ROOT / name for name in names if (ROOT / name).exists()]


def function_faults(path, lines):
    """A body is what stands between a line ending in '{' at column 0 and its '}'."""
    start = None
    top = ""  # the last line at column 0
    for number, line in enumerate(lines, 1):
        opens = line.endswith("{") and line[:1] not in (" ", "}", "#", "/", "")
        scope = line.startswith(("namespace", "struct", "class", "enum", "extern", "template"))
        heading = top and not top.endswith(("{", "}", ";", ":"))  # goes on in the next lines
        if opens and not scope and "(" in line or (line.startswith(" ") and line.endswith(") {")
                                                   and start is None and heading):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start > MOST_FUNCTION_LINES:
                yield f"{path}:{start}: a function of {number - start} lines"
            start = None
        if line[:1] not in (" ", ""):
            top = line


def faults_of(path):
    name = path.relative_to(ROOT)
    lines = path.read_text().splitlines()
    if len(lines) > MOST_FILE_LINES:
        yield f"{name}: {len(lines)} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_COLUMNS:
            yield f"{name}:{number}: {len(line)} columns"
    yield from function_faults(name, lines)


def main():
    paths = sources()
    faults = [fault for path in paths for fault in faults_of(path)]
    print("\n".join(faults) if faults else f"shape: {len(paths)} sources are in shape")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
