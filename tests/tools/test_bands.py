"""What bands are learnt from."""

import math
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import learn_bands  # noqa: E402
import leave_out_parts  # noqa: E402


def residuals(values):
    made = learn_bands.Residuals()
    for value in values:
        made.add(value)
    return made


class Bands(unittest.TestCase):
    def test_four_in_five_lie_between(self):
        some = residuals(i / 100 - 0.5 for i in range(100))
        low, high = some.quantiles(1)
        inside = [low <= math.exp(v) <= high for v in some.values]
        self.assertTrue(78 <= sum(inside) <= 84)

    def test_what_lies_beyond_is_added_in_squares(self):
        own, far = residuals([-0.1, 0.1] * 50), residuals([-0.1, 0.3] * 50)
        low, high = learn_bands.beyond(far, own)
        self.assertEqual(low, 1)
        self.assertAlmostEqual(math.log(high), math.sqrt(0.3**2 - 0.1**2))
        self.assertEqual(learn_bands.beyond(own, far), (1, 1))

    def test_rates_are_times_turned_round(self):
        row = {"metric": "tflops", "predicted": 100, "measured": 125, "low": 80, "high": 200}
        self.assertAlmostEqual(leave_out_parts.error_of(row), math.log(1.25))
        bounds = leave_out_parts.bounds_of(row)
        self.assertAlmostEqual(bounds[0], math.log(0.5))
        self.assertAlmostEqual(bounds[1], math.log(1.25))

    def test_a_source_is_left_out_of_what_it_is_compared_with(self):
        rows = [{"id": i, "source": s} for i, s in enumerate("aab")]
        seen = []

        def best(others):
            seen.append({r["source"] for r in others})
            return {i: len(others) for i in range(3)}

        self.assertEqual(leave_out_parts.by_source(rows, best), {0: 1, 1: 1, 2: 2})
        self.assertEqual(sorted(seen, key=sorted), [{"a"}, {"b"}])

    def test_ends_of_curves_are_moved_and_dropped(self):
        moved = leave_out_parts.with_end("nvlink-4", "ring", 1.05)
        dropped = leave_out_parts.with_end("nvlink-4", "ring", 0)
        self.assertNotEqual(moved, dropped)
        self.assertEqual(moved.count(","), dropped.count(",") + 2)
        self.assertIsNone(leave_out_parts.with_end("ethernet", "in_network", 1.05))


if __name__ == "__main__":
    unittest.main()
