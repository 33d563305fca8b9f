// Each kind of job has a table of its own, since kinds have unlike columns. What is of the factory
// and not of a job (verdicts, power, capital) stands in the first of them alone, in the line of the
// factory's first job.
#include "millwright/report/study_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/answer_text.h"
#include "millwright/report/job_text.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

using Row = std::vector<std::string>;

enum class TableStyle : std::uint8_t { text, markdown };

/// Its place, in brackets where a denial or an open question stands in the way, with a star where
/// kernels of its chip were never measured.
std::string rank_text(const FactoryReport& f, int rank) {
    const std::string place =
        is_lawful(f.verdict) ? std::to_string(rank) : fmt::format("({})", rank);
    return f.measured ? place : place + "*";
}

/// One unit for a column, and its head.
struct SiteUnits {
    Watts power = unit::MW;
    Dollars capital = 1e9 * unit::USD;
    const char* power_name = "MW";
    const char* capital_name = "G$";
};

/// Units of the whole site's columns, by the largest of the factories, so that a column has one
/// unit and small factories are not told in millionths. Power below 10 MW is told in kW, capital
/// below a billion dollars in millions.
SiteUnits units_of(const Study& study) {
    Watts power;
    Dollars capital;
    for (const FactoryReport& f : study.factories) {
        power = max(power, f.power.value);
        capital = max(capital, f.capital.value);
    }
    SiteUnits units;
    if (power < 10 * unit::MW) {
        units.power = 0.001 * unit::MW;
        units.power_name = "kW";
    }
    if (capital < 1e9 * unit::USD) {
        units.capital = 1e6 * unit::USD;
        units.capital_name = "M$";
    }
    return units;
}

/// Whether any job is of the kind: of all factories alike.
bool asks(const Study& study, JobKind kind) {
    return std::ranges::any_of(study.factories.front().jobs,
                               [&](const JobReport& job) { return kind_of(job) == kind; });
}

/// A question mark says that an open point would make the leading answer stricter.
Row verdict_cells(const RankedJob& r) {
    const Verdict& verdict = r.factory.verdict;
    Row row;
    for (const Outcome* o : ranking_outcomes(verdict)) {
        const bool marked = o == &verdict.lead() && !verdict.would_decide.empty();
        row.push_back(r.rank == 0 ? "" : o->code + (marked ? "?" : ""));
    }
    return row;
}

/// An exclamation mark says that the power is more than the site has. Two digits below ten, so that
/// small figures do not read as zero.
Row site_cells(const RankedJob& r, const SiteUnits& units) {
    if (r.rank == 0) return {"", ""};
    const double power = r.factory.power.value.in(units.power);
    const double capital = r.factory.capital.value.in(units.capital);
    return {(power < 10 ? fmt::format("{:.2g}", power) : fmt::format("{:.0f}", power)) +
                (r.factory.over_power ? "!" : ""),
            capital < 0.1 ? fmt::format("{:.2g}", capital) : fmt::format("{:.2f}", capital)};
}

/// A job that cannot be done leaves its columns empty; the paragraph says why.
Row job_cells(const JobReport& job, const JobPrinter& printer) {
    if (job.feasible) return printer.cells(job);
    Row row(printer.columns.size());
    row.front() = "cannot";
    return row;
}

/// A line a factory and job of one kind.
std::vector<Row> summary_rows(const Study& study, const JobPrinter& printer, bool first) {
    const SiteUnits units = units_of(study);
    std::vector<Row> rows;
    for (const RankedJob& r : ranked_jobs(study, printer.kind)) {
        Row row{r.rank > 0 ? rank_text(r.factory, r.rank) : "", r.rank > 0 ? r.factory.name : ""};
        if (first && study.sites.size() > 1) {
            row.push_back(r.rank > 0 ? r.factory.site : "");
        }
        if (first) append(row, verdict_cells(r));
        row.push_back(r.job.job);
        append(row, job_cells(r.job, printer));
        if (first) append(row, site_cells(r, units));
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Verdicts, power and capital of the whole site stand in the first table alone.
std::string summary(const Study& study, const JobPrinter& printer, bool first, TableStyle style) {
    const SiteUnits units = units_of(study);
    Row head{"#", "factory"};
    std::string alignment = "rl";
    if (first && study.sites.size() > 1) {
        head.emplace_back("site");
        alignment += 'l';
    }
    if (first) {
        for (const Outcome* o : ranking_outcomes(study.factories.front().verdict)) {
            head.push_back(o->label);
            alignment += 'l';
        }
    }
    head.push_back("job");
    append(head, printer.columns);
    alignment += "l" + printer.alignment;
    if (first) {
        append(head, {units.power_name, units.capital_name});
        alignment += "rr";
    }
    const std::vector<Row> rows = summary_rows(study, printer, first);
    return style == TableStyle::markdown ? markdown_table(head, rows, alignment)
                                         : format_table(head, rows, alignment);
}

/// By how much is told with the factory, where sites have limits of their own.
std::string over_legend(const Study& study) {
    if (study.sites.size() > 1) return " ! over the power of its site.";
    return " ! over the " + to_text(study.sites.front().power_limit) + " that the site has.";
}

/// Those of a list that are told, in one paragraph.
std::string marks(const Study& study) {
    const auto any = [&](auto holds) { return std::ranges::any_of(study.factories, holds); };
    std::string text;
    if (any([](const FactoryReport& f) { return !is_lawful(f.verdict); })) {
        text += " ( ) denied or undecided.";
    }
    if (any([](const FactoryReport& f) { return f.over_power; })) text += over_legend(study);
    if (any([](const FactoryReport& f) { return !f.measured; })) {
        text += " * not measured: figures of its chip's kernels are those of a like one.";
    }
    if (any([](const FactoryReport& f) { return !f.verdict.would_decide.empty(); })) {
        text += " ? an open point would give another answer; it stands with the factory.";
    }
    return text;
}

/// What ranks the factories, and what stands in the columns of the first table.
std::string first_legend(const Study& study, const std::string& of_kind) {
    const SiteUnits units = units_of(study);
    std::string text =
        "Ranked: no licence needed first, then licence or exception possible, then denial (place "
        "in brackets); of these by the jobs that it does, then by " +
        study.score_means + ". " + of_kind + " ";
    text += std::string(units.power_name) + ", " + units.capital_name +
            ": power and capital of the whole site.";
    return wrapped("", text + marks(study), 0);
}

/// A table for each kind of job that is asked, with its legend where `legends` are asked too.
std::string summaries(const Study& study, bool legends, TableStyle style = TableStyle::text) {
    std::string text;
    for (const JobPrinter& printer : job_printers()) {
        if (!asks(study, printer.kind)) continue;
        const bool first = text.empty();
        text += "\n" + summary(study, printer, first, style) + "\n";
        if (!legends) continue;
        text += first ? first_legend(study, printer.legend) : wrapped("", printer.legend, 0);
    }
    return text;
}

std::string job_text(const FactoryReport& factory, const JobReport& job) {
    const std::string name = "  " + job.job + "\n";
    if (!job.feasible) return name + labelled("cannot", job.infeasible);
    return name + job_printers()[static_cast<std::size_t>(kind_of(job))].paragraph(factory, job);
}

/// The heaviest figures with their weight and grade, and how much of the weight of all are
/// estimates. A weight of one means that the price of a token moves by as many per cent as the
/// figure.
std::string rests_on(const FactoryReport& f) {
    constexpr std::size_t most = 4;
    std::vector<std::string> figures;
    for (const UsedFigure& used : f.rests_on) {
        if (figures.size() == most) break;
        figures.push_back(fmt::format("{} of {} ({:.2f}, {})", used.figure, used.part, used.weight,
                                      name_of(used.source.grade)));
    }
    if (figures.empty()) return "nothing: no job can be done";
    return fmt::format("{}, and {} lighter figures; {:.0f} % of the weight is graded estimate",
                       join(figures, ", "), f.rests_on.size() - figures.size(),
                       100 * f.estimate_share);
}

/// In the order in which a buyer asks: may it be had, what is it, what does it cost, what does it
/// do, and how well is that known. A score of zero is none: the factory does no job.
std::string factory_text(const Study& study, const FactoryReport& f, const std::string& rank) {
    std::string text =
        fmt::format("\n{} {} ({}, {})\n", rank, f.name, counted(f.chips, "chip"), f.server);
    if (f.score > 0) text += labelled("score", fmt::format("{:.3g}", f.score));
    text += verdict_text(f.verdict);
    if (study.sites.size() > 1) text += labelled("site", f.site);
    text += labelled("wiring", f.wiring);
    text += labelled("power", to_text(f.power.value) + ": " + parts_text(f.power));
    text += labelled("capital", to_text(f.capital.value) + ": " + parts_text(f.capital));
    text += labelled("yearly", to_text(f.yearly.value) + ": " + parts_text(f.yearly));
    for (const std::string& note : f.notes) text += labelled("warning", note);
    for (const JobReport& job : f.jobs) text += job_text(f, job);
    text += labelled("rests on", rests_on(f));
    return text;
}

/// Jobs that cannot be done, with the reason; as many as fit a screen.
std::string what_cannot(const Study& study) {
    constexpr std::size_t most = 4;
    std::vector<std::string> lines;
    for (const std::size_t i : study.ranking) {
        const FactoryReport& f = study.factories[i];
        for (const JobReport& job : f.jobs) {
            if (job.feasible) continue;
            lines.push_back(fmt::format("{} cannot do {}: {}", f.name, job.job, job.infeasible));
        }
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(most, lines.size()); ++i) {
        text += wrapped("", lines[i], 2);
    }
    if (lines.size() > most) text += fmt::format("and {} more cannot\n", lines.size() - most);
    return text;
}

/// Figures that the scenario states though no price here hangs on them: a server's price has its
/// chips in it, say.
std::string idle_overrides(const Study& study) {
    std::string text;
    for (const StatedWeight& stated : study.stated) {
        if (stated.weight > 0) continue;
        text += wrapped("",
                        fmt::format("note: a per cent of {}.{}, which the scenario states, changes "
                                    "no price here",
                                    stated.figure.part, stated.figure.figure),
                        2);
    }
    return text;
}

/// What stands in place of the catalog, and how heavily.
std::string stated_text(const Study& study) {
    if (study.stated.empty()) return "";
    std::string text = "\nStated by the scenario in place of the catalog\n";
    for (const auto& [figure, weight] : study.stated) {
        const std::string was = figure.was ? "not " + format_si(*figure.was, figure.dimension)
                                           : "which nobody published";
        text += wrapped("  ",
                        fmt::format("{}.{}: {}, {} ({}, {}); weight {:.2g}", figure.part,
                                    figure.figure, format_si(figure.is, figure.dimension), was,
                                    figure.source.title, name_of(figure.source.grade), weight),
                        4);
    }
    return text;
}

std::string none_lawful(const Study& study) {
    if (is_lawful(study.factories[study.ranking.front()].verdict)) return "";
    return "\nNo factory here is free of a denial or an open question.\n";
}

/// What was asked, where and for whom.
std::string heading_text(const Study& study) {
    std::string text = fmt::format("{}\nrules of {}", study.name, to_text(study.date));
    if (study.sites.size() == 1) {
        const StudySite& site = study.sites.front();
        return text + fmt::format(", site {}, buyer {}\n", site.name, site.buyer);
    }
    text += "\n";
    for (const StudySite& site : study.sites) {
        text += fmt::format("site {}, buyer {}\n", site.name, site.buyer);
    }
    return text;
}

}  // namespace

std::string study_summary_text(const Study& study) {
    std::string text = heading_text(study) + "\n" + wrapped("", answer_text(study), 0);
    text += summaries(study, false);
    const std::string told = marks(study);
    if (!told.empty()) text += wrapped("", told.substr(1), 0);
    text += what_cannot(study);
    text += idle_overrides(study);
    text += none_lawful(study);
    text += fmt::format("{}; {:.0f} % of the weight rests on estimates.\n",
                        counted(study.sources.size(), "source"), 100 * study.estimate_share);
    return text + wrapped("",
                          "-v tells each factory's plans, power and price, and what ranks them; "
                          "--factory NAME tells one.",
                          0);
}

std::string study_markdown(const Study& study) {
    std::string text = fmt::format("# {}\n\nRules of {}", study.name, to_text(study.date));
    for (const StudySite& site : study.sites) {
        text += fmt::format(", site {}, buyer {}", site.name, site.buyer);
    }
    text += ".\n\n" + answer_text(study) + "\n";
    text += summaries(study, false, TableStyle::markdown);
    if (const std::string told = marks(study); !told.empty()) text += told.substr(1) + "\n";
    return text + what_cannot(study) + none_lawful(study);
}

std::string study_factory_text(const Study& study, std::size_t factory) {
    const auto place = std::ranges::find(study.ranking, factory) - study.ranking.begin();
    const FactoryReport& f = study.factories.at(factory);
    return heading_text(study) +
           factory_text(study, f, rank_text(f, static_cast<int>(place) + 1) + ".");
}

std::string study_text(const Study& study) {
    std::string text = heading_text(study) + "\n" + wrapped("", answer_text(study), 0);
    text += summaries(study, true);
    text += none_lawful(study);
    for (const JobPrinter& printer : job_printers()) text += printer.tables(study);
    int rank = 0;
    for (const std::size_t i : study.ranking) {
        text +=
            factory_text(study, study.factories[i], rank_text(study.factories[i], ++rank) + ".");
    }
    text += stated_text(study);
    text += "\nAssumed where the scenario is silent\n";
    for (const std::string& item : study.defaults) text += wrapped("  ", item, 4);
    text += fmt::format(
        "\n{}, listed in study.json; {:.0f} % of the weight rests on "
        "estimates.\n",
        counted(study.sources.size(), "source"), 100 * study.estimate_share);
    return text + wrapped("Not legal advice; ", study.country_groups + ".", 0);
}

}  // namespace millwright
