#!/usr/bin/env python3
"""What `cmake --install` puts down is enough: examples/library builds on it alone, and runs."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD, COMPILER = sys.argv[1:3]


def done(*command):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


class Install(unittest.TestCase):
    def test_a_program_finds_the_installed_library(self):
        with tempfile.TemporaryDirectory() as scratch:
            prefix, build = pathlib.Path(scratch, "prefix"), pathlib.Path(scratch, "build")
            done("cmake", "--install", BUILD, "--prefix", prefix)
            done("cmake", "-G", "Ninja", "-S", ROOT / "examples/library", "-B", build,
                 f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}",
                 "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")  # fmt: skip
            done("cmake", "--build", build)
            self.assertRegex(done(build / "plan"), r"data [0-9]+.* s a step, ")
            told = done(prefix / "bin/millwright", "--version")
            self.assertEqual(told, done(pathlib.Path(BUILD) / "millwright", "--version"))
            text = "\n".join(path.read_text() for path in prefix.rglob("*.cmake"))
            self.assertNotIn(str(ROOT), text, "an installed package knows nothing of its build")

    def test_a_larger_project_may_hold_the_repository(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            (folder / "CMakeLists.txt").write_text(
                "cmake_minimum_required(VERSION 3.25)\nproject(larger LANGUAGES C CXX)\n"
                f"add_subdirectory({ROOT} millwright)\n"
                f"add_executable(mine {ROOT}/examples/library/plan.cpp)\n"
                "target_link_libraries(mine PRIVATE millwright::millwright)\n")  # fmt: skip
            done("cmake", "-G", "Ninja", "-S", folder, "-B", folder / "build",
                 f"-DCMAKE_CXX_COMPILER={COMPILER}")  # fmt: skip
            plan = done("ninja", "-C", folder / "build", "-t", "commands", "mine")
            self.assertIn("libmillwright_api.a", plan)
            self.assertNotIn("gtest", plan, "tests are the repository's own business")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
