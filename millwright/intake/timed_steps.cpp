#include "millwright/intake/timed_steps.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "millwright/base/cells.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr std::array<std::string_view, 2> passes{"forward", "backward"};
constexpr Range numbers{.low = 0, .high = 1e6, .whole = true};
constexpr std::array<Column, 6> step_columns{
    {{.name = "step", .kind = CellKind::count, .range = numbers},
     {.name = "replica", .kind = CellKind::count, .needed = Needed::cell, .range = numbers},
     {.name = "stage", .kind = CellKind::count, .needed = Needed::cell, .range = numbers},
     {.name = "micro_batch", .kind = CellKind::count, .needed = Needed::cell, .range = numbers},
     {.name = "pass", .kind = CellKind::choice, .needed = Needed::cell, .choices = passes},
     {.name = "ms",
      .kind = CellKind::number,
      .needed = Needed::cell,
      .range = {.low = 1e-6, .high = 1e9}}}};

/// A pass with the line that it stands on.
struct PlacedPass {
    TimedPass pass;
    std::size_t row = 0;

    auto key() const {
        return std::tuple(pass.replica, pass.stage, pass.micro_batch, pass.backward);
    }
};

/// The passes of a step in order; a fault where one stands twice or is missing.
void add_step(const CsvTable& table, std::int64_t number, std::vector<PlacedPass> placed,
              std::vector<TimedStep>& steps, Faults& faults) {
    std::stable_sort(placed.begin(), placed.end(),
                     [](const PlacedPass& a, const PlacedPass& b) { return a.key() < b.key(); });
    TimedStep step{.step = number};
    for (const PlacedPass& p : placed) {
        step.replicas = std::max(step.replicas, p.pass.replica + 1);
        step.stages = std::max(step.stages, p.pass.stage + 1);
        step.micro_batches = std::max(step.micro_batches, p.pass.micro_batch + 1);
    }
    const auto twice = std::ranges::adjacent_find(
        placed, [](const PlacedPass& a, const PlacedPass& b) { return a.key() == b.key(); });
    if (twice != placed.end()) {
        faults.push_back({place_of(table, std::next(twice)->row, 0),
                          fmt::format("a pass of step {} stands twice", number),
                          "one row for each replica, stage, micro-batch and pass"});
        return;
    }
    const double all = 2.0 * static_cast<double>(step.replicas) * static_cast<double>(step.stages) *
                       static_cast<double>(step.micro_batches);
    if (all != static_cast<double>(placed.size())) {
        faults.push_back(
            {place_of(table, placed.front().row, 0),
             fmt::format("step {} has {} passes, not the {:.0f} of {} replicas, {} stages and {} "
                         "micro-batches, there and back",
                         number, placed.size(), all, step.replicas, step.stages,
                         step.micro_batches),
             "numbers begin at zero, and every pass is there"});
        return;
    }
    for (const PlacedPass& p : placed) step.passes.push_back(p.pass);
    steps.push_back(std::move(step));
}

}  // namespace

Result<std::vector<TimedStep>> parse_timed_steps(std::string_view text, const std::string& file) {
    const auto table = read_table(text, file, step_columns);
    if (!table) return failure(table.error());
    std::map<std::int64_t, std::vector<PlacedPass>> by_step;
    for (std::size_t row = 0; row < table->rows.size(); ++row) {
        const Cells cells{*table, row};
        const TimedPass pass{.replica = *cells.count("replica"),
                             .stage = *cells.count("stage"),
                             .micro_batch = *cells.count("micro_batch"),
                             .backward = *cells.choice("pass", passes) == 1,
                             .took = *cells.number("ms") * unit::ms};
        by_step[cells.count("step").value_or(0)].push_back({pass, row});
    }
    Faults faults;
    std::vector<TimedStep> steps;
    for (auto& [number, placed] : by_step) {
        add_step(*table, number, std::move(placed), steps, faults);
    }
    if (!faults.empty()) return failure(std::move(faults));
    return steps;
}

Result<std::vector<TimedStep>> read_timed_steps(const std::string& path) {
    const FileText file = read_file(path, timed_steps_limit);
    if (!file.ok)
        return failure({{path, 0, 0}, "the table " + file.why, "docs/goodput.md has one"});
    return parse_timed_steps(file.text, path);
}

}  // namespace millwright
