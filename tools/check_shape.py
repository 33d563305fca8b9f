#!/usr/bin/env python3
"""Shape of the sources: lines to 100 columns, files to 400 lines, functions to 60 with 6 parameters.

Members defined in a class and lambdas are functions too. A law's verdict is read: `rc::check` as a
statement of its own fails no test.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_COLUMNS, MOST_FILE_LINES, MOST_FUNCTION_LINES, MOST_PARAMETERS = 100, 400, 60, 6
# comments, raw and plain texts, characters: what may hold braces that open nothing
OPAQUE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
                    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'|^[ \t]*#(?:\\\n|[^\n])*", re.S | re.M)
NO_FUNCTION = re.compile(r"^\s*(?:else\s+)?(?:if|for|while|switch|catch|do|else|try|return|co_return)\b"
                         r"|^\s*(?:inline\s+)?namespace\b|=\s*$|\b(?:struct|class|enum|union)\s+[\w:<>, ]+$")


UNREAD_LAW = re.compile(r"(?:^|[;{}])\s*rc::check\(")


def sources():
    names = subprocess.run(["git", "ls-files", "*.cpp", "*.h"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split()
    return [ROOT / name for name in names if (ROOT / name).exists()]


def bare(text):
    """The text without comments and literals; every line stays where it is."""
    return OPAQUE.sub(lambda m: "\n" * m.group().count("\n") if m.group().lstrip()[:1] in "/#R"
                      else '""' + "\n" * m.group().count("\n"), text)


def closing(text, at):
    """Where the bracket that opens at `at` is closed."""
    pairs, depth = {"(": ")", "[": "]", "{": "}"}, 0
    for i in range(at, len(text)):
        if text[i] in pairs:
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
    return len(text)


def parameters_of(heading):
    """How many parameters a function or a lambda has; None where this heads no function."""
    heading = re.sub(r"\b(?:requires|noexcept|decltype|alignas)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)", "", heading)
    heading = re.sub(r"operator\s*\(\s*\)", "operator", heading)
    found = heading.find("(")
    if found < 0 or NO_FUNCTION.search(heading):
        return None
    if not BEFORE_BODY.fullmatch(heading, closing(heading, found) + 1):
        return None
    depth, angle, count = 0, 0, 0
    inside = heading[found + 1 : closing(heading, found)]
    for i, c in enumerate(inside):
        depth += (c in "([{") - (c in ")]}")
        angle += (c == "<") - (c == ">" and inside[i - 1 : i] not in ("-", "="))
        count += c == "," and depth == 0 and angle <= 0
    return count + 1 if inside.strip() else 0


LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:<[^{}()]*>)?\s*(?:\(|$)")
# what may stand between parameters and body: qualifiers, a result type, initialisers of members
BEFORE_BODY = re.compile(r"\s*(?:const\b|noexcept\b|override\b|final\b|mutable\b|try\b|&+|requires\b[^;]*|->[^;]*|:[^;]*|\s)*")


def heading_before(text, at):
    """What stands before the brace at `at` since its statement or argument began; of a lambda, that alone."""
    depth, begin = 0, at
    while begin > 0 and not (depth == 0 and text[begin - 1] in "([{;"):
        begin -= 1
        depth += (text[begin] in ")]}") - (text[begin] in "([{")
    heading = text[begin:at]
    for found in reversed(list(LAMBDA.finditer(heading))):
        if not found.group().endswith("("):
            return "lambda()"
        end = closing(heading, found.end() - 1)
        if BEFORE_BODY.fullmatch(heading, end + 1):
            return "lambda" + heading[found.end() - 1 :]
    return heading[heading.rfind("}\n") + 1 :]


def function_faults(path, text):
    text = bare(text)
    for opens in (i for i, c in enumerate(text) if c == "{"):
        heading = heading_before(text, opens)
        parameters = parameters_of(heading)
        if parameters is None:
            continue
        line = text.count("\n", 0, opens) + 1
        length = text.count("\n", opens, closing(text, opens))
        if length > MOST_FUNCTION_LINES:
            yield f"{path}:{line}: a function of {length} lines"
        if parameters > MOST_PARAMETERS:
            yield f"{path}:{line}: a function of {parameters} parameters"


def law_faults(path, text):
    text = bare(text)
    for law in UNREAD_LAW.finditer(text):
        line = text.count("\n", 0, law.end()) + 1
        yield f"{path}:{line}: a law whose verdict nobody reads"


def faults_of(path):
    name = path.relative_to(ROOT)
    text = path.read_text()
    lines = text.splitlines()
    if len(lines) > MOST_FILE_LINES:
        yield f"{name}: {len(lines)} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_COLUMNS:
            yield f"{name}:{number}: {len(line)} columns"
    yield from law_faults(name, text)
    yield from function_faults(name, text)


def main():
    paths = sources()
    faults = [fault for path in paths for fault in faults_of(path)]
    print("\n".join(faults) if faults else f"shape: {len(paths)} sources are in shape")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
