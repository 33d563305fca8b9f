// Moving figures until predictions meet measurements.
#pragma once

#include <functional>
#include <vector>

namespace millwright {

/// A figure that a fit may move: where it starts, its bounds, and who is told of its value. A start
/// outside the bounds is taken to the nearer one.
struct Knob {
    double start = 1, low = 0, high = 1;
    std::function<void(double)> try_out;
};

/// Values of the knobs (one or more, in their order) where `loss` is least near their starts, by
/// subplex (Rowan 1990, as NLopt has it). Each trial sets all of them, then asks for the loss; the
/// last call of `try_out` is with the values returned. Deterministic.
std::vector<double> least(const std::vector<Knob>& knobs, const std::function<double()>& loss,
                          int most_evaluations);

/// As fitted figures are kept and printed: four significant digits.
double four_digits(double x);

}  // namespace millwright
