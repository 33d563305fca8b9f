#!/usr/bin/env python3
"""Small factories of every server, planned and run by flows: to the end, but for the few that would take long.

Numbers of chips stand around the sizes that code divides by: one server, a domain and its
neighbours, what no domain divides, up to 1,024. `MILLWRIGHT_SHARD=I/N` takes every Nth server.
"""

import os
import unittest

import checks
from program import ProgramTest, run

MODELS = (("llama-3.1-8b", 8192, 96), ("gpt-3-175b", 2048, 60), ("mixtral-8x7b", 4096, 128),
          ("deepseek-v3", 4096, 480))  # fmt: skip


def servers():
    which, of = map(int, os.environ.get("MILLWRIGHT_SHARD", "0/1").split("/"))
    return checks.read(run("list", "servers", "--json").stdout)[which::of]


def sizes_of(server):
    """Chips: of a server and its domain, their neighbours and multiples, at most 1,024."""
    own = int(server["chips"]["value"])
    domain = int(server["scale_up.domain"]["value"])
    wanted = {1, own, own + 1, 3 * own, 2 * domain, 2 * domain + own, domain * 5 // 3, 72, 100,
              144, 251, 1000, 1024}  # fmt: skip
    return sorted(n for n in wanted if n <= 1024)


class Factories(ProgramTest):
    def plan(self, server, chips, model, sequence, batch):
        arguments = ("plan", "--server", server, "--chips", chips, "--model", model, "--sequence",
                     sequence, "--global-batch", batch, "--flows", "--json")  # fmt: skip
        result = run(*arguments)
        # a number of chips that does not fill servers may be refused
        told = checks.check_outcome(self, result, arguments)
        if result.returncode == 2:
            self.assertRegex(result.stderr, "(?i)server|domain|chips", told)
            return False
        if result.returncode == 1:
            return False
        plans = checks.check_result(result.stdout)
        self.assertLessEqual(plans["plans_evaluated"], plans["plans_in_space"], told)
        self.steps += 1
        if not plans["by_flows"]["done"]:
            self.assertIn("end one by one", plans["by_flows"]["why_not"], told)
            self.too_long += 1
        return True

    def test_every_server_at_every_size(self):
        ran = self.steps = self.too_long = 0
        for number, server in enumerate(servers()):
            for at, chips in enumerate(sizes_of(server)):
                model = MODELS[(number + at) % len(MODELS)]
                with self.subTest(server=server["id"], chips=chips, model=model[0]):
                    ran += self.plan(server["id"], chips, *model)
        self.assertGreater(ran, 3 * len(servers()))
        self.assertLess(self.too_long, self.steps / 50)

    def test_sharing_links_takes_no_less_than_being_alone(self):
        result = run("plan", "--server", "hgx-h100", "--chips", 1024, "--model", "llama-3.1-70b",
                     "--flows", "--json")  # fmt: skip
        flows = checks.read(result.stdout)["by_flows"]
        self.assertGreater(flows["shared_s"], 0.999 * flows["alone_s"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
