// The books of every factory of a study, once for the scenario as it stands and once for each
// sample of what is uncertain in it.
//
// A sample goes the whole chain: its numbers are set in a catalog and a scenario of their own,
// these are resolved (wiring, bill, rules), the jobs are timed by their engines, failures take
// their share, and the money is reckoned. Plans and layouts are those that are best for the
// scenario as it stands; `plan_regret` says what that costs. Predictions' bands are factors on the
// time of jobs, which is exact: prices are proportional to it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "millwright/chance/indices.h"
#include "millwright/chance/sample.h"
#include "millwright/chance/summary.h"
#include "millwright/study/factory_books.h"
#include "millwright/study/uncertain_inputs.h"

namespace millwright {

/// What is told of a factory, in the order of `FactorySamples::outputs`; jobs come behind.
enum class BooksOutput { capital, yearly_cost, chip_hour, npv, irr, payback, break_even_rent };

template <>
struct EnumNames<BooksOutput> {
    static constexpr std::array<std::string_view, 7> names{
        "capital", "yearly_cost", "chip_hour", "npv", "irr", "payback_years", "break_even_rent"};
};

/// Outputs that all factories have.
inline constexpr std::size_t own_outputs = EnumNames<BooksOutput>::names.size();

/// One number of a factory: as the scenario stands, and over the samples in which there is one.
struct OutputSamples {
    std::string name;  // of BooksOutput, or of a job: what a million of its tokens cost
    Dimension dimension;
    std::optional<double> point;
    Summary spread;              // zero where no sample has a value
    double known = 0;            // share of samples that have one
    std::vector<double> values;  // of those, in the order of samples
};

/// What an output owes to one input.
struct InputShare {
    std::size_t input = 0;
    double first = 0;             // Sobol's index of first order
    std::optional<double> total;  // the total index, where inputs are independent
    std::optional<double> shapley;
    double low = 0, high = 0;  // the output's mean where the input is in its lowest, highest tenth

    /// How much of the output's variance hangs on the input, by the best measure that there is.
    double weight() const;
};

/// Shares of one output's variance, heaviest first.
struct OutputIndices {
    std::string output;
    std::vector<InputShare> inputs;
};

struct FactorySamples {
    std::size_t factory = 0;  // of the scenario
    FactoryBooks point;
    std::vector<OutputSamples> outputs;
    std::vector<OutputIndices> indices;
    std::vector<Summary> fan;  // of the cash so far, of each month (cash_fan.h)
};

/// What it is worth to know more before one of the factories is chosen by its net present value.
struct InformationValue {
    double perfect = 0;              // dollars: to know all inputs
    std::vector<double> partial;     // to know one of them, in the order of inputs
    std::vector<std::size_t> among;  // factories that were weighed against each other
};

/// How much better jobs were done where their plans were searched again, over the samples tried.
struct PlanRegret {
    std::size_t samples = 0;
    double mean = 0, most = 0;  // share of a job's price
};

/// A factory that has no books as the scenario stands, and why.
struct UnreckonedFactory {
    std::size_t factory = 0;
    std::string why;
};

struct SampledBooks {
    std::vector<FactorySamples> factories;  // those that can be built, as in the scenario
    std::vector<UnreckonedFactory> cannot;  // the others
    InformationValue information;
    PlanRegret regret;
    std::size_t lost = 0;     // samples of which no factory can be made
    bool correlated = false;  // then first-order shares are from the samples alone
};

/// Fans are of the first samples, as many at most: each keeps its months.
constexpr std::size_t most_fan_samples = 8192;

struct SampleOptions {
    std::uint64_t samples = 2000;
    std::uint64_t seed = 1;
    std::uint64_t base_points = 128;  // of indices: each is two evaluations for every input and 3
    std::size_t search_again = 8;     // samples whose plans are searched again
    int threads = 0;
    std::function<void(std::string_view what, double share)> progress;
};

/// One output of a factory by its name, in SI units; nothing where it has none of it.
std::optional<double> output_of(const FactoryBooks& books, std::string_view name);

/// The same for any number of threads.
SampledBooks sampled_books(const BooksSite& site, const Study& study,
                           const UncertainInputs& uncertain, const SampleOptions& options);

}  // namespace millwright
