// Designs under rules are always told beside the best without rules, from the same process and
// job: only the share between them says what a rule takes. A design gives all its figures, so
// intervals of its facts are points. JSON has the links besides.
#include "millwright/report/design_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/report/json.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_json.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr auto job_names = EnumNames<DesignJob>::names;

/// `most`: tokens a second and chip of the best design without rules; zero where none was found. A
/// shape gives every figure that the rules test, so the intervals of its facts are points and `low`
/// is the figure.
Row row_of(const std::string& rules, std::string_view job, const Design& d, double most) {
    if (!d.found) return {rules, std::string(job), "none", "", "", "", "", "", "", "", "", ""};
    const DesignShape& s = d.shape;
    return {rules,
            std::string(job),
            fmt::format("{} x {:.0f}", s.dies, s.die_area_mm2),
            s.matrix_share < 1 ? fmt::format("{} x{:g}", s.units, s.matrix_share)
                               : std::to_string(s.units),
            fmt::format("{:.0f}", d.facts.tpp.low),
            fmt::format("{:.2f}", performance_density(d.facts).low),
            std::to_string(s.stacks),
            fmt::format("{:.0f}", d.facts.dram.low),
            fmt::format("{:.0f}", d.facts.io.low),
            fmt::format("{:.0f}", d.tokens),
            most > 0 ? fmt::format("{:.0f} %", 100 * d.tokens / most) : "",
            d.verdict.lead().code};
}

Json design_json(const Design& d, double most) {
    if (!d.found) return nullptr;
    return {{"dies", d.shape.dies},
            {"die_area_mm2", d.shape.die_area_mm2},
            {"units", d.shape.units},
            {"matrix_share", d.shape.matrix_share},
            {"stacks", d.shape.stacks},
            {"links", d.shape.links},
            {"tpp", d.facts.tpp.low},
            {"performance_density", performance_density(d.facts).low},
            {"dram_gbps", d.facts.dram.low},
            {"io_gbps", d.facts.io.low},
            {"tokens_per_s_per_chip", d.tokens},
            {"of_unrestricted", most > 0 ? Json(d.tokens / most) : Json(nullptr)},
            {"verdict", verdict_json(d.verdict)}};
}

Json set_json(const std::string& name, const DesignResult& result, const DesignResult& free) {
    Json json{{"rules", name},
              {"in_grid", result.in_grid},
              {"judged", result.judged},
              {"timed", result.timed}};
    for (std::size_t job = 0; job < job_names.size(); ++job) {
        json[std::string(job_names[job])] = design_json(result.best[job], free.best[job].tokens);
    }
    return json;
}

/// How much of the grid was looked at, and why each best design is let through. Jobs often have one
/// reason; it is not printed again.
std::string set_text(const DesignsUnder& set) {
    std::string text = fmt::format("\n{}: {} designs, {} judged, {} timed\n", set.name,
                                   set.result.in_grid, set.result.judged, set.result.timed);
    std::string last;
    for (std::size_t job = 0; job < job_names.size(); ++job) {
        const Design& best = set.result.best[job];
        if (!best.found) continue;
        const std::string& reason = best.verdict.lead().reason;
        text += labelled(job_names[job], reason == last ? "the same" : reason);
        last = reason;
    }
    return text;
}

/// Whose verdict the last column has: the head of the table, which is the same under every set of
/// rules. Empty where the process has no design at all.
std::string leads(const ChipDesignAnswer& answer) {
    for (const Design& design : answer.free.best) {
        if (design.found) return design.verdict.lead().label;
    }
    return "";
}

}  // namespace

std::string designs_text(const ChipDesignAnswer& answer) {
    std::vector<Row> rows;
    for (std::size_t job = 0; job < job_names.size(); ++job) {
        const double most = answer.free.best[job].tokens;
        rows.push_back(row_of("none", job_names[job], answer.free.best[job], most));
        for (const DesignsUnder& set : answer.sets) {
            rows.push_back(row_of(set.name, job_names[job], set.result.best[job], most));
        }
    }
    std::string text = wrapped("", answer.title, 0) + "\n" +
                       format_table({"rules", "job", "dies mm2", "units", "TPP", "density",
                                     "stacks", "DRAM", "I/O", "tok/s", "of free", leads(answer)},
                                    rows, "lllrrrrrrrrl");
    for (const DesignsUnder& set : answer.sets) text += set_text(set);
    return text + "\n" +
           wrapped("",
                   fmt::format("tok/s: decoded, prefilled (replicas by roofline, {}) or "
                               "trained tokens a second and chip ({} chips). units x0.25: "
                               "matrix units at a quarter of their rate. DRAM and "
                               "I/O in GB/s, both directions. Not legal advice; {}.",
                               answer.server, answer.chips, answer.groups_note),
                   0);
}

Json designs_json(const ChipDesignAnswer& answer) {
    Json list = Json::array();
    list.push_back(set_json("none", answer.free, answer.free));
    for (const DesignsUnder& set : answer.sets) {
        list.push_back(set_json(set.name, set.result, answer.free));
    }
    return {{"title", answer.title}, {"designs", list}};
}

}  // namespace millwright
