// Moving figures until predictions meet measurements.
#pragma once

#include <functional>
#include <vector>

namespace millwright {

/// A figure that a fit may move: where it starts, its bounds, and who is told of its value.
struct Knob {
    double start = 1, low = 0, high = 1;
    std::function<void(double)> try_out;
};

/// Values of the knobs where `loss` is least, by subplex (Rowan 1990, as NLopt has it). The last
/// call of `try_out` is with these. Deterministic.
std::vector<double> least(const std::vector<Knob>& knobs, const std::function<double()>& loss,
                          int most_evaluations);

}  // namespace millwright
