// May this buyer have this chip, here, on this date? United States rules, Chinese measures and
// practical supply, each with its reason, citation and margin. Not legal advice.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/fields.h"
#include "rules/metrics.h"

namespace millwright {

/// Verdicts, most restrictive first; meanings in docs/reference/verdicts.md. `undecided` says
/// that a figure is missing that would decide.
enum class UsVerdict {
    lic_entity,
    lic_enduse,
    gp10,
    lic_letter,
    lic_pod,
    lic_cbc,
    lic_poa,
    nac,
    nac_nonotice,
    aca,
    nlr,
    undecided
};

template <>
struct EnumNames<UsVerdict> {
    static constexpr std::array<std::string_view, 12> names{
        "LIC_ENTITY", "LIC_ENDUSE", "GP10",         "LIC_LETTER", "LIC_POD", "LIC_CBC",
        "LIC_POA",    "NAC",        "NAC_NONOTICE", "ACA",        "NLR",     "UNDECIDED"};
};

enum class ExportClass { a, b, of_2022, under, none, undecided };

template <>
struct EnumNames<ExportClass> {
    static constexpr std::array<std::string_view, 6> names{"3A090.a", "3A090.b", "3A090",
                                                           "3A991.p", "none",    "undecided"};
};

/// Chinese measures on foreign and domestic chips.
enum class CnVerdict { none, domestic, discouraged, conditional, held };

template <>
struct EnumNames<CnVerdict> {
    static constexpr std::array<std::string_view, 5> names{
        "CN_NONE", "CN_DOMESTIC", "CN_DISCOURAGED", "CN_CONDITIONAL", "CN_HELD"};
};

struct RuleQuery {
    ChipFacts chip;
    Date date;
    std::string from = "US";
    std::string to;
    std::string headquarters;            // of the buyer's ultimate parent
    std::string end_use = "commercial";  // commercial, supercomputer or military
    bool entity_listed = false;
    bool named_in_letter = false;  // named in the letters of 2022 or 2023
    double quantity = 1;
    double hall_m3 = 0;  // 0: not stated
};

struct Citation {
    std::string rule;  // id of the regime
    std::string text;
};

struct Verdict {
    UsVerdict us = UsVerdict::nlr;
    ExportClass cls = ExportClass::under;
    CnVerdict cn = CnVerdict::none;
    std::string reason;              // one sentence, names the rule and the deciding figure
    std::vector<std::string> chain;  // every test with its margin, in order
    std::vector<Citation> citations;
    std::string cn_reason;
    std::string supply;      // can it be bought in practice
    std::string conditions;  // review state, tariff, revenue share
    std::string confidence;  // high, medium or low
};

Verdict judge(const RuleQuery& query);

/// How a study ranks verdicts: 0 no licence needed, 1 exception or licence possible, 2 denial,
/// listed party, barred use or GP10, 3 undecided.
int restriction(UsVerdict verdict);

/// The class of a chip on a date, with each test and its margin appended to `chain`.
ExportClass classify(const ChipFacts& chip, const Date& date, std::vector<std::string>& chain);

}  // namespace millwright
