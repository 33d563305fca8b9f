#!/usr/bin/env python3
"""The page of a study as a browser lays it out: nothing out of sight, nothing too small to see."""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from program import SMALL, ProgramTest, run
from test_hostile import source_of

JOB = SMALL[SMALL.index("[[job]]"):]
# From eight chips to sixteen thousand, one over the site's power, one with an open point.
MIXED = SMALL.replace('country = "US"', 'country = "CN"\npower_limit = "20 MW"').replace(
    'headquarters = "US"', 'headquarters = "CN"').replace(
    "[[job]]", "".join(f"""[[factory]]
name = "{name}"
server = "{server}"
chips = {chips}
fabric = "rail-fat-tree"
""" for name, server, chips in (("A supernode of a long name", "cloudmatrix-384", 384),
                                ("eight", "hgx-h20", 8), ("many", "hgx-h100", 16384))) + "[[job]]")
SERVE = """[[job]]
name = "answers of a 70B model"
kind = "serve"
model = "llama-3.1-70b"
"""
MIXED += JOB.replace("8B", "Llama-3.1-405B, long", 1) + SERVE

# What a reader would see: how far tables reach out of their boxes, how wide the drawn bars are.
PROBE = """window.addEventListener('load', () => {
  const wide = (e) => e.scrollWidth - e.clientWidth;
  const bars = [...document.querySelectorAll('.chart')].map((box) => {
    const drawn = echarts.getInstanceByDom(box), option = drawn.getOption();
    if (option.series[0].type !== 'bar' || option.series[0].stack) return null;
    const from = drawn.convertToPixel({ xAxisIndex: 0 }, option.xAxis[0].startValue ?? 0);
    return option.series.flatMap((s) => s.data.filter((v) => v !== null)
      .map((v) => drawn.convertToPixel({ xAxisIndex: 0 }, v) - from));
  });
  const p = document.createElement('pre'); p.id = 'probe';
  p.textContent = JSON.stringify({ page: wide(document.documentElement),
    tables: [...document.querySelectorAll('.scroll')].map(wide), bars: bars.filter((b) => b).flat(),
    charts: [...document.querySelectorAll('.chart')].map((c) => c.getBoundingClientRect().right),
    text: document.getElementById('main').textContent });
  document.body.append(p);
});"""


@unittest.skipUnless(shutil.which("chromium"), "Chromium is not installed")
class Layout(ProgramTest):
    def seen(self, text, width):
        """The page of a study, as the browser measures it."""
        return self.measured(("run", self.scenario(text)), width)

    def measured(self, arguments, width):
        """The page with the probe in it."""
        out = self.path / "o"
        result = run(*arguments, "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        page = next(out.glob("*.html")).read_text()
        end = page.index("; style-src")
        page = (page[:end] + " " + source_of(PROBE) + page[end:]).replace(
            "<body>", "<body><script>" + PROBE + "</script>", 1)
        (self.path / "probe.html").write_text(page)
        with tempfile.TemporaryDirectory() as profile:
            drawn = subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                 "--virtual-time-budget=8000", "--user-data-dir=" + profile,
                 f"--window-size={width},1200", (self.path / "probe.html").as_uri()],
                capture_output=True, text=True, timeout=50, env={**os.environ, "HOME": profile})
        found = re.search(r'<pre id="probe">(.*?)</pre>', drawn.stdout, re.S)
        self.assertTrue(found, drawn.stdout[-500:] + drawn.stderr[-500:])
        return json.loads(html.unescape(found.group(1)))

    def test_nothing_is_out_of_sight(self):
        for width in (1400, 400):
            with self.subTest(width=width):
                seen = self.seen(MIXED, width)
                self.assertEqual(seen["page"], 0)
                self.assertGreaterEqual(len(seen["tables"]), 3)
                self.assertEqual(set(seen["tables"]), {0})
                self.assertLessEqual(max(seen["charts"]), max(width, 500))  # a window's least
                self.assertGreater(min(seen["bars"]), 3)

    def test_a_deployment_is_seen_whole(self):
        served = ("serve", "--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", 2, "--rate", 20,
                  "--prompt", 256, "--output", 32, "--requests", 200, "--ttft", "1s", "--max-sequences", 32)
        for width in (1400, 400):
            seen = self.measured((*served, "--curves"), width)
            self.assertEqual((seen["page"], set(seen["tables"])), (0, {0}))
            self.assertEqual(len(seen["charts"]), 5)
            self.assertLessEqual(max(seen["charts"]), max(width, 500))
        for said in ("Waits do not grow up to", "Goodput", "Throughput against interactivity", "Latency against rate",
                     "asked load", "TTFT p99", "between tokens (ITL)", "Sequences running and waiting",
                     "Cache in use", "2 replicas of tensor 1 on 2 chips", "engine vllm-0.14, as none is named"):
            self.assertIn(said, seen["text"])
        for text in ("undefined", "NaN", "null"):
            self.assertNotIn(text, seen["text"])
        plain = self.measured(served, 1400)
        self.assertIn("--curves", plain["text"])
        self.assertEqual(len(plain["charts"]), 3)
        tenants = self.path / "tenants.toml"
        tenants.write_text("".join(f'[[tenant]]\nname = "{name}"\nshare = 1\nprompt = "90"\noutput = "9"\n'
                                   for name in ("<chat>", "reports")))  # fmt: skip
        shared = self.measured((*served[:9], "--requests", 90, "--tenants", tenants), 1400)["text"]
        for name in ("<chat>", "reports"):
            self.assertIn(name, shared)
        beyond = self.measured((*served[:8], 20000, *served[9:], "--curves"), 1400)["text"]
        self.assertIn("It cannot keep up", beyond)
        self.assertIn("20,000 requests/s were asked for", beyond)
        single = self.measured((*served[:12], 1, *served[13:], "--curves"), 1400)
        self.assertNotIn("Throughput against interactivity", single["text"])

    def test_a_job_that_fails_is_seen_whole(self):
        asked = ("goodput", "--chips", 16384, "--fleet", "llama-3", "--restart", "10 min", "--checkpoint-cost", "10 s",
                 "--replications", 20)  # fmt: skip
        for width in (1200, 500):
            seen = self.measured(asked, width)
            self.assertEqual((seen["page"], set(seen["tables"])), (0, {0}))
            self.assertEqual(len(seen["charts"]), 5)
            self.assertLessEqual(max(seen["charts"]), width)
        for said in ("A job on 16384 chips works", "in nine runs of ten", "Where the time goes", "productive",
                     "work done again", "WASTED_PROGRESS_FROM_DISRUPTION", "What is lost, by cause", "Work that counts",
                     "Useful share so far", "half of the runs", "half the failures", "corruption"):
            self.assertIn(said, seen["text"])
        for text in ("undefined", "NaN", "null", "Infinity"):
            self.assertNotIn(text, seen["text"])
        band = self.measured(("goodput", "--chips", 1024, "--fleet", "mature", "--restart", "10 min",
                              "--checkpoint-cost", "9 s", "--replications", 4), 500)  # fmt: skip
        self.assertEqual(band["page"], 0)
        self.assertIn("failures of 1,000 nodes a day", band["text"])
        never = self.measured(("goodput", "--chips", 8, "--rate-per-1000-nodes-day", 0, "--restart", "10 min",
                               "--checkpoint-cost", "0 s", "--days", 1), 500)  # fmt: skip
        self.assertIn("nothing fails", never["text"])
        self.assertEqual(len(never["charts"]), 3)

    def test_each_kind_of_job_has_its_sections(self):
        trained, served = "Where the step goes", "Where an output token's time goes"
        both = self.seen(MIXED, 1400)["text"]
        for said in (trained, served, "Days to train", "first token", "no engine serves more",
                     "Serving: what the site does in time"):
            self.assertIn(said, both)
        alone = self.seen(SMALL[:SMALL.index("[[job]]")] + SERVE, 1400)
        self.assertIn(served, alone["text"])
        self.assertNotIn("Days to train", alone["text"])
        self.assertEqual(alone["page"], 0)
        self.assertGreater(min(alone["bars"]), 3)
        self.assertNotIn(served, self.seen(SMALL, 1400)["text"])

    def test_scales_and_marks_are_said(self):
        text = self.seen(MIXED, 1400)["text"]
        for said in ("shares of each whole", "MW of 20 MW", "! more power than the site has", "would change it",
                     "* not measured"):
            self.assertIn(said, text)
        self.assertRegex(text, r"(NLR|LIC_\w+)\?")
        self.assertRegex(text, r"\*A supernode of a long name")
        self.assertNotRegex(text, r"\*(eight|many)")


if __name__ == "__main__":
    unittest.main(verbosity=1)
