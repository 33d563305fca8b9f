"""Reference pages say what files and answers really have."""

import json
import re
import tomllib
import unittest

from program import ROOT, ProgramTest, run

NAMED_BY_USERS = {"with_ten_percent_more", "with_ten_percent_more_since"}  # keys are resources
SCENARIO = """name = "both kinds"
date = 2026-01-01
[site]
country = "CN"
[buyer]
headquarters = "US"
[[factory]]
name = "enough"
server = "hgx-h100"
chips = 2048
fabric = "rail-fat-tree"
[[factory]]
name = "too few"
server = "hgx-h100"
chips = 8
fabric = "rail-fat-tree"
[[job]]
name = "train"
kind = "train"
model = "deepseek-v3"
tokens = "1T"
sequence = 4096
global_batch = 512
[[job]]
name = "answer"
kind = "serve"
model = "deepseek-v3"
[[override]]
figure = "sites/cn.pue"
is = 1.3
source = "a contract"
"""


def told(page):
    """Sections of a page by title: the keys of each."""
    text = run("reference", page).stdout
    sections = {}
    for title, body in re.findall(r"^#+ (.+)\n((?:(?!#).*\n)*)", text, re.M):
        sections[title] = re.findall(r"^\| `([^`]+)` \|", body, re.M)
    return sections


def keys_of(value, skipped=()):
    """Every key within, but of objects whose keys users or parts name."""
    if isinstance(value, list):
        return {key for one in value for key in keys_of(one, skipped)}
    if not isinstance(value, dict):
        return set()
    below = {k for name, one in value.items() if name not in skipped for k in keys_of(one, skipped)}
    return set(value) | below


def deployed():
    """An answer with a layout that lost."""
    deploy = run("deploy", "--model", "llama-3.1-70b", "--server", "hgx-h100", "--chips", "1..4", "--rate", 2,
                 "--requests", 200, "--prompt", 512, "--output", 64, "--tpot-p99", "50ms", "--precision", "bf16",
                 "--json")  # fmt: skip
    return json.loads(deploy.stdout)


def worked():
    """A planned job on machines that fail, of a fleet that is a band, with timed steps."""
    goodput = run("goodput", "--chips", 1024, "--fleet", "mature", "--model", "llama-3.1-8b", "--server",
                  "hgx-h100", "--steps", ROOT / "examples/unlike-steps/steps.csv", "--replications", 4,
                  "--json")  # fmt: skip
    return json.loads(goodput.stdout)


def waited():
    """Jobs on one cluster."""
    jobs = run("jobs", ROOT / "examples/jobs/trace.csv", "--chips", 128, "--json")
    return json.loads(jobs.stdout)


def reckoned(path):
    """A factory as an investment."""
    books = run("books", path, "--samples", 128, "--base-points", 4, "--search-again", 1, "--must",
                "chip_hour=1", "--by", "books.utilisation", "--json")  # fmt: skip
    return json.loads(books.stdout)


def swept(path):
    """Every metric of both kinds of jobs."""
    row = told("json")["A row of `sweep`: and its metrics"]
    metrics = row[row.index("infeasible") + 1:]
    sweep = run("sweep", path, "--over", "site.pue=1.2,1.3", "--of", ",".join(metrics), "--json")
    return json.loads(sweep.stdout)


def looped():
    """A data loop with a wanted time and an assumed value."""
    loop = run("data-loop", ROOT / "examples/data-loop/humanoids.toml", "--replications", 2, "--json")
    return json.loads(loop.stdout)


def claimed():
    claims = run("claims", "check", ROOT / "examples/article-claims/claims.toml", "--json")
    return json.loads(claims.stdout)


class StudyJson(ProgramTest):
    def setUp(self):
        super().setUp()
        path = self.path / "scenario.toml"
        path.write_text(SCENARIO)
        self.study = json.loads(run("run", path, "--json", "--out", self.path / "out").stdout)
        self.known = {key for keys in told("json").values() for key in keys}

    def test_every_key_that_is_written_is_explained(self):
        self.assertEqual(keys_of(self.study, NAMED_BY_USERS) - self.known - {"cn"}, set())
        plan = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 8,
                "--global-batch", 16, "--flows", "--json")  # fmt: skip
        self.assertEqual(keys_of(json.loads(run(*plan).stdout)) - self.known, set())

    def test_every_key_that_is_explained_is_written(self):
        written = keys_of(self.study)
        plan = run("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", 8,
                   "--global-batch", 16, "--flows", "--json")  # fmt: skip
        written |= keys_of(json.loads(plan.stdout))
        serve = run("serve", "--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", 1, "--rate", 9,
                    "--requests", 20, "--max-sequences", 8, "--curves", "--json")  # fmt: skip
        written |= keys_of(json.loads(serve.stdout))
        tenants = self.path / "tenants.toml"
        tenants.write_text('[[tenant]]\nname = "a"\nshare = 1\nprompt = "9"\noutput = "9"\n')
        shared = run("serve", "--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", 1, "--rate", 9,
                     "--requests", 20, "--tenants", tenants, "--json")  # fmt: skip
        written |= keys_of(json.loads(shared.stdout))
        fit = run("calibrate", ROOT / "tests/docs/files/served.csv", "--out", self.path / "mine", "--json")
        written |= keys_of(json.loads(fit.stdout))
        written |= keys_of(deployed()) | keys_of(worked()) | keys_of(waited()) | keys_of(claimed())
        written |= keys_of(reckoned(self.path / "scenario.toml"))
        written |= keys_of(looped()) | keys_of(swept(self.path / "scenario.toml"))
        told_elsewhere = {"why_not", "rule", "price", "reason", "count", "example",
                          "with_ten_percent_more_since"}  # objects that this study need not have
        self.assertEqual(self.known - written - told_elsewhere, set())

    def test_every_key_of_a_fit_of_serving_is_explained(self):
        fit = run("calibrate", ROOT / "tests/docs/files/served.csv", "--out", self.path / "mine", "--json")
        self.assertEqual(keys_of(json.loads(fit.stdout), {"skipped_reasons"}) - self.known, set())

    def test_an_infeasible_job_has_the_keys_of_a_feasible_one(self):
        enough, few = self.study["factories"]
        for done, not_done in zip(enough["jobs"], few["jobs"]):
            self.assertTrue(done["feasible"])
            self.assertFalse(not_done["feasible"])
            self.assertTrue(not_done["infeasible"])
            self.assertEqual(set(done) - NAMED_BY_USERS, set(not_done) - NAMED_BY_USERS)
            self.assertIsNotNone(done["usd_per_million_tokens" if done["kind"] == "train"
                                      else "usd_per_million_output_tokens"])  # fmt: skip
        self.assertIsNone(few["jobs"][0]["plan"])
        self.assertIsNone(few["jobs"][1]["ttft_ms"])

    def test_a_plan_has_all_its_coordinates(self):
        plan = self.study["factories"][0]["jobs"][0]["plan"]
        self.assertEqual(list(plan), told("json")["A plan"] + ["number"])


class ServeJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        serve = run("serve", "--model", "llama-3.2-1b", "--server", "hgx-h100", "--chips", 1, "--rate", 9,
                    "--requests", 20, "--max-sequences", 8, "--curves", "--json")  # fmt: skip
        sections = told("json")
        titles = ("`serve --json`", "What was asked of `serve`", "A pool of `serve`", "A latency, milliseconds",
                  "Curves of `serve`", "A point of `throughput_against_interactivity`",
                  "A point of `latency_against_rate`", "A slice of `timeline`")
        self.assertEqual(keys_of(json.loads(serve.stdout)), {k for t in titles for k in sections[t]})


class DeployJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        sections = told("json")
        titles = ("`deploy --json`", "A deployment", "A layout that did not do", "How a deployment is started",
                  "A benchmark that would check a deployment",
                  "A pool of `serve`", "A latency, milliseconds")  # fmt: skip
        self.assertEqual(keys_of(deployed()), {k for t in titles for k in sections[t]})


class GoodputJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        sections = told("json")
        titles = ("`goodput --json`", "A cause of `goodput`", "A lever of `goodput`",
                  "A planned job of `goodput`", "What the horizon of `goodput` is worth",
                  "`steps` of `goodput --steps`", "A way in which passes of `goodput --steps` are unlike",
                  "A step of `goodput --steps`", "Progress of `goodput`")  # fmt: skip
        spread, ledger = "A figure over replications of `goodput` and `jobs`", {"value", "parts"}
        self.assertEqual(keys_of(worked()) - ledger, {k for t in (*titles, spread) for k in sections[t]})
        titles = ("`jobs --json`", "Jobs of `jobs` that are looked at together")
        self.assertEqual(keys_of(waited()) - ledger, {k for t in (*titles, spread) for k in sections[t]})


class BooksJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        path = self.path / "scenario.toml"
        path.write_text(SCENARIO)
        sections = told("json")
        titles = [title for title in sections if "`books" in title]
        inside = {"perfect_usd", "partial_usd", "samples", "mean", "most"}  # told in their row
        written = {key for key in keys_of(reckoned(path)) if "/" not in key and "." not in key}
        named = {key for key in written if key.startswith("prediction of")}
        self.assertEqual(written - inside - named, {k for t in titles for k in sections[t]} - inside)


class SweepJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        path = self.path / "scenario.toml"
        path.write_text(SCENARIO)
        sections = told("json")
        titles = [title for title in sections if "`sweep" in title]
        self.assertEqual(keys_of(swept(path)), {k for t in titles for k in sections[t]})


class DataLoopJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        sections = told("json")
        titles = ("`data-loop --json`", "`loop` of `data-loop`: from trigger to the whole fleet",
                  "A stage of `data-loop`, all replications together",
                  "A figure over replications of `data-loop`",
                  "`value` of `data-loop`, an assumption")  # fmt: skip
        ledger = {"value", "parts"}  # and its names, which are a key of the answer too
        self.assertEqual(keys_of(looped()) - ledger,
                         {k for t in titles for k in sections[t]} - ledger)


class ClaimsJson(ProgramTest):
    def test_every_key_is_explained_and_every_explained_key_written(self):
        sections = told("json")
        titles = ("`claims check --json`", "A claim of `claims check`",
                  "A contradiction of `claims check`", "A constraint of `claims check`",
                  "An entry of the record of `claims check`")  # fmt: skip
        self.assertEqual(keys_of(claimed()), {k for t in titles for k in sections[t]})


class Keys(unittest.TestCase):
    def test_of_every_kind_of_part_are_told(self):
        sections = told("keys")
        for folder in sorted((ROOT / "data").iterdir()):
            if folder.name != "topologies":  # the section on fabrics
                self.assertIn(f"`{folder.name}/NAME.toml`", sections)
        self.assertIn("memory.bandwidth", sections["`chips/NAME.toml`"])
        self.assertIn("`[gemm.fp8]` of it", sections)
        self.assertIn("paragraph", sections["`[[line]]` of it"])

    def test_of_scenarios_are_told_with_their_ranges(self):
        sections = told("keys")
        scenario = tomllib.loads(SCENARIO)
        self.assertLessEqual(set(scenario["site"]), set(sections["`[site]`"]))
        job = set(sections["`[[job]]`"]) | set(sections["`[[job]]` of kind `train`"])
        self.assertLessEqual(set(scenario["job"][0]), job)
        line = next(line for line in run("reference").stdout.splitlines() if "`pue`" in line)
        self.assertIn("number, 1 to 5", line)


if __name__ == "__main__":
    unittest.main()
