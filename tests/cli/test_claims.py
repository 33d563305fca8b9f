#!/usr/bin/env python3
"""Claims of a text: verdicts, smallest contradictory sets, and what is refused."""

import random
import unittest

import checks
from program import ROOT, ProgramTest, run

SPECIMEN = """name = "A made-up article"
[[fact]]
id = "shares"
is = "1.0e9"
on = 2025-07-01
source = "10-Q"
[[claim]]
id = "cap"
says = "market value"
is = "50 GUSD"
on = 2025-07-01
[[claim]]
id = "price"
is = "50 USD"
on = 2025-07-01
[[claim]]
id = "target"
is = "120 USD"
[[claim]]
id = "upside"
is = "30 %"
[[constraint]]
id = "k1"
require = "cap == price * shares"
within = "5 %"
[[constraint]]
id = "k2"
require = "target == price * (1 + upside)"
within = "1 %"
"""


class Claims(ProgramTest):
    def answer(self, path):
        result = run("claims", "check", path, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return checks.check_result(result.stdout)

    def test_a_target_that_does_not_follow_from_its_price(self):
        answer = self.answer(self.scenario(SPECIMEN))
        verdicts = {claim["id"]: claim["verdict"] for claim in answer["claims"]}
        wrong = "contradicts_itself"
        self.assertEqual(verdicts, {"cap": "holds", "price": wrong, "target": wrong,
                                    "upside": wrong})  # fmt: skip
        (contradiction,) = answer["contradictions"]
        self.assertEqual(set(contradiction["set"]), {"price", "target", "upside"})
        self.assertIn("120 USD against 65 USD", contradiction["reason"])
        self.assertTrue(answer["complete"])

    def test_a_consistent_text_has_no_contradiction(self):
        answer = self.answer(self.scenario(SPECIMEN.replace('"120 USD"', '"65 USD"')))
        self.assertEqual(answer["contradictions"], [])
        self.assertEqual({claim["verdict"] for claim in answer["claims"]}, {"holds"})

    def test_what_is_missing_is_named(self):
        answer = self.answer(self.scenario(SPECIMEN.replace('is = "1.0e9"\n', "")))
        cap = answer["claims"][0]
        self.assertEqual(cap["verdict"], "cannot_decide")
        self.assertIn("nobody gives a value of shares", " ".join(cap["reasons"]))

    def test_the_record_contradicts(self):
        answer = self.answer(self.scenario(SPECIMEN.replace('"1.0e9"', '"2.0e9"')))
        cap = answer["claims"][0]
        self.assertEqual(cap["verdict"], "contradicts_record")
        self.assertEqual(cap["conflict_set"], ["cap", "price", "shares"])

    def test_the_articles(self):
        answer = self.answer(ROOT / "examples/article-claims/claims.toml")
        sets = [set(c["set"]) for c in answer["contradictions"]]
        for known in ({"S2_04", "S2_43"}, {"S2_12", "S2_37", "S2_37_upside", "shares"},
                      {"S2_37", "S2_37_upside", "S2_39", "eps"}, {"S2_23", "stock"}, {"S0_09"},
                      {"S2_30"}, {"S2_37_upside", "S2_38", "S2_47"}):  # fmt: skip
            self.assertIn(known, sets)

    def test_text_answers_first(self):
        result = run("claims", "check", self.scenario(SPECIMEN))
        self.assertTrue(result.stdout.startswith("A made-up article: of 4 claims, 3 contradict"))
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)

    def test_what_cannot_be_is_refused_with_its_place(self):
        for old, new, told in (
            ("price * shares", "prize * shares", ":24:19: error: nothing has the id 'prize'"),
            ("price * shares", "price + shares", "+ cannot join USD and 1"),
            ("cap == price * shares", "cap == upside", "USD against 1"),
            ("cap == price * shares", "cap", "a constraint is true or false, and this is USD"),
            ("cap == price * shares", "cap = price", "equality is written =="),
            ("cap == price * shares", "cap == (price", "')' is due here"),
            ("cap == price * shares", "cap == prise(price)", "no function 'prise'"),
            ("cap == price * shares", "cap == 5 furlong", "unknown unit 'furlong'"),
            ("cap == price * shares", "cap == part('chips/h2O0', 'x')", "in the catalog"),
            ("cap == price * shares", "end(cap) > 2025-01-01", "'cap' has no period"),
            ('"5 %"', '"5 TB"', "'within' has the unit B"),
            ('"5 %"', '"500 %"', "no share"),
            ('id = "cap"', 'id = "price"', "a second 'price'"),
            ('id = "cap"', 'id = "S0-01"', "cannot be an id"),
            ('is = "50 USD"', 'is = "9 USD..5 USD"', "ends before it begins"),
            ('is = "50 USD"', 'is = "9 USD..5 GB"', "unlike units"),
            ('is = "50 USD"', 'is = "50 USDD"', "unknown unit"),
            ('says = "market', 'sais = "market', "unknown key 'sais'"),
            ('name = "A', '[[define]]\nid = "d"\nis = "d"\n[x]\nname = "A', "unknown key"),
        ):
            with self.subTest(new=new):
                result = run("claims", "check", self.scenario(SPECIMEN.replace(old, new, 1)))
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertEqual(result.stdout, "")
                self.assertIn(told, result.stderr)

    def test_definitions_that_go_round_and_what_nothing_uses(self):
        more = '[[define]]\nid = "a"\nis = "b"\n[[define]]\nid = "b"\nis = "a"\n'
        result = run("claims", "check", self.scenario(SPECIMEN + more))
        self.assertIn("'a' is defined by itself: a -> b -> a", result.stderr)
        more = '[[define]]\nid = "a"\nis = "2 * price"\n[[unknown]]\nid = "u"\nrange = ">0"\n'
        result = run("claims", "check", self.scenario(SPECIMEN + more))
        self.assertIn("nothing uses 'a'", result.stderr)
        self.assertIn("nothing uses 'u'", result.stderr)

    def test_all_faults_at_once(self):
        text = SPECIMEN.replace("price * shares", "prize * shares").replace('"30 %"', '"30 %%"')
        result = run("claims", "check", self.scenario(text))
        self.assertEqual(result.stderr.count("error:"), 2, result.stderr)

    def test_random_texts_never_break_it(self):
        rng = random.Random(1)
        words = ["cap", "price", "shares", "upside", "+", "-", "*", "/", "^", "(", ")", "==", "<",
                 "and", "or", "not", "implies", "min", ",", "2", "3 USD", "1e300", "'x'", "0",
                 "2025-07-01", "sqrt(", "log(", "year(", "%", '"', "é", "true"]  # fmt: skip
        for _ in range(60):
            expression = " ".join(rng.choices(words, k=rng.randint(1, 12)))
            text = SPECIMEN.replace('"cap == price * shares"', f"'''{expression}'''")
            result = run("claims", "check", self.scenario(text), "--json")
            checks.check_outcome(self, result, ("claims", expression), allowed=(0, 2))
        for _ in range(20):
            at = rng.randrange(len(SPECIMEN))
            text = SPECIMEN[:at] + rng.choice('"[]=\x01é.9-') + SPECIMEN[at + 1 :]
            result = run("claims", "check", self.scenario(text), "--json")
            checks.check_outcome(self, result, ("claims", text), allowed=(0, 2))


if __name__ == "__main__":
    unittest.main()
