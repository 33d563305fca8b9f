#include "millwright/evidence/fit_search.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlopt.hpp>

#include "millwright/base/text.h"

namespace millwright {
namespace {

struct LossOfKnobs {
    const std::vector<Knob>* knobs;
    const std::function<double()>* loss;
};

void try_all(const std::vector<Knob>& knobs, const std::vector<double>& x) {
    for (std::size_t i = 0; i < x.size(); ++i) knobs[i].try_out(x[i]);
}

/// As NLopt asks for it. Subplex takes no derivatives, so the gradient is not filled in.
double objective(const std::vector<double>& x, std::vector<double>&, void* data) {
    const auto& o = *static_cast<const LossOfKnobs*>(data);
    try_all(*o.knobs, x);
    return (*o.loss)();
}

}  // namespace

std::vector<double> least(const std::vector<Knob>& knobs, const std::function<double()>& loss,
                          int most_evaluations) {
    LossOfKnobs o{&knobs, &loss};
    nlopt::opt search(nlopt::LN_SBPLX, static_cast<unsigned>(knobs.size()));
    std::vector<double> x, low, high, step;
    for (const Knob& knob : knobs) {
        x.push_back(std::clamp(knob.start, knob.low, knob.high));
        low.push_back(knob.low);
        high.push_back(knob.high);
        // a tenth of the value, and some of the range where that starts near zero
        step.push_back(std::max(0.1 * x.back(), 0.02 * (knob.high - knob.low)));
    }
    search.set_lower_bounds(low);
    search.set_upper_bounds(high);
    search.set_initial_step(step);
    search.set_min_objective(objective, &o);
    search.set_maxeval(most_evaluations);
    search.set_ftol_rel(1e-6);
    double value = 0;
    try {
        search.optimize(x, value);
    } catch (const nlopt::roundoff_limited&) {
        // as near as doubles can come; x is the best point found
    }
    try_all(knobs, x);
    return x;
}

double four_digits(double x) { return number_of(fmt::format("{:.4g}", x)).value_or(x); }

}  // namespace millwright
