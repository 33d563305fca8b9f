#!/usr/bin/env python3
"""Names that are code, paths or commands to a terminal, in every face of the program."""

import csv
import hashlib
import base64
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
import unittest

from program import PROGRAM, ROOT, ProgramTest, run

SCENARIO = """name = {name}
date = 2026-02-01
[site]
country = "US"
[buyer]
headquarters = "US"
[[factory]]
name = {factory}
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[factory]]
name = "plain"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = {job}
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 8192
global_batch = 128
"""

MARKUP = ['<script>window.broken=1</script>', '<!--<script>', '</script><script>window.broken=1</script>',
          '<img src=x onerror="window.broken=1">', '"><svg onload=window.broken=1>', "'-window.broken-'",
          '&lt;b&gt;', '{a|rich}', '${x}', '`x`', '{b}: {c}', ']]>', '__proto__', 'constructor',
          '\\u003cscript\\u003e', '智能工厂', 'مصنع', '=HYPERLINK("x")', ',"', '%s%n']
PATHS = ["..", ".", "/", "//", "../x", "/etc/passwd", "a/b", "CON", "~", "-rf", "$(id)", "x" * 300,
         "智能", "工厂", "Small", "small", "small ", "a\\b"]
CONTROLS = ["\x1b[31mred", "\x07", "\x08", "\x7f", "\x85", "\x9b31m", "\u202egnp", "\u2066x", "\u200b",
            "\u2028", "\ufeff", "a\nb", "a\tb", "a\rb", "\x01"]


def quoted(text):
    """A basic string of TOML."""
    return '"' + "".join(
        f"\\U{ord(c):08x}" if ord(c) < 32 or c in '"\\' or ord(c) == 127 else c for c in text) + '"'


def shows_controls(text):
    return [c for c in text if c not in "\n\t" and
            (unicodedata.category(c) in ("Cc", "Zl", "Zp") or
             (unicodedata.category(c) == "Cf" and c not in "\u200c\u200d"))]


class Page(html.parser.HTMLParser):
    """What a browser would see: scripts, styles, the policy, elements outside."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.styles, self.tags, self.policy, self.inside = [], [], [], "", None
        self.data = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        attributes = dict(attrs)
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        self.inside = tag + attributes.get("type", "")
        if self.inside == "script":
            self.scripts.append("")
        if tag == "style":
            self.styles.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside == "style":
            self.styles[-1] += data
        elif self.inside == "scriptapplication/json":
            self.data += data


def source_of(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


class Hostile(ProgramTest):
    def run_named(self, name, factory="H100", job="8B", out=None):
        text = SCENARIO.format(name=quoted(name), factory=quoted(factory), job=quoted(job))
        arguments = ["--out", out] if out else []
        return run("run", self.scenario(text), *arguments, cwd=self.path)

    def check_page(self, text):
        page = Page(text)
        self.assertEqual([t for t, _ in page.tags if t not in
                          ("html", "head", "meta", "title", "style", "body", "header", "h1", "p",
                           "main", "script")], [])
        self.assertEqual(len(page.scripts), 2)
        for source in [source_of(s) for s in page.scripts + page.styles]:
            self.assertIn(source, page.policy)
        self.assertIn("default-src 'none'", page.policy)
        self.assertNotIn("unsafe", page.policy)
        self.assertNotIn("http:", page.policy)
        for _, attributes in page.tags:
            self.assertFalse([a for a in attributes if a.startswith("on") or a in ("src", "style")])
        self.assertNotRegex(page.data, "[<>&\u2028\u2029]")
        return json.loads(page.data)

    def test_markup_is_text_in_every_file(self):
        for n, name in enumerate(MARKUP):
            out = self.path / f"o{n}"
            result = self.run_named(name, factory=name, job=name, out=out)
            self.assertEqual(result.returncode, 0, result.stderr)
            study = json.loads((out / "study.json").read_text())
            self.assertEqual(study["name"], name)
            self.assertIn(name, [f["name"] for f in study["factories"]])
            self.assertEqual(study["factories"][0]["jobs"][0]["job"], name)
            embedded = self.check_page((out / "report.html").read_text())
            self.assertEqual(embedded, study)
            trace = json.loads((out / "trace.json").read_text())
            title = trace["traceEvents"][0]["args"]["name"]
            self.assertTrue(title.endswith(name), title)

    def test_names_say_something(self):
        for name in ("", " ", "   "):
            result = self.run_named(name)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("'name' is empty", result.stderr)
            self.assertFalse((self.path / "out").exists())

    def test_paths_make_folders_of_their_own_below_out(self):
        folders = {}
        (self.path / "study.json").write_text("precious")
        for name in PATHS + MARKUP:
            result = self.run_named(name)
            self.assertEqual(result.returncode, 0, result.stderr)
            folder = re.search(r" to (out/\S+)\n$", result.stderr).group(1)
            self.assertNotIn(folder, folders, (name, folders.get(folder)))
            folders[folder] = name
            self.assertEqual(json.loads((self.path / folder / "study.json").read_text())["name"], name)
        self.assertEqual(sorted(p.name for p in self.path.iterdir()),
                         ["out", "scenario.toml", "study.json"])
        self.assertEqual(len(list((self.path / "out").iterdir())), len(folders))
        self.assertEqual((self.path / "study.json").read_text(), "precious")
        self.assertEqual(len({f.lower() for f in folders}), len(folders))

    def test_the_study_of_another_name_is_not_overwritten_silently(self):
        folder = self.path / "out/small"
        folder.mkdir(parents=True)
        for there in ('{"name": "other"}', "not even JSON"):
            (folder / "study.json").write_text(there)
            result = self.run_named("small")
            self.assertEqual(result.returncode, 2)
            self.assertIn("results of another name", result.stderr)
            self.assertEqual((folder / "study.json").read_text(), there)
        self.assertIn("they are replaced", self.run_named("small", out=folder).stderr)
        again = self.run_named("small")
        self.assertEqual(again.returncode, 0)
        self.assertNotIn("replaced", again.stderr)

    def test_controls_in_names_are_faults_with_their_place(self):
        for control in CONTROLS:
            for place in ("name", "factory", "job"):
                names = {"name": "a", "factory": "b", "job": "c", place: "x" + control}
                result = self.run_named(**names)
                self.assertEqual(result.returncode, 2, (control, place))
                self.assertIn("control character U+", result.stderr)
                self.assertRegex(result.stderr, r"scenario.toml:\d+:\d+: error")
                self.assertEqual(shows_controls(result.stderr), [])
        self.assertFalse((self.path / "out").exists())

    def test_controls_never_reach_the_terminal(self):
        """From arguments, cells, keys, file names, JSON and traces."""
        bad = "x\x1b[31m\x07\x9b\u202e\x7f"
        mine = self.path / "mine/chips"
        mine.mkdir(parents=True)
        (mine / "x\x1b.toml").write_text("name = 1\n")
        config = self.path / "config.json"
        config.write_text(json.dumps({
            "model_type": bad, "_name_or_path": bad, "architectures": [bad], "hidden_size": 4096,
            "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000,
            "intermediate_size": 11008, "hidden_act": bad}))
        flows = self.path / "flows.csv"
        flows.write_text(f"source,destination,bytes,start_s\n{bad},1,5,0\n")
        cables = self.path / "cables.csv"
        cables.write_text(f"from,to,capacity_GBps,latency_s\n{bad},b,5,0\nb,{bad},5,0\n")
        good = self.path / "good.csv"
        good.write_text(f"source,destination,bytes,start_s\n{bad},b,5,0\n")
        rules = self.path / "rules.csv"
        rules.write_text(f"chip,destination,date,{bad}\n{bad},CN,2026-01-01,1\n")
        key = self.scenario(f'"{bad[0]}\\u001b\\u009b" = 1\n', "key.toml")
        folder = self.path / ("f" + bad)
        folder.mkdir()
        calls = [("list", bad), ("show", "chip", bad), (bad,), ("plan", "--" + bad),
                 ("plan", "--chips", bad), ("run", bad), ("run", key), ("check", folder),
                 ("check", "x" + bad), ("check", config), ("--catalog", mine.parent, "list", "chips"),
                 ("flows", flows, "--fabric", "fat-tree"), ("flows", good, "--fabric", cables),
                 ("flows", good, "--fabric", cables, "--json"), ("rules", "check", "--table", rules),
                 ("rules", "check", "--chip", bad, "--tpp", "1000", "--to", "CN"),
                 ("rules", "check", "--chip", bad, "--tpp", "1000", "--to", "CN", "--json"),
                 ("rules", "check", "--chip", "h20", "--to", bad), ("validate", "training", rules),
                 ("validate", bad, rules), ("calibrate", rules, "--out", folder),
                 ("compare", key, bad), ("replay", folder, "--fabric", "fat-tree"),
                 ("collective", "all_reduce", "--size", bad, "--ranks", "8", "--fabric", bad),
                 ("run", self.scenario(SCENARIO.format(name='"n"', factory='"f"', job='"j"')),
                  "--out", folder)]
        for call in calls:
            result = subprocess.run([PROGRAM, *map(str, call)], capture_output=True, cwd=self.path)
            self.assertIn(result.returncode, (0, 1, 2), (call, result.stderr))
            said = (result.stdout + result.stderr).decode()
            self.assertEqual(shows_controls(said), [], (call, said))

    def test_json_says_the_same_though_controls_are_escaped(self):
        bad = "x\x1b\x9b\u202e\x7f\U000e0041é智"
        result = run("rules", "check", "--chip", bad, "--tpp", "1000", "--to", "CN", "--json")
        self.assertEqual(json.loads(result.stdout)["chip"], bad)

    def test_arguments_that_are_not_utf8_are_faults(self):
        for call in ((b"run", b"\xff.toml"), (b"show", b"chip", b"\xed\xa0\x80"), (b"list", b"\xc0\xaf")):
            result = subprocess.run([PROGRAM.encode(), *call], capture_output=True)
            self.assertEqual(result.returncode, 2, call)
            self.assertIn(b"not UTF-8", result.stderr)
            result.stderr.decode()

    def test_cells_stay_cells(self):
        """A table with answers is a table again, whatever its cells hold."""
        names = ['a,b', 'a"b', '=1+1', '<b>', '智能']
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["chip", "destination", "date"])
        writer.writerows([[n, "CN", "2026-01-01"] for n in names])
        table = self.path / "t.csv"
        table.write_text(out.getvalue())
        result = run("rules", "check", "--table", table)
        if result.returncode == 0:
            self.assertEqual([row[0] for row in csv.reader(io.StringIO(result.stdout))][1:], names)
        else:
            self.assertEqual(result.returncode, 2)
            self.assertEqual(shows_controls(result.stderr), [])

    def test_pages_of_rules(self):
        bad = '<img src=x onerror="window.broken=1"></script><script>window.broken=1</script>'
        out = self.path / "o"
        result = run("rules", "timeline", "--chip", bad, "--tpp", "2368", "--area", "814", "--dram",
                     "4000", "--io", "900", "--data-centre", "yes", "--to", "CN", "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        data = self.check_page((out / "timeline.html").read_text())
        self.assertIn(bad, data["title"])

    def test_scripts_set_text_and_never_markup(self):
        for name in ("base.js", "page.js", "rules.js", "sweep.js"):
            text = (ROOT / "millwright" / "report" / name).read_text()
            self.assertNotRegex(text, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(")
            self.assertNotRegex(text, r"<(br|b|i|div|span|img)\b")
            self.assertNotRegex(text, r'setAttribute\("style"|\bstyle:\s*[`"]')
        self.assertIn("tooltip: safe(c.option.tooltip)", (ROOT / "millwright/report/base.js").read_text())

    @unittest.skipUnless(shutil.which("chromium"), "Chromium is not installed")
    def test_a_browser_runs_no_name_and_draws_the_page(self):
        """Every tooltip of every chart is shown; no name may set window.broken, nor may the policy
        stop the page's own code."""
        name = '<img src=x onerror="window.broken=1"><b>bold</b>'
        out = self.path / "o"
        self.run_named(name, factory=name, job=name, out=out)
        text = (out / "report.html").read_text()
        probe = (
            "window.addEventListener('securitypolicyviolation', (e) => { window.bad = [e.violatedDirective, e.sample, e.sourceFile, e.columnNumber].join(' '); });"
            "window.addEventListener('load', () => { const said = [];"
            "for (const box of document.querySelectorAll('.chart')) {"
            " const drawn = echarts.getInstanceByDom(box); const option = drawn.getOption();"
            " for (let s = 0; s < option.series.length; ++s) for (let i = 0; i < option.series[s].data.length; ++i)"
            " { drawn.dispatchAction({ type: 'showTip', seriesIndex: s, dataIndex: i });"
            "   for (const div of box.querySelectorAll('div')) said.push(div.textContent); } }"
            "setTimeout(() => { const p = document.createElement('pre'); p.id = 'probe';"
            " p.textContent = JSON.stringify({ broken: window.broken || 0, bad: window.bad || '',"
            "  charts: document.querySelectorAll('.chart svg').length, images: document.querySelectorAll('img, b').length,"
            "  told: said.some((t) => t.includes('<b>bold</b>')) }); document.body.append(p); }, 300); });")
        policy_end = text.index("; style-src")
        text = (text[:policy_end] + " " + source_of(probe) + text[policy_end:]).replace(
            "<body>", "<body><script>" + probe + "</script>", 1)
        page = self.path / "probe.html"
        page.write_text(text)
        with tempfile.TemporaryDirectory() as profile:
            result = subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                 "--virtual-time-budget=8000", "--user-data-dir=" + profile, page.as_uri()],
                capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": profile})
        found = re.search(r'<pre id="probe">(.*?)</pre>', result.stdout, re.S)
        self.assertTrue(found, result.stdout[-500:] + result.stderr[-500:])
        seen = json.loads(html.unescape(found.group(1)))
        self.assertEqual((seen["broken"], seen["bad"], seen["images"]), (0, "", 0), seen)
        self.assertGreaterEqual(seen["charts"], 6)
        self.assertTrue(seen["told"], seen)


if __name__ == "__main__":
    unittest.main(verbosity=1)
