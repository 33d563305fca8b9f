#include "millwright/report/serving_fit_text.h"

#include <fmt/format.h>

#include "millwright/report/table.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

constexpr std::size_t most_told = 8;  // rows that do not fit
constexpr double microseconds = 1e6;  // of a second

std::string plural(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// The answer: what the fit is worth, on runs that it did not know where there are enough.
std::string errors_text(const FitErrors& e) {
    std::string text =
        fmt::format("The median error of {} from {} goes from {} to {}", plural(e.rows, "figure"),
                    plural(e.runs, "run"), percent(e.before), percent(e.after));
    text += e.left_out ? fmt::format("; each run predicted by a fit to the others: {}.",
                                     percent(*e.left_out))
                       : "; runs are too few to leave any out, so that is the fit's own error.";
    return text;
}

std::string moved_text(const EngineFigureFit& f) {
    if (f.before <= 0) return "";
    return fmt::format("{:+.1f}", 100 * (f.after / f.before - 1));
}

/// Of a figure that no run sees there is nothing but what the catalog has.
std::string figures_text(const EngineFit& fit) {
    std::vector<std::vector<std::string>> rows;
    for (const EngineFigureFit& f : fit.figures) {
        const double scale = f.unit.empty() ? 1 : microseconds;
        const auto number = [&](double x) { return fmt::format("{:.4g}", scale * x); };
        const auto shown = [&](double x) { return f.seen ? number(x) : "-"; };
        const auto end = [&](double x) { return fit.errors.left_out ? shown(x) : "-"; };
        rows.push_back({fmt::format("{}{}", f.figure, f.unit.empty() ? "" : ", us"),
                        number(f.before), shown(f.after), f.seen ? moved_text(f) : "-", end(f.low),
                        end(f.high), f.seen ? fmt::format("{:.0f}", 100 * f.told) : "-",
                        f.seen ? "" : "no run shows it"});
    }
    return format_table({fit.engine.id, "before", "after", "moved %", "low", "high", "told %", ""},
                        rows, "lrrrrrrl");
}

/// Errors of each kind of figure, and the band that predictions of it carry from now on.
std::string kinds_text(const EngineFit& fit) {
    const auto share = [](double x) { return fmt::format("{:.1f}", 100 * x); };
    std::vector<std::vector<std::string>> rows;
    for (const KindFit& kind : fit.kinds) {
        const FitErrors& e = kind.errors;
        std::vector<std::string> row{kind.kind, std::to_string(e.rows), share(e.before),
                                     share(e.after), e.left_out ? share(*e.left_out) : "-"};
        for (const Cited<double> Band::*end : {&Band::low, &Band::high}) {
            row.push_back(kind.band ? fmt::format("{:.3f}", (*kind.band.*end).value) : "-");
        }
        rows.push_back(std::move(row));
    }
    return format_table(
        {"errors of", "figures", "before %", "after %", "left out %", "band from", "to"}, rows,
        "lrrrrrr");
}

std::string strangers_text(const std::vector<FittedRow>& rows) {
    std::string text;
    std::size_t count = 0;
    for (const FittedRow& row : rows) {
        if (row.counts || ++count > most_told) continue;
        text += fmt::format("{}{} {} ({:.4g}, predicted {:.4g})", text.empty() ? "" : "; ", row.id,
                            row.metric, row.measured, row.after);
    }
    if (count == 0) return "";
    if (count > most_told) text += fmt::format("; and {} more", count - most_told);
    return wrapped("", "Too far off to move the fit: " + text + ".", 2);
}

constexpr const char* fit_legend =
    "Low, high: of the fit and of those without one run each. Told: how much of a figure the runs "
    "tell; the rest is the catalog's. Errors: medians. Band: measured over predicted of eight in "
    "ten, wider as runs are few.";

}  // namespace

std::string serving_fit_text(const ServingCalibration& fit) {
    std::string text = wrapped("", errors_text(fit.errors), 0);
    for (const EngineFit& engine : fit.engines) {
        if (fit.engines.size() > 1) {
            text += "\n" + wrapped("", engine.engine.name + ": " + errors_text(engine.errors), 0);
        }
        text += "\n" + figures_text(engine) + "\n" + kinds_text(engine);
    }
    text += "\n" + wrapped("", fit_legend, 0) + strangers_text(fit.rows);
    for (std::size_t i = 0; i < fit.reasons.size() && i < most_told; ++i) {
        const auto& [reason, rows] = fit.reasons[i];
        text += wrapped(fmt::format("  skipped {}: ", rows), reason, 4);
    }
    return text;
}

}  // namespace millwright
