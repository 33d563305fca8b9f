#include "rules/china.h"

#include <fmt/format.h>

#include "base/text.h"
#include "rules/destinations.h"
#include "rules/regimes.h"

namespace millwright {
namespace {

void cite(Verdict& verdict, std::string_view id) {
    const Regime& r = regime(id);
    verdict.citations.push_back({std::string(id), std::string(r.citation)});
}

/// A measure aimed at one part, by the words of its name.
struct Measure {
    std::string_view regime;
    std::string_view part;
    CnVerdict verdict;
    std::string_view reason;
};

constexpr std::array measures{
    Measure{"CN-H200", "h200", CnVerdict::held, "customs were told that H200 is not permitted"},
    Measure{"CN-H200-C", "h200", CnVerdict::conditional,
            "H200 only for buyers with a conditional approval"},
    Measure{"CN-6000D", "6000d", CnVerdict::discouraged,
            "platforms were told to stop buying the RTX PRO 6000D"},
    Measure{"CN-H20", "h20", CnVerdict::discouraged, "purchases of H20 are discouraged"},
};

bool concerns(const Measure& measure, const std::string& chip) {
    const std::size_t at = chip.find(measure.part);
    if (at == std::string::npos) return false;
    const std::size_t end = at + measure.part.size();
    return end == chip.size() || chip[end] == '-';  // h20 is not h200
}

}  // namespace

void judge_china(const RuleQuery& query, Verdict& verdict) {
    if (!is_china(query.to)) return;
    if (query.chip.prc_designed) {
        verdict.cn = CnVerdict::domestic;
        verdict.cn_reason = "a domestic part; power subsidies may apply";
        return;
    }
    const std::string chip = slug(query.chip.chip);
    for (const Measure& measure : measures) {
        if (!concerns(measure, chip) || !in_force(measure.regime, query.date)) continue;
        verdict.cn = measure.verdict;
        verdict.cn_reason = measure.reason;
        cite(verdict, measure.regime);
        return;
    }
    if (query.chip.data_centre && in_force("CN-DC", query.date)) {
        verdict.cn = CnVerdict::discouraged;
        verdict.cn_reason = "state-funded data centres must use domestic chips";
        cite(verdict, "CN-DC");
    }
}

std::string practical_supply(const RuleQuery& query) {
    if (query.chip.status == "never-shipped") return "never sold";
    const std::string today = to_text(query.date);
    const std::string& launch = query.chip.launch;
    const bool dated = launch.size() >= 7 && launch[4] == '-' && launch[5] != 'Q';
    if (dated && launch.substr(0, 7) > today.substr(0, 7) && launch[5] != 'H') {
        return fmt::format("not yet sold on this date (launch {})", launch);
    }
    if (query.chip.status == "announced") return fmt::format("announced ({})", launch);
    if (launch.size() >= 4 && launch.substr(0, 4) > today.substr(0, 4)) {
        return fmt::format("not yet sold on this date (launch {})", launch);
    }
    return "on sale";
}

}  // namespace millwright
