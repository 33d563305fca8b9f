#!/usr/bin/env python3
"""Terms and codes: all that the program prints is explained by it."""

import json
import re
import unittest

from program import ROOT, ProgramTest, run


def explained(*words):
    return json.loads(run("explain", *words, "--json").stdout)


class Explain(ProgramTest):
    def test_one_term(self):
        entry = explained("MFU")
        self.assertEqual(list(entry),
                         ["id", "name", "aliases", "topic", "text", "source", "see_also"])
        self.assertEqual((entry["id"], entry["name"]), ("mfu", "model FLOPs utilisation"))
        text = run("explain", "MFU").stdout
        self.assertIn("model FLOPs utilisation (MFU", text)
        self.assertIn("BF16 peak", " ".join(text.split()))
        self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_a_term_of_several_words_needs_no_quotes(self):
        for words in (("pipeline bubble",), ("pipeline", "bubble"), ("PipelineBubble",),
                      ("pipeline-bubble",)):
            self.assertEqual(explained(*words)["id"], "pipeline-bubble")

    def test_all_by_topic(self):
        listed = run("explain").stdout
        self.assertTrue(listed.startswith("layout of training\n"))
        entries = explained()
        self.assertGreater(len(entries), 80)
        for entry in entries:
            self.assertRegex(listed, rf"(?m)^  {re.escape(entry['id'])} ")

    def test_codes_of_the_page_of_verdicts(self):
        page = (ROOT / "docs/reference/verdicts.md").read_text()
        codes = set(re.findall(r"`([A-Z0-9][A-Za-z0-9_.]+)`", page))
        self.assertGreater(len(codes), 25)
        for code in codes:
            self.assertEqual(run("explain", code).returncode, 0, code)

    def test_codes_of_a_verdict_that_was_printed(self):
        verdict = json.loads(run("rules", "check", "--chip", "h20", "--to", "CN", "--date",
                                 "2025-07-20", "--json").stdout)  # fmt: skip
        for key in ("us", "cn", "supply"):
            value = verdict[key] if isinstance(verdict[key], str) else verdict[key]["code"]
            self.assertEqual(run("explain", value).returncode, 0, (key, value))
        self.assertIn("R25-L", run("rules", "explain", "R25-L").stdout)
        self.assertEqual(explained("R25-L")["topic"], "rules")

    def test_terms_of_the_page_of_words_that_have_abbreviations(self):
        page = (ROOT / "docs/words.md").read_text()
        for short in ("TP", "PP", "DP", "CP", "EP", "TTFT", "TPOT", "MFU", "FSDP"):
            self.assertIn(short, page)
            self.assertEqual(run("explain", short).returncode, 0, short)

    def test_an_unknown_word_has_near_ones(self):
        for word, near in (("tensor paralelism", "tensor-parallelism"), ("LIC_CBD", "LIC_CBC"),
                           ("gooodput", "goodput"), ("R25-Q", "R25-")):
            refused = run("explain", word)
            self.assertEqual((refused.returncode, refused.stdout), (2, ""), word)
            self.assertIn("did you mean", refused.stderr)
            self.assertIn(near, refused.stderr)
        for word in ("", "-", "qqqqqqqqqq"):
            refused = run("explain", "--", word)
            self.assertEqual(refused.returncode, 2, word)
            self.assertIn("`millwright explain` lists all", refused.stderr)

    def test_a_term_of_ones_own(self):
        folder = self.path / "mine/terms"
        folder.mkdir(parents=True)
        (folder / "rota.toml").write_text(
            'name = "rota"\naliases = ["RT"]\ntopic = "goodput"\ntext = "Who looks when."\n')
        self.assertEqual(run("check", folder.parent).returncode, 0)
        entry = json.loads(run("explain", "rt", "--catalog", folder.parent, "--json").stdout)
        self.assertEqual((entry["text"], entry["source"]), ("Who looks when.", None))

    def test_completion_offers_terms(self):
        offered = run("__complete", "explain", "tens").stdout
        self.assertIn("tensor-parallelism\t", offered)


if __name__ == "__main__":
    unittest.main()
