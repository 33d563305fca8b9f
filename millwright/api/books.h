// What the factories of a scenario come to in money, and how sure that is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/text.h"
#include "millwright/study/break_even.h"
#include "millwright/study/sampled_books.h"

namespace millwright {

/// "What must be true": the value of one number at which one output has a target.
struct MustQuestion {
    std::string path;  // of the number, as in [[uncertain]]
    std::string
        output;         // of a factory: npv, irr, payback_years, chip_hour ... or the name of a job
    double target = 0;  // in SI units
};

/// A scenario as read, whose places faults carry.
struct BooksQuestion {
    ScenarioText scenario;
    std::int64_t samples = 2000;
    std::int64_t seed = 1;
    std::int64_t base_points = 128;  // of indices; zero: first-order shares alone
    std::int64_t search_again = 8;   // samples whose plans are searched again
    std::optional<MustQuestion> must;
    std::vector<std::string> break_even;  // paths of two numbers; none: the two heaviest
};

/// What a factory's number must be; nothing, with a reason, where none in its range does.
struct MustValue {
    std::size_t factory = 0;
    std::optional<double> value;
    std::string why;
};

struct MustAnswer {
    MustQuestion question;
    Dimension dimension;        // of the number
    Dimension target;           // of the output
    std::optional<double> now;  // nothing where the scenario leaves it out
    std::vector<MustValue> factories;
};

struct BooksAnswer {
    std::string file;
    Scenario scenario;
    Study study;
    UncertainInputs uncertain;
    SampledBooks books;
    std::vector<std::string> defaults;  // that stood in for what [books] leaves out
    std::vector<std::string> beside;    // what is given outside of its own range
    std::int64_t samples = 0;
    std::optional<MustAnswer> must;
    std::vector<BreakEven> break_even;  // of factories that have one
};

/// Faults are those of the scenario, all at once; then those of its ranges, of what must be,
/// and of the numbers that are moved until nothing is left.
Result<BooksAnswer> books(const BooksQuestion& question, const Setting& setting);

}  // namespace millwright
