// Numbers are those of the JSON, by their shortest text that reads back to them.
#include "millwright/report/sweep_files.h"

#include <fmt/format.h>

#include "millwright/base/csv.h"
#include "millwright/base/units.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"
#include "millwright/report/sweep_json.h"

namespace millwright {
namespace {

/// "site.energy_price, USD/J"; the path alone of plain numbers and of words.
std::string path_column(const SweptPath& path) {
    const std::string unit = path.dimension ? si_unit(*path.dimension) : "";
    return unit.empty() ? path.path : path.path + ", " + unit;
}

std::string swept_cell(const std::optional<double>& number) {
    return number ? fmt::format("{}", *number) : "";
}

std::vector<std::string> swept_cells(const SweepAnswer& a, const SweptPoint& point,
                                     std::size_t factory, std::size_t job) {
    std::vector<std::string> cells;
    for (std::size_t k = 0; k < a.over.size(); ++k) {
        const SweptValue& value = a.over[k].values[point.at[k]];
        cells.push_back(value.si ? swept_cell(value.si) : value.text);
    }
    const SweptFactory& swept = point.factories[factory];
    const SweptJob& done = swept.jobs[job];
    cells.insert(
        cells.end(),
        {a.factories[factory], a.jobs[job], swept.rank > 0 ? fmt::format("{}", swept.rank) : "",
         swept.rank == 0 ? ""
         : swept.lawful  ? "true"
                         : "false",
         done.feasible ? "true" : "false", done.feasible ? "" : done.infeasible});
    for (const auto& figure : done.figures) cells.push_back(swept_cell(figure));
    return cells;
}

std::string sweep_csv(const SweepAnswer& a) {
    std::vector<std::string> head;
    for (const SweptPath& path : a.over) head.push_back(path_column(path));
    head.insert(head.end(), {"factory", "job", "rank", "lawful", "feasible", "infeasible"});
    for (const SweepMetric* metric : a.of) head.emplace_back(metric->name);
    std::string text = csv_line(head);
    for (const SweptPoint& point : a.points) {
        for (std::size_t f = 0; f < a.factories.size(); ++f) {
            for (std::size_t j = 0; j < a.jobs.size(); ++j) {
                text += csv_line(swept_cells(a, point, f, j));
            }
        }
    }
    return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> sweep_files(const SweepAnswer& answer) {
    return {{"sweep.csv", sweep_csv(answer)},
            {"sweep.json", json_text(sweep_json(answer)) + "\n"},
            {"sweep.html", sweep_html(answer)}};
}

std::vector<std::string> sweep_file_names() { return {"sweep.csv", "sweep.json", "sweep.html"}; }

}  // namespace millwright
