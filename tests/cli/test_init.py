#!/usr/bin/env python3
"""Files to begin with: each is read as it stands, and each key that it leaves out can be put in."""

import json
import re
import tomllib
import unittest

from program import ROOT, ProgramTest, run

FOLDERS = {"chip": "chips", "link": "links", "switch": "switches", "server": "servers",
           "fabric": "fabrics", "model": "models", "site": "sites", "price": "prices"}  # fmt: skip


def kinds():
    return re.search(r"^  kind TEXT:\{(.*?)\}", run("init", "--help").stdout, re.M)[1].split(",")


def with_every_key(text):
    """The file with what is commented out put in: a comment has a blank behind its sign."""
    return re.sub(r"^#(?=[a-z\[])", "", text, flags=re.M)


def keys_of(page, title):
    """Keys of a section of a reference page."""
    body = re.search(rf"^#+ {re.escape(title)}\n((?:(?!#).*\n)*)", page, re.M)[1]
    return re.findall(r"^\| `([^`]+)` \|", body, re.M)


class Init(ProgramTest):
    def begin(self, *arguments):
        result = run("init", *arguments, cwd=self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def part(self, kind, *more):
        """Writes a part into a folder of the catalog; gives the folder back."""
        folder = self.path / f"{kind}-catalog"
        self.begin(kind, folder / FOLDERS[kind] / "mine.toml", *more)
        return folder

    def test_every_kind_is_tried_here(self):
        self.assertEqual(set(kinds()), {"scenario", *FOLDERS})

    def test_a_scenario_runs_as_it_stands(self):
        self.begin("scenario", "mine.toml")
        checked = run("check", "mine.toml", cwd=self.path)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        result = run("run", "mine.toml", cwd=self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("Lawful without a licence", result.stdout)

    def test_every_part_is_read_as_it_stands(self):
        for kind, plural in FOLDERS.items():
            with self.subTest(kind=kind):
                folder = self.part(kind)
                checked = run("check", folder)
                self.assertEqual(checked.returncode, 0, checked.stderr)
                shown = json.loads(run("show", kind, "mine", "--catalog", folder, "--json").stdout)
                self.assertTrue(shown["name"].startswith("My "), shown["name"])
                self.assertEqual(shown.get("aliases", []), [])

    def test_any_part_of_a_kind_may_be_the_start(self):
        for kind, plural in FOLDERS.items():
            for part in run("list", plural, "--ids").stdout.split()[::7]:
                with self.subTest(kind=kind, part=part):
                    folder = self.path / f"{kind}-{part}"
                    self.begin(kind, folder / plural / "mine.toml", "--like", part)
                    checked = run("check", folder)
                    self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_every_key_is_there_and_may_be_put_in(self):
        page = (ROOT / "docs/reference/keys.md").read_text()
        titles = {kind: [f"`{plural}/NAME.toml`"] for kind, plural in FOLDERS.items()}
        titles["scenario"] = ["`[site]`", "`[buyer]`", "`[[override]]`", "`[[factory]]`", "`[[job]]`",
                              "`[[job]]` of kind `train`", "`[[job]]` of kind `serve`", "`[assume]`",
                              "`[reliability]`", "`[books]`", "`[[phase]]`", "`[[sale]]`",
                              "`[[uncertain]]`", "`[[correlation]]`"]  # fmt: skip
        for kind in kinds():
            with self.subTest(kind=kind):
                text = self.begin(kind)
                whole = with_every_key(text)
                tomllib.loads(whole)
                told = set(re.findall(r"^([a-z][\w.]*) = ", whole, re.M))
                wanted = {key for title in titles[kind] for key in keys_of(page, title)}
                self.assertEqual(wanted - told, set())
                self.assertLessEqual(max(len(line) for line in text.splitlines() if line[:2] == "# "),
                                     100)

    def test_every_key_stands_under_its_meaning(self):
        for kind in kinds():
            keys = self.begin(kind).split("\n[sources.")[0].splitlines()
            for above, line in zip(keys, keys[1:]):
                if re.match(r"#?[a-z][\w.]* = ", line):
                    self.assertTrue(above.startswith("# "), (kind, line))

    def test_keys_that_are_needed_stand_live(self):
        for kind in kinds():
            lines = self.begin(kind).splitlines()
            absent = next((i for i, line in enumerate(lines) if line.startswith("#[")), len(lines))
            for at, line in enumerate(lines[:absent]):
                if line.startswith("# ") and line.endswith("; needed)"):
                    self.assertRegex(lines[at + 1], r"^[a-z]", kind)

    def test_a_commented_value_of_a_part_is_one_that_the_reader_takes(self):
        """Texts that name other parts apart: "..." is for the user."""
        for kind, plural in FOLDERS.items():
            folder = self.part(kind)
            path = folder / plural / "mine.toml"
            text = with_every_key(path.read_text())
            text = re.sub(r'^(?!title|publisher|note)[\w.]+ = "\.\.\."\n', "", text, flags=re.M)
            text = text.replace('dated = "..."', 'dated = "2026"')
            path.write_text(text)
            said = run("check", folder).stderr
            for wrong in ("unit", "needs", "outside", "cannot be", "unknown key", "not valid TOML"):
                self.assertNotIn(wrong, said, (kind, said))

    def test_a_file_that_is_there_stays(self):
        path = self.path / "mine.toml"
        for made in (lambda: path.write_text("mine"), path.mkdir, lambda: path.symlink_to("nowhere")):
            made()
            before = path.lstat()
            refused = run("init", "scenario", path)
            self.assertEqual(refused.returncode, 2)
            self.assertIn("is there already; nothing was written", refused.stderr)
            self.assertEqual(path.lstat(), before)
            self.assertEqual([p.name for p in self.path.iterdir()], ["mine.toml"])
            path.rmdir() if path.is_dir() else path.unlink()

    def test_names_of_files_that_are_none(self):
        for name in ("", ".", "a/..", "a/"):
            refused = run("init", "scenario", name, cwd=self.path)
            self.assertEqual(refused.returncode, 2, name)
            self.assertNotIn("this is a bug", refused.stderr)
            self.assertEqual(list(self.path.iterdir()), [])

    def test_unknown_kinds_and_parts_have_near_ones(self):
        for call, near in ((("scenrio",), "scenario"), (("chips",), "chip"),
                           (("chip", "--like", "h20o"), "h20"),
                           (("server", "--like", "hgx-h10"), "hgx-h100")):
            refused = run("init", *call)
            self.assertEqual((refused.returncode, refused.stdout), (2, ""), call)
            self.assertIn("did you mean", refused.stderr)
            self.assertIn(f"'{near}'", refused.stderr)
        refused = run("init", "scenario", "--like", "h20")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("a scenario is like no part", refused.stderr)

    def test_json_has_the_text(self):
        begun = json.loads(self.begin("chip", "--like", "H20", "--json"))
        self.assertEqual((begun["kind"], begun["like"]), ("chip", "h20"))
        self.assertEqual(begun["toml"], self.begin("chip", "--like", "h20"))
        self.assertIsNone(json.loads(self.begin("scenario", "--json"))["like"])

    def test_a_part_of_a_folder_may_be_the_start(self):
        folder = self.part("chip")
        text = self.begin("chip", "--like", "mine", "--catalog", folder)
        self.assertIn('name = "My My H100 SXM5"', text)


if __name__ == "__main__":
    unittest.main()
