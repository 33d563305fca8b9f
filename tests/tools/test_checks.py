"""The checks of shape and floors see what they are for."""

import pathlib
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import check_floors  # noqa: E402
import check_shape  # noqa: E402

LONG = "    count += 1;\n" * (check_shape.MOST_FUNCTION_LINES + 1)


def shape(text):
    return [fault.split(": ", 1)[1] for fault in
            check_shape.function_faults("x.cpp", textwrap.dedent(text))]


class Shape(unittest.TestCase):
    def test_long_functions_wherever_they_stand(self):
        for head, foot in (("void f() {\n", "}\n"), ("struct S {\nint g() const {\n", "}\n};\n"),
                           ("const auto h = [&](int a) -> int {\n", "};\n"),
                           ("int t(int a) try {\n", "} catch (...) {\n}\n"),
                           ("const auto n = [] {\n", "};\n"),
                           ("void c(T a) requires std::integral<T> {\n", "}\n"),
                           ("S::S(int a) : a_(a), b_{a} {\n", "}\n"),
                           ("template <class T>\nrequires (sizeof(T) > 1)\nvoid k(T t) {\n", "}\n")):
            self.assertEqual(len(shape(head + LONG + foot)), 1, head)
            self.assertEqual(shape(head + "    count += 1;\n" + foot), [], head)

    def test_what_is_long_and_no_function(self):
        self.assertEqual(shape("namespace a {\n" + LONG + "}\n"), [])
        self.assertEqual(shape("struct A {\n" + "int a;\n" * 100 + "};\n"), [])
        self.assertEqual(shape("const int table[] = {\n" + "1,\n" * 100 + "};\n"), [])
        self.assertEqual(shape('const char* text = R"(\nvoid f() {\n' + "x\n" * 100 + ')";\n'), [])

    def test_parameters_are_counted_whatever_they_hold(self):
        six = "int a, std::map<int, int> b, void (*c)(int, int), int d = f(1, 2), int e, int f"
        self.assertEqual(shape(f"void g({six}) {{\n}}\n"), [])
        self.assertEqual(shape(f"void g({six}, int h) {{\n}}\n"), ["a function of 7 parameters"])
        self.assertEqual(shape(f"auto g = [&]({six}, int h) {{ return 1; }};\n"),
                         ["a function of 7 parameters"])
        self.assertEqual(shape("if (f(1, 2, 3, 4, 5, 6, 7, 8)) {\n}\n"), [])
        self.assertEqual(shape("S s{f(1, 2, 3, 4, 5, 6, 7, 8), {}};\n"), [])


    def test_laws_are_read(self):
        self.assertEqual(len(list(check_shape.law_faults("x", "f();\n    rc::check([] {\n    });\n"))), 1)
        self.assertEqual(list(check_shape.law_faults("x", "EXPECT_TRUE(\n    rc::check([] {\n}));\n")), [])


class Floors(unittest.TestCase):
    def faults(self, include):
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            path = pathlib.Path(folder) / "deeper.cpp"
            path.write_text(include + "\n")
            return list(check_floors.faults_of(path, "rules", check_floors.read_floors()))

    def test_see_what_reaches_up_or_sideways(self):
        self.assertEqual(self.faults('#include "millwright/base/text.h"'), [])
        self.assertEqual(self.faults('#include "millwright/rules/facts.h"'), [])
        self.assertEqual(self.faults("#include <vector>"), [])
        for include in ('"millwright/search/space.h"', "<millwright/report/json.h>",
                        '"millwright/fabric/graph.h"', '"apps/cli/command.h"', '"../search/space.h"'):
            self.assertEqual(len(self.faults("#include " + include)), 1, include)

    def test_see_a_type_with_two_meanings(self):
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            at = pathlib.Path(folder)
            (at / "a.h").write_text("struct One {\n};\ntemplate <>\nstruct Names<One> {\n};\n")
            (at / "b.h").write_text("struct Two {\n};\ntemplate <>\nstruct Names<Two> {\n};\n")
            (at / "b.cpp").write_text("class Two {\n};\nstruct Own {\n};\n")
            paths = sorted(at.iterdir())
            self.assertEqual(list(check_floors.name_faults(paths)), [])
            (at / "c.cpp").write_text("enum class One {\n};\n")
            (at / "d.h").write_text("class Two : public One {\n};\n")
            found = list(check_floors.name_faults(sorted(at.iterdir())))
            self.assertEqual(len(found), 2, found)
            self.assertIn("hides One", "".join(found))


if __name__ == "__main__":
    unittest.main()
