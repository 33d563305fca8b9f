#include "rules/verdict.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "rules/china.h"
#include "rules/destinations.h"
#include "rules/regimes.h"

namespace millwright {
namespace {

// lines of the letter of April 2025; no official publication, see docs/rules.md
constexpr double letter_dram = 1400;
constexpr double letter_io = 1100;
constexpr double letter_sum = 1700;
// the lane of January 2026 (91 FR 1684)
constexpr double lane_tpp = 21000;
constexpr double lane_dram = 6500;
// a supercomputer of 15 CFR 772.1
constexpr double super_fp64_pflops = 100;
constexpr double super_fp32_pflops = 200;
constexpr double super_m3 = 1178;  // 41,600 cubic feet

/// Dates on which the review of the 2025 letter changed.
constexpr Date letter_assured = on(2025, 7, 14);
constexpr Date letter_licensed = on(2025, 8, 8);

struct Judging {
    const RuleQuery& q;
    Verdict v;

    bool strict() const { return is_arms_embargoed(q.to) || is_arms_embargoed(q.headquarters); }

    void decide(UsVerdict us, std::string_view id, std::string reason) {
        const Regime& r = regime(id);
        v.us = us;
        v.reason = std::move(reason);
        v.citations.push_back({std::string(id), std::string(r.citation)});
        v.confidence = r.confidence;
    }
};

bool named_in_letters(const RuleQuery& q) {
    if (q.named_in_letter) return true;
    const std::string chip = slug(q.chip.chip);
    const bool first =
        chip.starts_with("a100") || chip.starts_with("h100") || chip.starts_with("mi250");
    const bool second =
        first || chip.starts_with("a800") || chip.starts_with("h800") || chip.starts_with("l40s");
    return in_force("R23-L", q.date) ? second : first;
}

/// Peak in any 41,600 cubic feet at the mean density of the hall; all of it without a hall.
double peak_in_volume(const RuleQuery& q, double tflops) {
    const double all = tflops * q.quantity / 1000;
    return q.hall_m3 > super_m3 ? all * super_m3 / q.hall_m3 : all;
}

std::string peak_text(double pflops, double line, std::string_view format) {
    if (pflops <= 0) return fmt::format("{} rate unknown", format);
    return fmt::format("{:.4g} of {:.0f} PFLOPS {}", pflops, line, format);
}

bool barred_end_use(Judging& j) {
    if (j.q.entity_listed) {
        j.decide(UsVerdict::lic_entity, "744.11", "a listed party: a licence for every item");
        return true;
    }
    if (j.q.end_use == "military" && j.strict()) {
        j.decide(UsVerdict::lic_enduse, "744.21", "military end use");
        return true;
    }
    if (!j.strict() || j.q.date < regime("744.23").effective) return false;
    const double fp64 = peak_in_volume(j.q, j.q.chip.fp64_tflops);
    const double fp32 = peak_in_volume(j.q, j.q.chip.fp32_tflops);
    const bool many = j.q.hall_m3 > 0;
    if (many) {
        j.v.chain.push_back("supercomputer test at the hall's mean density, in 1,178 m3: " +
                            peak_text(fp64, super_fp64_pflops, "FP64") + ", " +
                            peak_text(fp32, super_fp32_pflops, "FP32") +
                            "; a denser room would differ");
    }
    const bool dense = many && (fp64 >= super_fp64_pflops || fp32 >= super_fp32_pflops);
    if (j.q.end_use != "supercomputer" && !dense) return false;
    j.decide(UsVerdict::lic_enduse, "744.23",
             dense ? fmt::format("supercomputer by density: {:.4g} PFLOPS FP64, {:.4g} FP32 within "
                                 "41,600 cubic feet",
                                 fp64, fp32)
                   : std::string("supercomputer end use"));
    return true;
}

bool is_controlled(ExportClass cls) { return cls == ExportClass::a || cls == ExportClass::b; }

bool prc_designed(Judging& j) {
    if (!j.q.chip.prc_designed || !in_force("GP10", j.q.date) || !is_controlled(j.v.cls)) {
        return false;
    }
    j.decide(UsVerdict::gp10, "GP10",
             fmt::format("PRC-designed and {} by its figures: use anywhere is presumed to involve "
                         "a violation",
                         name_of(j.v.cls)));
    return true;
}

std::string letter_state(const Date& date) {
    if (date < letter_assured) return "licences denied";
    if (date < letter_licensed) return "licences assured by statement, none issued";
    return "licences issued against a reported 15 percent share of sales";
}

bool letter_of_2025(Judging& j) {
    const ChipFacts& c = j.q.chip;
    const bool addressee = c.vendor == "NVIDIA" || c.vendor == "AMD" || c.vendor.empty();
    if (!in_force("R25-L", j.q.date) || !addressee || c.prc_designed || !j.strict()) return false;
    const double sum = c.dram_gbps + c.io_gbps;
    const bool reaches = c.dram_gbps >= letter_dram || c.io_gbps >= letter_io || sum >= letter_sum;
    const std::string figures =
        fmt::format("memory {:.5g} of {:.0f}, I/O {:.5g} of {:.0f}, sum {:.5g} of {:.0f} GB/s",
                    c.dram_gbps, letter_dram, c.io_gbps, letter_io, sum, letter_sum);
    j.v.chain.push_back(std::string(reaches ? "meets" : "misses") +
                        " the letter of April 2025: " + figures);
    if (!reaches) return false;
    j.v.conditions = letter_state(j.q.date);
    j.decide(UsVerdict::lic_letter, "R25-L",
             "outside 3A090, but the letter of April 2025 reaches it: " + figures);
    return true;
}

bool in_lane(Judging& j) {
    const ChipFacts& c = j.q.chip;
    if (!in_force("R26", j.q.date)) return false;
    const bool there = is_china(j.q.to) || is_macau(j.q.to);
    const bool under = c.tpp < lane_tpp && c.dram_gbps < lane_dram && c.dram_known;
    j.v.chain.push_back(fmt::format(
        "{} the lane of January 2026: TPP {:.6g} of {:.0f}, memory {:.5g} of {:.0f} GB/s, {} on "
        "the US market, to {}, from {}",
        under && c.us_market_2026_01_15 && there && j.q.from == "US" ? "inside" : "outside", c.tpp,
        lane_tpp, c.dram_gbps, lane_dram, c.us_market_2026_01_15 ? "is" : "is not", j.q.to,
        j.q.from));
    return under && there && c.us_market_2026_01_15 && j.q.from == "US";
}

/// The 25 percent tariff falls on two bands (Section 232 proclamation of 2026-01-14).
bool in_tariff_band(const ChipFacts& c) {
    const bool first = c.tpp > 14000 && c.tpp < 17500 && c.dram_gbps > 4500 && c.dram_gbps < 5000;
    const bool second = c.tpp > 20800 && c.tpp < 21100 && c.dram_gbps > 5800 && c.dram_gbps < 6200;
    return first || second;
}

void judge_data_centre_a(Judging& j) {
    const std::string tpp = fmt::format("TPP {:.6g}", j.q.chip.tpp);
    if (!j.strict()) {
        j.decide(UsVerdict::lic_poa, "R23",
                 "3A090.a (" + tpp + ") to a D:1 or D:4 destination: presumption of approval");
    } else if (in_lane(j)) {
        j.decide(UsVerdict::lic_cbc, "R26",
                 fmt::format("3A090.a ({}) inside the lane: TPP under 21,000 and memory under "
                             "6,500 GB/s, case by case",
                             tpp));
        j.v.conditions = "US testing, know-your-customer, at most half of US volume";
        if (in_tariff_band(j.q.chip)) j.v.conditions += ", 25 percent tariff";
    } else {
        j.decide(UsVerdict::lic_pod, "R23", "3A090.a (" + tpp + "): presumption of denial");
    }
}

void judge_exception(Judging& j) {
    const std::string what = fmt::format("{} ({})", name_of(j.v.cls),
                                         j.q.chip.data_centre ? "data centre" : "Note 2 part");
    if (j.strict()) {
        j.decide(UsVerdict::nac, "R24-C", what + ": notified exception NAC, 25 days");
    } else if (in_force("R24-C", j.q.date)) {
        j.decide(UsVerdict::aca, "R24-C", what + ": exception ACA, no notice");
    } else {
        j.decide(UsVerdict::nac_nonotice, "R23", what + ": exception NAC without notice");
    }
}

void judge_since_2023(Judging& j) {
    const bool scope = needs_licence_scope(j.q.to) || j.strict();
    if (!is_controlled(j.v.cls)) {
        j.decide(UsVerdict::nlr, "R23", "under every line of 3A090 and of the letters in force");
        if (j.q.chip.data_centre && !j.v.chain.empty()) j.v.reason += "; " + j.v.chain.back();
    } else if (!scope) {
        j.decide(UsVerdict::nlr, "R23", "destination and headquarters outside the scope");
    } else if (j.v.cls == ExportClass::a && j.q.chip.data_centre) {
        judge_data_centre_a(j);
    } else {
        judge_exception(j);
    }
}

void judge_2022(Judging& j) {
    const bool macau = is_macau(j.q.to) && in_force("R23-MO", j.q.date);
    if (j.v.cls == ExportClass::of_2022 && (is_china(j.q.to) || macau)) {
        j.decide(UsVerdict::lic_pod, macau ? "R23-MO" : "R22",
                 "3A090 of 2022: both arms met, presumption of denial");
        return;
    }
    const bool letter = in_force("R23-L", j.q.date) && named_in_letters(j.q) && j.strict();
    if (letter) {
        j.decide(UsVerdict::lic_letter, "R23-L", "named in the notice of October 2023");
    } else {
        j.decide(UsVerdict::nlr, "R22", "an arm of the 2022 test or its destinations is missed");
    }
}

void judge_before(Judging& j) {
    const bool there = is_china(j.q.to) || j.q.to == "RU";
    if (in_force("R22-L", j.q.date) && named_in_letters(j.q) && there) {
        j.decide(UsVerdict::lic_letter, "R22-L", "named in the letters of August 2022");
    } else {
        j.v.us = UsVerdict::nlr;
        j.v.reason = "no control on integrated circuits for computing yet";
        j.v.confidence = "high";
    }
}

void judge_us(Judging& j) {
    j.v.cls = classify(j.q.chip, j.q.date, j.v.chain);
    if (barred_end_use(j) || prc_designed(j)) return;
    if (j.v.cls == ExportClass::undecided) {
        j.v.us = UsVerdict::undecided;
        j.v.reason = j.v.chain.back();
        j.v.confidence = "low";
    } else if (j.v.cls == ExportClass::none) {
        judge_before(j);
    } else if (in_force("R22", j.q.date)) {
        judge_2022(j);
    } else if (is_controlled(j.v.cls) || !letter_of_2025(j)) {
        judge_since_2023(j);
    }
}

}  // namespace

Verdict judge(const RuleQuery& query) {
    Judging judging{query, {}};
    judge_us(judging);
    judge_china(query, judging.v);
    judging.v.supply = practical_supply(query);
    return judging.v;
}

int restriction(UsVerdict verdict) {
    switch (verdict) {
        case UsVerdict::nlr: return 0;
        case UsVerdict::lic_letter:
        case UsVerdict::lic_cbc:
        case UsVerdict::lic_poa:
        case UsVerdict::nac:
        case UsVerdict::nac_nonotice:
        case UsVerdict::aca: return 1;
        case UsVerdict::lic_entity:
        case UsVerdict::lic_enduse:
        case UsVerdict::gp10:
        case UsVerdict::lic_pod: return 2;
        case UsVerdict::undecided: return 3;
    }
    return 3;
}

}  // namespace millwright
