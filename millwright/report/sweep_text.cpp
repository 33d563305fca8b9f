// A point is named by its values as they were written. What is told of the ends of a path and of
// who ranks best is told along lines of the grid, on which one path moves and the others stand at
// their first values: a grid of two paths has no two ends.
#include "millwright/report/sweep_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

constexpr std::size_t most_swept_rows = 24;     // of the table
constexpr std::size_t most_told_factories = 4;  // in sentences
constexpr std::size_t most_swept_reasons = 4;   // why points cannot be
constexpr std::size_t most_told_changes = 6;    // of who ranks best

/// The points on which path `path` moves and the others have their first values.
std::vector<const SweptPoint*> line_along(const SweepAnswer& a, std::size_t path) {
    std::vector<const SweptPoint*> line;
    for (const SweptPoint& point : a.points) {
        bool on_line = true;
        for (std::size_t k = 0; k < point.at.size(); ++k) {
            on_line = on_line && (k == path || point.at[k] == 0);
        }
        if (on_line) line.push_back(&point);
    }
    return line;
}

const std::string& value_text(const SweepAnswer& a, const SweptPoint& point, std::size_t path) {
    return a.over[path].values[point.at[path]].text;
}

/// "PATH = VALUE" of each path.
std::string point_name(const SweepAnswer& a, const SweptPoint& point) {
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < a.over.size(); ++k) {
        parts.push_back(fmt::format("{} = {}", a.over[k].path, value_text(a, point, k)));
    }
    return join(parts, ", ");
}

/// A factory, and its job where there are several.
std::string swept_name(const SweepAnswer& a, std::size_t factory, std::size_t job) {
    return a.jobs.size() > 1 ? a.factories[factory] + ", " + a.jobs[job] : a.factories[factory];
}

/// What a line of sentences is about: a metric of a factory and a job.
struct ToldFigure {
    std::size_t factory, job, metric;

    const std::optional<double>& at(const SweptPoint& point) const {
        return point.factories[factory].jobs[job].figures[metric];
    }
};

/// Whether the figure is the same, or missing, at all points.
bool stands_still(const SweepAnswer& a, const ToldFigure& told) {
    return std::ranges::all_of(
        a.points, [&](const SweptPoint& p) { return told.at(p) == told.at(a.points.front()); });
}

/// The first metric that moves; the first where none does.
std::size_t told_metric(const SweepAnswer& a) {
    for (std::size_t m = 0; m < a.of.size(); ++m) {
        for (std::size_t f = 0; f < a.factories.size(); ++f) {
            for (std::size_t j = 0; j < a.jobs.size(); ++j) {
                if (!stands_still(a, {f, j, m})) return m;
            }
        }
    }
    return 0;
}

/// The point where the figure is best, if it has a value anywhere.
const SweptPoint* best_point(const SweepAnswer& a, const ToldFigure& told) {
    const SweptPoint* best = nullptr;
    for (const SweptPoint& point : a.points) {
        const auto& figure = told.at(point);
        if (!figure) continue;
        if (best == nullptr) best = &point;
        const double so_far = *told.at(*best);
        if (a.of[told.metric]->more ? *figure > so_far : *figure < so_far) best = &point;
    }
    return best;
}

/// "days 428.2 at chips = 2048 and 64.5 at 16384", of each path.
std::string ends_text(const SweepAnswer& a, const ToldFigure& told) {
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < a.over.size(); ++k) {
        const auto line = line_along(a, k);
        const auto at = [&](const SweptPoint& point) {
            return told.at(point) ? shown_figure(*a.of[told.metric], told.at(point))
                                  : std::string("none");
        };
        std::string part = fmt::format("{} at {} = {}", at(*line.front()), a.over[k].path,
                                       value_text(a, *line.front(), k));
        if (line.size() > 1) {
            part += fmt::format(" and {} at {}", at(*line.back()), value_text(a, *line.back(), k));
        }
        parts.push_back(std::move(part));
    }
    return join(parts, "; ");
}

std::string factory_sentence(const SweepAnswer& a, const ToldFigure& told) {
    const SweepMetric& metric = *a.of[told.metric];
    const SweptPoint* best = best_point(a, told);
    const std::string name = swept_name(a, told.factory, told.job);
    if (best == nullptr) return fmt::format("{} has {} nowhere.", name, metric.name);
    const std::string at_best = shown_figure(metric, told.at(*best));
    if (stands_still(a, told)) {
        return fmt::format("{}: {} is {} at every point.", name, metric.name, at_best);
    }
    std::string text = fmt::format("{}: {} is {}", name, metric.name, ends_text(a, told));
    if (a.points.size() > 2) {
        text += fmt::format("; the {} is {} at {}", metric.more ? "most" : "least", at_best,
                            point_name(a, *best));
    }
    return text + ".";
}

std::string best_name(const SweepAnswer& a, const SweptPoint& point) {
    return point.best ? a.factories[*point.best] : "none";
}

/// Who ranks best along the first path, and where another one does.
std::string ranking_sentence(const SweepAnswer& a) {
    if (a.factories.size() < 2) return "";
    const auto all_best = std::ranges::all_of(
        a.points, [&](const SweptPoint& p) { return p.best == a.points.front().best; });
    if (all_best) {
        return fmt::format(" Best-ranked at every point: {}.", best_name(a, a.points.front()));
    }
    const auto line = line_along(a, 0);
    std::vector<std::string> spans{best_name(a, *line.front())};
    for (std::size_t i = 1; i < line.size() && spans.size() <= most_told_changes; ++i) {
        if (line[i]->best == line[i - 1]->best) continue;
        spans.push_back(
            fmt::format("from {} on {}", value_text(a, *line[i], 0),
                        spans.size() == most_told_changes ? "others" : best_name(a, *line[i])));
    }
    std::string text =
        fmt::format(" Best-ranked along {}: {}.", a.over.front().path, join(spans, ", "));
    if (a.over.size() == 1) return text;
    std::vector<std::string> counts;
    for (std::size_t f = 0; f < a.factories.size(); ++f) {
        const auto count =
            std::ranges::count_if(a.points, [&](const SweptPoint& p) { return p.best == f; });
        if (count > 0) counts.push_back(fmt::format("{} at {}", a.factories[f], count));
    }
    return text + fmt::format(" Of {}: {}.", counted(a.points.size(), "point"),
                              counts.empty() ? "none does any job" : join(counts, ", "));
}

/// Points at which no factory does any job.
std::string lost_sentence(const SweepAnswer& a) {
    const auto lost = std::ranges::count_if(
        a.points, [](const SweptPoint& point) { return !point.best.has_value(); });
    if (lost == 0) return "";
    return fmt::format(" No job can be done at {} of {}.", lost, counted(a.points.size(), "point"));
}

/// A point's row of a factory and a job.
struct SweptRow {
    const SweptPoint& point;
    std::size_t factory, job;
};

std::vector<SweptRow> rows_of_sweep(const SweepAnswer& a) {
    std::vector<SweptRow> rows;
    for (const SweptPoint& point : a.points) {
        for (std::size_t f = 0; f < a.factories.size(); ++f) {
            for (std::size_t j = 0; j < a.jobs.size(); ++j) rows.push_back({point, f, j});
        }
    }
    return rows;
}

std::string swept_table(const SweepAnswer& a, const std::vector<SweptRow>& rows) {
    const bool ranked = a.factories.size() > 1, named = a.jobs.size() > 1;
    std::vector<std::string> head;
    for (const SweptPath& path : a.over) head.push_back(path.path);
    std::string alignment(head.size(), 'r');
    const auto column = [&](std::string name, char side) {
        head.push_back(std::move(name));
        alignment += side;
    };
    if (ranked) column("#", 'r');
    column("factory", 'l');
    if (named) column("job", 'l');
    for (const SweepMetric* metric : a.of) column(std::string(metric->name), 'r');
    std::vector<std::vector<std::string>> cells;
    for (const SweptRow& row : rows) {
        if (cells.size() == most_swept_rows) break;
        const SweptFactory& factory = row.point.factories[row.factory];
        std::vector<std::string> line;
        for (std::size_t k = 0; k < a.over.size(); ++k) {
            line.push_back(value_text(a, row.point, k));
        }
        if (ranked) line.push_back(factory.rank > 0 ? fmt::format("{}", factory.rank) : "-");
        line.push_back(a.factories[row.factory]);
        if (named) line.push_back(a.jobs[row.job]);
        const SweptJob& job = factory.jobs[row.job];
        for (std::size_t m = 0; m < a.of.size(); ++m) {
            line.push_back(shown_figure(*a.of[m], job.figures[m]));
        }
        cells.push_back(std::move(line));
    }
    return format_table(head, cells, alignment);
}

/// Each reason once, with the first point that it holds at.
std::string reason_lines(const SweepAnswer& a, const std::vector<SweptRow>& rows) {
    std::vector<std::pair<std::string, std::string>> reasons;  // why, and where first
    for (const SweptRow& row : rows) {
        const SweptJob& job = row.point.factories[row.factory].jobs[row.job];
        if (job.feasible) continue;
        const bool told = std::ranges::any_of(
            reasons, [&](const auto& reason) { return reason.first == job.infeasible; });
        if (told) continue;
        const std::string whose =
            row.point.fault.empty() ? swept_name(a, row.factory, row.job) + " at " : "";
        reasons.emplace_back(job.infeasible, whose + point_name(a, row.point));
    }
    std::string text = reasons.empty() ? "" : "\n";
    for (std::size_t i = 0; i < std::min(reasons.size(), most_swept_reasons); ++i) {
        text += wrapped("note: ", fmt::format("{}: {}", reasons[i].second, reasons[i].first), 6);
    }
    if (reasons.size() > most_swept_reasons) {
        text += fmt::format("note: {} more reasons\n", reasons.size() - most_swept_reasons);
    }
    return text;
}

}  // namespace

std::string shown_figure(const SweepMetric& metric, const std::optional<double>& figure) {
    if (!figure) return "-";
    if (metric.share) return fmt::format("{:.1f} %", 100 * *figure);
    if (metric.dimension != Dimension{}) return format_si(*figure, metric.dimension);
    constexpr double no_exponent = 1e4;
    return std::abs(*figure) >= no_exponent ? fmt::format("{:.0f}", *figure)
                                            : fmt::format("{:.4g}", *figure);
}

std::string sweep_sentence(const SweepAnswer& answer) {
    const std::size_t metric = told_metric(answer);
    std::vector<std::string> sentences;
    std::size_t left = 0;
    for (std::size_t f = 0; f < answer.factories.size(); ++f) {
        for (std::size_t j = 0; j < answer.jobs.size(); ++j) {
            if (!has_metric(answer.kinds[j], *answer.of[metric])) continue;
            // a figure of the factory is told once
            if (!answer.of[metric]->kind && j > 0) continue;
            if (sentences.size() < most_told_factories) {
                sentences.push_back(factory_sentence(answer, {f, j, metric}));
            } else {
                ++left;
            }
        }
    }
    std::string text = join(sentences, " ");
    if (left > 0) text += fmt::format(" {} more in the table.", left);
    return text + ranking_sentence(answer) + lost_sentence(answer);
}

std::string sweep_text(const SweepAnswer& answer) {
    const std::vector<SweptRow> rows = rows_of_sweep(answer);
    std::string text = wrapped("", sweep_sentence(answer), 0) + "\n" + swept_table(answer, rows);
    if (rows.size() > most_swept_rows) {
        text += fmt::format("{} more rows: --out DIR writes all of them\n",
                            rows.size() - most_swept_rows);
    }
    return text + reason_lines(answer, rows);
}

}  // namespace millwright
