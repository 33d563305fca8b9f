#!/usr/bin/env python3
"""A file includes only from lower floors or from its own room (floors.txt); each room has a first page
that names files there are; and no name of a type has two meanings."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def read_floors():
    floors = {}
    for line in (ROOT / "floors.txt").read_text().splitlines():
        words = line.split()
        if words and words[0].isdigit():
            floors.update({room: int(words[0]) for room in words[1:]})
    return floors


def unlisted(floors):
    for folder in sorted((ROOT / "millwright").iterdir()):
        if folder.is_dir() and folder.name not in floors:
            yield f"millwright/{folder.name}: floors.txt does not list this room"


def faults_of(path, room, floors):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if re.match(r'\s*#\s*include\s*"(?!millwright/|apps/|tests/|chakra\.pb\.h)', line):
            yield f"{path.relative_to(ROOT)}:{number}: an include begins with its room, millwright/ROOM/"
        found = re.match(r'\s*#\s*include\s*["<](?:millwright/|(apps)/)([a-z_]+)/', line)
        if not found or found.group(2) == room:
            continue
        other = found.group(1) or found.group(2)
        if other not in floors or floors[other] >= floors[room]:
            yield f"{path.relative_to(ROOT)}:{number}: {room} may not include {other}"


def type_names(path):
    """Names of types that begin a line, and so are seen by the whole file or house."""
    for line in path.read_text().splitlines():
        found = re.match(r"(?:struct|class|enum(?: class)?) (\w+)(?: final)?(?: :[^{;]*)? \{", line)
        if found:
            yield found.group(1)


def name_faults(paths):
    """Rooms share one namespace: a type has one meaning, and none of a source hides one of a header."""
    headers = {}
    for path in paths:
        for name in type_names(path) if path.suffix == ".h" else ():
            if headers.setdefault(name, path) != path:
                yield f"{path.relative_to(ROOT)}: {headers[name].relative_to(ROOT)} has a type {name} too"
    for path in paths:
        for name in type_names(path) if path.suffix == ".cpp" else ():
            if name in headers and headers[name] != path.with_suffix(".h"):
                yield f"{path.relative_to(ROOT)}: hides {name} of {headers[name].relative_to(ROOT)}"


def page_faults(room):
    folder = ROOT / "millwright" / room
    page = folder / "README.md"
    if not page.exists():
        yield f"{page.relative_to(ROOT)}: a room has a page that says what may be touched there"
        return
    for name in re.findall(r"`([a-z_/0-9]+\.(?:h|cpp|js))`", page.read_text()):
        if not (folder / name).exists() and not (ROOT / "millwright" / name).exists():
            yield f"{page.relative_to(ROOT)}: there is no {name}"


def main():
    floors = read_floors()
    rooms = {path: room for room in floors for path in sorted((ROOT / "millwright" / room).rglob("*"))
             if path.suffix in (".h", ".cpp")}  # fmt: skip
    faults = list(unlisted(floors)) + [fault for room in floors for fault in page_faults(room)] + [
        fault for path, room in rooms.items() for fault in faults_of(path, room, floors)]  # fmt: skip
    faults += name_faults(list(rooms))
    print("\n".join(faults) if faults else f"floors: {len(floors)} rooms keep the order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
