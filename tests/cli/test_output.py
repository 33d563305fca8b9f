#!/usr/bin/env python3
"""Files of a run: all or none, whatever stands in the way and whoever else writes."""

import json
import os
import random
import re
import signal
import stat
import subprocess
import time
import unittest

from program import PROGRAM, ROOT, SMALL, ProgramTest, run

SCENARIO = (SMALL.replace('"small"', '"{name}"').replace('"H100"', '"{name} factory"')
            .replace("global_batch = 128", "global_batch = {batch}"))  # fmt: skip
FILES = ["report.html", "study.json", "trace.json"]


def names_in(folder):
    """By what the three files call the study; one name where they are of one run."""
    study = json.loads((folder / "study.json").read_text())["name"]
    page = re.search("<title>(.*?)</title>", (folder / "report.html").read_text()).group(1)
    trace = json.loads((folder / "trace.json").read_text())["traceEvents"][0]["args"]["name"]
    return {study, page, trace.split(" factory")[0]}


class Output(ProgramTest):
    def named(self, name, batch=128):
        return self.scenario(SCENARIO.format(name=name, batch=batch), name + ".toml")

    def start(self, name, out, batch=128):
        return subprocess.Popen([PROGRAM, "run", str(self.named(name, batch)), "--out", str(out)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finished(self, *arguments):
        started = self.start(*arguments)
        started.communicate()
        return started.returncode

    def listed(self, folder):
        return sorted(p.name for p in folder.iterdir())

    def refused(self, out, *said):
        before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and not p.is_symlink()}
        names = self.listed(out)
        result = run("run", self.named("a"), "--out", out)
        self.assertEqual(result.returncode, 2, result.stderr)
        for text in said:
            self.assertIn(text, result.stderr)
        self.assertEqual(self.listed(out), names)
        for path, content in before.items():
            self.assertEqual(path.read_bytes(), content)

    def test_runs_at_once_into_one_folder(self):
        out = self.path / "out"
        for turn in range(20):
            runs = [self.start(f"run{turn}x{k}", out) for k in range(4)]
            for started in runs:
                said = started.communicate()[1]
                self.assertEqual(started.returncode, 0, said)
            self.assertEqual(self.listed(out), FILES)
            self.assertEqual(len(names_in(out)), 1)

    def test_runs_that_fail_beside_runs_that_do_not(self):
        """One that fails takes back the folder it made, not the other's."""
        for turn in range(10):
            out = self.path / f"deep{turn}/out"
            limit = "ulimit -f 1; exec \"$0\" run \"$1\" --out \"$2\""
            failing = [subprocess.Popen(["bash", "-c", limit, PROGRAM, str(self.named("f")), str(out)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                       for _ in range(2)]
            good = self.start("good", out)
            said = good.communicate()[1]
            self.assertEqual([f.wait() for f in failing], [2, 2])
            self.assertEqual(good.returncode, 0, said)
            self.assertEqual(self.listed(out), FILES)

    def kill(self, sent, times):
        random.seed(sent)
        out = self.path / "out"
        self.assertEqual(self.finished("old", out), 0)
        began = time.monotonic()
        self.finished("old", out, 16384)
        long = time.monotonic() - began
        for _ in range(times):
            started = self.start("new", out, 16384)
            time.sleep(random.uniform(0, 1.1 * long))
            started.send_signal(sent)
            started.communicate()
            yield out
        self.assertEqual(self.finished("last", out), 0)
        self.assertEqual(self.listed(out), FILES)
        self.assertEqual(names_in(out), {"last"})

    def test_signals_leave_old_or_new_and_nothing_else(self):
        for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for out in self.kill(sent, 30):
                self.assertEqual(self.listed(out), FILES)
                self.assertEqual(len(names_in(out)), 1)

    def test_kills_leave_no_half_file(self):
        for out in self.kill(signal.SIGKILL, 90):
            visible = [n for n in self.listed(out) if not n.startswith(".millwright-")]
            self.assertEqual(visible, FILES)
            names_in(out)  # every file is whole

    def test_leftovers_of_a_killed_run_go(self):
        out = self.path / "out"
        hidden = out / ".millwright-0123456789abcdef"
        hidden.mkdir(parents=True)
        (hidden / "0").write_text("half")
        kept = out / ".millwright-mine"
        kept.mkdir()
        self.assertEqual(self.finished("a", out), 0)
        self.assertFalse(hidden.exists())
        self.assertTrue(kept.exists())

    def test_links_are_replaced_and_not_followed(self):
        out = self.path / "out"
        out.mkdir()
        victim = self.path / "victim"
        for name in (".study.json.partial", "study.json", ".millwright-0123456789abcdef"):
            victim.write_text("precious")
            (out / name).unlink(missing_ok=True)
            (out / name).symlink_to(victim)
            self.assertEqual(run("run", self.named("a"), "--out", out).returncode, 0)
            self.assertEqual(victim.read_text(), "precious")
            self.assertEqual(names_in(out), {"a"})

    def test_a_pipe_where_a_temporary_was_does_not_hang(self):
        out = self.path / "out"
        out.mkdir()
        os.mkfifo(out / ".study.json.partial")
        self.assertEqual(run("run", self.named("a"), "--out", out).returncode, 0)

    def test_what_stands_in_a_files_place_is_told_before_all(self):
        for name in FILES:
            for make, said in ((lambda p: p.mkdir(), "is a folder, not a file"),
                               (os.mkfifo, "is a device or pipe"),
                               (lambda p: p.symlink_to("/dev/null"), "is a device or pipe"),
                               (lambda p: p.symlink_to("/tmp"), "is a folder, not a file")):
                out = self.path / f"out-{name}-{said[5:8]}-{random.random()}"
                out.mkdir()
                for other in FILES:
                    if other != name:
                        (out / other).write_text("precious")
                make(out / name)
                self.refused(out, said, name)

    def test_every_command_that_writes(self):
        """A folder in the place of a file: exit 2, and nothing is written."""
        runs = (ROOT / "tests/published/training.csv").read_text().splitlines()
        table = self.path / "runs.csv"
        table.write_text("\n".join([runs[0]] + [r for r in runs if r.startswith("internevo-")][:3]) + "\n")
        flows = self.path / "flows.csv"
        flows.write_text("source,destination,bytes,start_s\n0,1,5,0\n")
        plan = ("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", "8",
                "--global-batch", "8")
        calls = {
            "study.json": ("run", self.named("a"), "--out"),
            "step.3.et": (*plan, "--chakra"),
            "timeline.html": ("rules", "timeline", "--chip", "h20", "--to", "CN", "--out"),
            "design.html": ("rules", "design", "--process", "hopper-4n", "--date", "2024-06-01", "--out"),
            "frontier.html": ("rules", "frontier", ROOT / "examples/lawful-frontier/frontier.toml", "--out"),
        }
        for name, call in calls.items():
            out = self.path / ("out-" + name)
            (out / name).mkdir(parents=True)
            result = run(*call, out)
            self.assertEqual(result.returncode, 2, (call, result.stderr))
            self.assertIn("is a folder, not a file", result.stderr)
            self.assertEqual(self.listed(out), [name])
        out = self.path / "fitted"
        out.mkdir()
        (out / "frameworks").write_text("a file")
        result = run("calibrate", table, "--framework", "internevo", "--out", out)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("a folder is needed", result.stderr)
        for target in ("/dev/stdout", self.path, str(self.path) + "/..", "/dev/null"):
            result = run("flows", flows, "--fabric", "fat-tree", "--link-table", target)
            self.assertEqual(result.returncode, 2, (target, result.stderr))
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        self.assertTrue(os.path.islink("/dev/stdout"))

    def test_a_smaller_trace_leaves_no_ranks_of_a_larger_one(self):
        out = self.path / "trace"
        for chips in (16, 8):
            result = run("plan", "--model", "llama-3.1-8b", "--server", "hgx-h100", "--chips", chips,
                         "--global-batch", "16", "--chakra", out)
            self.assertEqual(result.returncode, 0, result.stderr)
            (out / "mine.txt").write_text("kept")
        ranks = [n for n in self.listed(out) if n.endswith(".et")]
        self.assertEqual(len(ranks), 8)
        self.assertTrue((out / "mine.txt").exists())

    def test_a_folder_that_cannot_be_written(self):
        if os.geteuid() == 0:
            out = "/proc/self/out"
        else:
            locked = self.path / "locked"
            locked.mkdir()
            locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
            out = locked / "x"
        result = run("run", self.named("a"), "--out", out)
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot write here", result.stderr)

    def test_a_failed_run_takes_back_the_folders_it_made(self):
        out = self.path / "a/b/c"
        limit = "ulimit -f 1; exec \"$0\" run \"$1\" --out \"$2\""
        result = subprocess.run(["bash", "-c", limit, PROGRAM, str(self.named("a")), str(out)],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertFalse((self.path / "a").exists())


if __name__ == "__main__":
    unittest.main(verbosity=1)
