// The text shows what is worth a line: months in which the best changes, and the last month as a
// whole. JSON has every month, from which the page draws.
#include "millwright/report/frontier_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/json.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr auto line_names = EnumNames<FrontierLine>::names;

std::string month_text(const Date& month) { return to_text(month).substr(0, 7); }

/// A best names its factory by index: one server may be the best of many months.
const FrontierFactory& factory_of(const FrontierReport& r, const FrontierBest& best) {
    return r.factories[best.factory];
}

/// A star marks what was never measured.
std::string named(const FrontierFactory& f) { return f.measured ? f.server : f.server + "*"; }

/// The first month and each in which the best of the licensed line becomes another. A change has
/// its month's words alone, so figures are looked up in the month.
std::string changes_text(const FrontierReport& r) {
    std::vector<Row> rows;
    const auto line = static_cast<std::size_t>(FrontierLine::licensed);
    const FrontierMonth& first = r.months.front();
    const auto add = [&](const FrontierMonth& m, const std::string& ratio, const std::string& why) {
        const auto& best = m.best[line];
        const auto& most = m.best[static_cast<std::size_t>(FrontierLine::unrestricted)];
        if (!best) {
            rows.push_back({month_text(m.month), "none", "", "", "", ratio, why});
            return;
        }
        const FrontierFactory& f = factory_of(r, *best);
        const double share = most ? f.trained / factory_of(r, *most).trained : 0;
        rows.push_back({month_text(m.month), named(f), fmt::format("{:.0f}", f.chips),
                        fmt::format("{:.3g}", f.trained.si() / 1e6), fmt::format("{:.1f}", f.days),
                        fmt::format("{:.0f} %", 100 * share), why});
    };
    add(first, "", "the first month");
    for (const FrontierChange& change : r.changes) {
        for (const FrontierMonth& m : r.months) {
            if (m.month == change.month) add(m, "", change.why);
        }
    }
    return format_table({"month", "best lawful", "chips", "Mtok/s", "days", "of all", "why"}, rows,
                        "llrrrrl");
}

/// `labels` head a column for each authority, as the outcomes of every verdict stand in that order.
std::string last_month_text(const FrontierReport& r, const std::vector<std::string>& labels) {
    const FrontierMonth& last = r.months.back();
    std::vector<Row> rows;
    for (std::size_t line = 0; line < line_names.size(); ++line) {
        const auto& best = last.best[line];
        if (!best) continue;
        const FrontierFactory& f = factory_of(r, *best);
        rows.push_back({std::string(line_names[line]), named(f), fmt::format("{:.0f}", f.chips),
                        fmt::format("{:.3g}", f.trained.si() / 1e6), fmt::format("{:.1f}", f.days),
                        fmt::format("{:.3g}", f.per_million_tokens.in(unit::USD)),
                        fmt::format("{:.0f}", f.prefill.si()),
                        fmt::format("{:.0f}", f.decode.si())});
        for (const Outcome& o : best->verdict.outcomes) rows.back().push_back(o.code);
    }
    Row head{
        month_text(last.month), "server", "chips", "Mtok/s", "days", "$/Mtok", "prefill", "decode"};
    head.insert(head.end(), labels.begin(), labels.end());
    return format_table(head, rows, "llrrrrrr" + std::string(labels.size(), 'l'));
}

Json factory_json(const FrontierFactory& f) {
    return {{"server", f.server},
            {"chip", f.chip},
            {"measured", f.measured},
            {"chips", f.chips},
            {"trained_tokens_per_s", value_json(f.trained.si())},
            {"days", value_json(f.days)},
            {"usd_per_million_tokens", value_json(f.per_million_tokens.in(unit::USD))},
            {"prefill_tokens_per_s", value_json(f.prefill.si())},
            {"decode_tokens_per_s", value_json(f.decode.si())},
            {"plan", f.plan}};
}

/// All lines are keys in every month; codes of authorities stand beside the figures of the factory.
Json month_json(const FrontierReport& r, const FrontierMonth& month) {
    Json json{{"month", month_text(month.month)}};
    for (std::size_t line = 0; line < line_names.size(); ++line) {
        const std::string name(line_names[line]);
        json[name] = nullptr;
        const auto& best = month.best[line];
        if (!best) continue;
        json[name] = factory_json(factory_of(r, *best));
        const Verdict& v = best->verdict;
        json[name].update(codes_json(v));
        json[name].update(Json{
            {"rule", v.lead().rule}, {"reason", v.lead().reason}, {"answers", answers_json(v)}});
    }
    return json;
}

Json changes_json(const FrontierReport& r) {
    Json list = Json::array();
    const auto name = [](const std::string& server) {
        return server.empty() ? Json(nullptr) : Json(server);
    };
    for (const FrontierChange& c : r.changes) {
        list.push_back({{"month", month_text(c.month)},
                        {"before", name(c.before)},
                        {"after", name(c.after)},
                        {"ratio", c.ratio > 0 ? Json(c.ratio) : Json(nullptr)},
                        {"why", c.why}});
    }
    return list;
}

}  // namespace

std::string frontier_text(const FrontierStudy& study) {
    std::string text = fmt::format("{}\n{} within {}\n", study.name, study.job, study.bounds);
    for (const FrontierReport& r : study.parties) {
        text +=
            fmt::format("\n{} (to {}, headquarters {})\n\n", r.party, r.country, r.headquarters) +
            changes_text(r) + "\n" + last_month_text(r, study.authorities);
    }
    text +=
        "\n" +
        wrapped(
            "",
            "best lawful: no licence or exception needed, or licences of the kind are "
            "being issued, and no " +
                join(study.holds, " or ") +
                " hold; of all: trained tokens against the "
                "unrestricted best of the month. free: without a licence. domestic: chips "
                "designed in China, GP10 set aside. prefill, decode: tokens/s of one replica "
                "by roofline. *: kernels of its chip were never measured; it ranks by the slow end "
                "of its band unless --optimistic.",
            0) +
        "\nAssumed\n";
    for (const std::string& what : study.assumed) text += wrapped("  ", what, 4);
    return text + wrapped("\nNot legal advice; ", study.country_groups + ".", 0);
}

Json frontier_json(const FrontierStudy& study) {
    Json parties = Json::array();
    for (const FrontierReport& r : study.parties) {
        Json months = Json::array();
        for (const FrontierMonth& m : r.months) months.push_back(month_json(r, m));
        parties.push_back({{"name", r.party},
                           {"country", r.country},
                           {"headquarters", r.headquarters},
                           {"changes", changes_json(r)},
                           {"months", months}});
    }
    return {{"name", study.name},     {"job", study.job},
            {"bounds", study.bounds}, {"assumed", study.assumed},
            {"parties", parties},     {"country_groups", study.country_groups}};
}

}  // namespace millwright
