// Why two scenarios or two factories differ, term by term: jobs in terms that sum to the
// difference.
#pragma once

#include <optional>
#include <variant>

#include "millwright/api/explain.h"
#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/intake/text.h"
#include "millwright/study/study.h"

namespace millwright {

/// Two factories by name, or by what the name is in lower case with dashes where only one is so.
struct FactoryPair {
    std::string a, b;
};

/// Two scenarios as read, whose places faults carry; without `b` both sides are of `a`. `factories`
/// are one of each side, which there must be without `b`; else factories are matched by name.
struct CompareQuestion {
    ScenarioText a;
    std::optional<ScenarioText> b;
    std::optional<FactoryPair> factories;
};

/// One figure of both sides: a number in SI units, or words.
using TermValue = std::variant<double, std::string>;

/// One term in which they differ; what is alike is left out. A part of a ledger that one side lacks
/// counts as zero there; of a factory or a job that it lacks the term is "in the scenario".
struct Difference {
    std::string factory, job, term;  // `job` is empty for what is of the factory
    TermValue a, b;
    Dimension dimension{};  // of numbers
};

/// One of the two scenarios. `file` is empty for studies that have none.
struct CompareSide {
    std::string file, name;
    Date date;            // of the rules
    std::string factory;  // that alone is compared; empty where all are
};

/// All differences: of a factory its rank and totals first, then what it is, then parts of its
/// ledgers by path ("LEDGER: PART: PART"), then its jobs. Why jobs differ, of factories that both
/// sides have. Of two factories alone `notes` tell which of them rules deny.
struct CompareAnswer {
    CompareSide a, b;
    std::vector<Difference> differences;  // in the order of A's factories and jobs, then B's own
    std::vector<JobExplanation> explanations;  // in the order of A's
    std::vector<std::string> notes;
};

/// b / a - 1, a share; none where a side is words or A's number is zero.
std::optional<double> change_of(const Difference& difference);

/// Faults are those of both scenarios, all at once, and names that no factory has. Factories and
/// jobs are matched by name, and two factories without an alternative to each other.
Result<CompareAnswer> compare(const CompareQuestion& question, const Setting& setting);

/// The same of two studies, which have no files. Both were judged by the same authorities, as those
/// of one catalog are, and in the same order.
CompareAnswer compare(const Study& a, const Study& b);

/// One factory of each, which may be the same study; their places in it.
CompareAnswer compare(const Study& a, std::size_t factory_a, const Study& b, std::size_t factory_b);

}  // namespace millwright
