// Why two scenarios differ, term by term: of a factory its rank and totals first.
#pragma once

#include <variant>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/text.h"
#include "millwright/study/study.h"

namespace millwright {

struct CompareQuestion {
    ScenarioText a, b;
};

/// One figure of both sides: a number in SI units, or words.
using Term = std::variant<double, std::string>;

struct Difference {
    std::string factory, job, term;  // `job` is empty for what is of the factory
    Term a, b;
    Dimension dimension{};  // of numbers
};

/// One of the two scenarios.
struct CompareSide {
    std::string file, name;
    Date date;  // of the rules
};

struct CompareAnswer {
    CompareSide a, b;
    std::vector<Difference> differences;  // in the order of A's factories and jobs, then B's own
};

/// b / a - 1 where both are numbers and that says something.
std::optional<double> change_of(const Difference& difference);

/// Faults are those of both scenarios, all at once. Factories and jobs are matched by name, and two
/// factories without an alternative to each other.
Result<CompareAnswer> compare(const CompareQuestion& question, const Setting& setting);

/// The same of two studies, which have no files.
CompareAnswer compare(const Study& a, const Study& b);

}  // namespace millwright
