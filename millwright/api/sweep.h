// A scenario run at every point of a grid: numbers and names of it, or figures of the catalog, that
// take one value after the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/api/sweep_metrics.h"
#include "millwright/api/sweep_values.h"
#include "millwright/base/result.h"
#include "millwright/intake/text.h"

namespace millwright {

/// Points of a sweep at most.
inline constexpr std::size_t most_sweep_points = 10'000;

/// What is moved, by the path that `[[uncertain]]` and `[[override]]` have for it or by that of any
/// other key of the scenario (intake/scenario_keys.h), and its values (sweep_values.h).
struct SweptOver {
    std::string path, values;
};

/// A scenario as read, whose places faults carry.
struct SweepQuestion {
    ScenarioText scenario;
    std::vector<SweptOver> over;
    std::vector<std::string> of;         // names of metrics; none: some of each kind of job
    std::vector<std::string> factories;  // that alone are run and ranked, by name; none: all
    bool optimistic = false;             // rank chips never measured as predicted
};

/// A value as it would stand in the file, and in SI units where it is a number.
struct SweptValue {
    std::string text;
    std::optional<double> si;
};

/// One axis of the grid.
struct SweptPath {
    std::string path;
    std::optional<Dimension> dimension;  // nothing of words, dates and choices
    Spacing spacing = Spacing::list;
    std::vector<SweptValue> values;
};

/// A job of a factory at a point. `figures` are in the order of `SweepAnswer::of`; nothing where
/// there is none.
struct SweptJob {
    bool feasible = false;
    std::string infeasible;  // why
    std::vector<std::optional<double>> figures;
};

struct SweptFactory {
    std::size_t rank = 0;        // of the point's, from one; zero where the point has no factories
    bool lawful = true;          // neither denied nor undecided
    std::vector<SweptJob> jobs;  // as in the scenario
};

/// One point: for each path the place of its value, and what `run` says there.
struct SweptPoint {
    std::vector<std::size_t> at;
    std::string fault;                // values that are sound alone and not together: why
    std::optional<std::size_t> best;  // the best-ranked factory; nothing where none does any job
    std::vector<SweptFactory> factories;  // as in the answer
};

/// Points are in row-major order: the last path moves fastest.
struct SweepAnswer {
    std::string name;  // of the scenario
    std::vector<std::string> factories, jobs;
    std::vector<JobKind> kinds;  // of the jobs
    std::vector<const SweepMetric*> of;
    std::vector<SweptPath> over;
    std::vector<SweptPoint> points;
};

/// Faults are those of the scenario as it stands and of the question, all at once: no such path or
/// metric, one path twice, what is no list or range of values, a value that cannot be, too many
/// points. A point is what `run` says of the scenario with the point's values in it, to the last
/// bit, for any number of threads.
Result<SweepAnswer> sweep(const SweepQuestion& question, const Setting& setting);

}  // namespace millwright
