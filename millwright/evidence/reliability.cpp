// Rows of published fleets: an outcome is predicted from what the same document says of the same
// system, its rate of failures, its scale, its restarts; a row is never its own input.
#include <algorithm>
#include <cmath>

#include "millwright/base/text.h"
#include "millwright/evidence/cells.h"
#include "millwright/evidence/tables.h"
#include "millwright/reliability/closed_form.h"
#include "millwright/reliability/time_law.h"

namespace millwright {
namespace {

constexpr Seconds usual_checkpoint = 10 * unit::s;
constexpr double usual_replicas = 32;

struct FleetUnit {
    std::string_view name;
    Seconds unit;
};
constexpr std::array time_units{FleetUnit{"s", unit::s},          FleetUnit{"min", unit::minute},
                                FleetUnit{"h", unit::hour},       FleetUnit{"d", unit::day},
                                FleetUnit{"months", unit::month}, FleetUnit{"month", unit::month},
                                FleetUnit{"y", unit::year}};

std::optional<Seconds> time_unit(std::string_view name) {
    const std::string_view word = name.substr(0, name.find(' '));
    const auto found = std::ranges::find(time_units, word, &FleetUnit::name);
    if (found == time_units.end()) return std::nullopt;
    return found->unit;
}

/// What a cell with two ends comes to: their mean, or the one that is there.
std::optional<double> value_of(const Cells& cells) {
    const auto low = cells.number("lo"), high = cells.number("hi");
    if (low && high) return (*low + *high) / 2;
    if (low || high) return low ? low : high;
    return number_of(cells.text("value"));
}

/// "54 d", "55-73 d", "11 months"; nothing of dates and words.
std::optional<Seconds> period_of(const Cells& cells) {
    const std::string text = cells.text("period");
    const std::size_t space = text.find(' ');
    if (space == std::string::npos) return std::nullopt;
    const auto unit = time_unit(std::string_view(text).substr(space + 1));
    const std::string count = text.substr(0, space);
    const std::size_t dash = count.find('-');
    const auto first = number_of(count.substr(0, dash));
    const auto last = dash == std::string::npos ? first : number_of(count.substr(dash + 1));
    if (!unit || !first || !last) return std::nullopt;
    return (*first + *last) / 2 * *unit;
}

bool is_rate(std::string_view metric) {
    return metric.starts_with("rate_") ||
           metric.starts_with("interruptions_per_1000_servers_per_day");
}
bool is_gap(std::string_view metric) {
    return metric == "interval_between_failures" || metric.starts_with("mttf") ||
           metric.starts_with("mtbf");
}
bool is_count(std::string_view metric) {
    return metric == "interruptions_unexpected" || metric == "failures_total";
}
bool is_share(std::string_view metric) {
    return metric.starts_with("effective_training_time") || metric.starts_with("ettr") ||
           metric == "goodput" || metric == "uptime" || metric == "job_uptime" ||
           metric == "useful_share";
}
bool is_restart(std::string_view metric) {
    return metric == "stall_per_failure" || metric.starts_with("restart_") ||
           metric.starts_with("recovery_time") || metric == "job_recovery";
}
bool is_checkpoint(std::string_view metric) {
    return metric == "checkpoint_cost" || metric.starts_with("checkpoint_block");
}

/// How near another row's system is to this one's: the same, one of which it is a part, or one of
/// the same size; zero of all others, which are other fleets.
int nearness(const Cells& row, const Cells& other) {
    const std::string here = row.text("system"), there = other.text("system");
    if (here == there) return 3;
    if (here.starts_with(there) || there.starts_with(here)) return 2;
    const std::string size = row.text("scale_accelerators");
    return !size.empty() && size == other.text("scale_accelerators") ? 1 : 0;
}

/// The row of this document that `fits`, of the nearest system. Two of unlike value that are as
/// near say nothing.
template <class Fits>
std::optional<Cells> nearest(const Cells& row, Fits&& fits) {
    std::optional<std::size_t> best;
    int near = 0;
    bool unlike = false;
    for (std::size_t i = 0; i < row.table.rows.size(); ++i) {
        const Cells other{row.table, i};
        if (i == row.row || other.text("document") != row.text("document")) continue;
        if (!fits(other.text("metric")) || !value_of(other)) continue;
        const int here = nearness(row, other);
        if (here == 0 || here < near) continue;
        unlike = here == near && best && value_of({row.table, *best}) != value_of(other);
        if (here > near) best = i;
        near = here;
    }
    if (unlike || !best) return std::nullopt;
    return Cells{row.table, *best};
}

std::optional<double> chips_of(const Cells& cells) {
    const auto chips = number_of(cells.text("scale_accelerators"));
    return chips && *chips > 0 ? chips : std::nullopt;
}

/// Failures of a chip over time: by a rate of nodes, or by the gap of a job of known size, where it
/// is not a gap that is asked for.
std::optional<double> failures_of_a_chip(const Cells& row) {
    constexpr double chips_of_1000_nodes = 8000;
    if (const auto rate = nearest(row, is_rate)) {
        return *value_of(*rate) / chips_of_1000_nodes / unit::day.si();
    }
    if (is_gap(row.text("metric"))) return std::nullopt;
    const auto gap = nearest(row, is_gap);
    if (!gap) return std::nullopt;
    const auto unit = time_unit(gap->text("unit"));
    const auto chips = chips_of(*gap);
    if (!unit || !chips || !(*value_of(*gap) > 0)) return std::nullopt;
    return 1 / ((*value_of(*gap) * *unit).si() * *chips);
}

std::optional<Seconds> time_of(const std::optional<Cells>& cells) {
    if (!cells) return std::nullopt;
    const auto unit = time_unit(cells->text("unit"));
    if (!unit) return std::nullopt;
    return *value_of(*cells) * *unit;
}

/// Whether replicas drop out of the job: the words by which reports say it.
bool drops_replicas(const Cells& cells) {
    const std::string words =
        lower(cells.text("system") + " " + cells.text("metric") + " " + cells.text("note"));
    return contains(words, "ft-hsdp") || contains(words, "replica") || contains(words, "torchft");
}

double predicted_share(const Cells& cells, Seconds mtbf, Seconds restart, ValidatedRow& row) {
    const auto printed = time_of(nearest(cells, is_checkpoint));
    if (!printed) row.defaults.emplace_back("a checkpoint of 10 s");
    const Seconds cost = printed.value_or(usual_checkpoint);
    if (drops_replicas(cells)) {
        row.defaults.emplace_back("32 replicas, no checkpoint");
        return dropping_share({.mtbf = mtbf,
                               .checkpoint = {},
                               .period = unit::hour,
                               .stall = restart,
                               .repair = restart,
                               .replicas = usual_replicas});
    }
    row.defaults.emplace_back("the best period");
    const Seconds period = max(best_period(mtbf, cost), 1 * unit::s);
    return rewinding_share({mtbf, cost, period, chance_without_failure(constantly(restart), mtbf)});
}

/// Poisson's limits of a count, for eight in ten.
void add_limits(ValidatedRow& row) {
    const double spread = 1.2816 * std::sqrt(row.predicted);
    row.low = std::max(0.0, row.predicted - spread);
    row.high = row.predicted + spread;
}

void predict(const Cells& cells, ValidatedRow& row) {
    const std::string& metric = row.metric;
    const auto rate = failures_of_a_chip(cells);
    const auto chips = chips_of(cells);
    if (!rate) return void(row.skipped = "no rate of failures of this system is known");
    if (metric.starts_with("mean_gpu_days")) return settle(row, 1 / *rate / unit::day.si());
    if (!chips) return void(row.skipped = "the number of chips is not known");
    if (!(*rate > 0)) return void(row.skipped = "nothing fails");
    const Seconds mtbf = Seconds::from_si(1 / (*rate * *chips));
    if (is_gap(metric)) {
        const auto unit = time_unit(cells.text("unit"));
        if (!unit) return void(row.skipped = "the unit is no time");
        return settle(row, mtbf / *unit);
    }
    if (is_count(metric)) {
        const auto period = period_of(cells);
        if (!period) return void(row.skipped = "the length of the period is not known");
        settle(row, *period / mtbf);
        return add_limits(row);
    }
    const auto restart = time_of(nearest(cells, is_restart));
    if (!restart) return void(row.skipped = "no restart of this system is known");
    const double whole = contains(cells.text("unit"), "percent") ? 100 : 1;
    settle(row, whole * predicted_share(cells, mtbf, *restart, row));
}

}  // namespace

std::vector<ValidatedRow> validated_reliability(const CsvTable& table, std::size_t index) {
    const Cells cells{table, index};
    ValidatedRow row{.id = cells.text("id"), .metric = cells.text("metric")};
    row.source = first_words(cells.text("source"));
    row.chip = cells.text("accelerator");
    const auto value = value_of(cells);
    row.measured = value.value_or(0);
    const bool outcome = is_gap(row.metric) || is_count(row.metric) || is_share(row.metric) ||
                         row.metric.starts_with("mean_gpu_days");
    if (!outcome) {
        row.skipped = "an input, or an outcome that no job has";
    } else if (!value || !(*value > 0)) {
        row.skipped = "no measured value";
    } else {
        predict(cells, row);
    }
    return {std::move(row)};
}

}  // namespace millwright
