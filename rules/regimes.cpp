#include "rules/regimes.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace millwright {
namespace {

constexpr Date open_ended{};

constexpr std::array shelf{
    Regime{"R22-L", "is-informed letters of August 2022", "NVIDIA 8-K of 2022-08-31",
           on(2022, 8, 26), on(2022, 8, 26), on(2023, 11, 17), "medium"},
    Regime{"R22", "advanced-computing rule of October 2022", "87 FR 62186", on(2022, 10, 7),
           on(2022, 10, 21), on(2023, 11, 17), "high"},
    Regime{"R23-MO", "Macau treated like China", "88 FR 2821", on(2023, 1, 18), on(2023, 1, 17),
           open_ended, "medium"},
    Regime{"R23-L", "requirement at once for A100, A800, H100, H800, L40S",
           "NVIDIA 8-K of 2023-10-24", on(2023, 10, 23), on(2023, 10, 23), on(2023, 11, 17),
           "medium"},
    Regime{"R23", "3A090.a and .b, performance density, headquarters rule", "88 FR 73458",
           on(2023, 10, 17), on(2023, 11, 17), open_ended, "high"},
    Regime{"R24-C", "corrections: exceptions NAC and ACA", "89 FR 23876", on(2024, 4, 4),
           on(2024, 4, 4), open_ended, "high"},
    Regime{"R25-D", "AI Diffusion: in the text, not enforced", "90 FR 4544", on(2025, 1, 15),
           on(2025, 5, 15), on(2025, 5, 13), "medium"},
    Regime{"R25-L", "is-informed letters of April 2025 (H20, MI308)",
           "NVIDIA 8-K of 2025-04-15; lines as in the AI OVERWATCH bill", on(2025, 4, 9),
           on(2025, 4, 9), open_ended, "medium"},
    Regime{"GP10", "guidance on PRC-designed 3A090 circuits (General Prohibition 10)",
           "BIS guidance of 2025-05-13, 15 CFR 736.2(b)(10)", on(2025, 5, 13), on(2025, 5, 13),
           open_ended, "high"},
    Regime{"R26", "case-by-case review for China and Macau", "91 FR 1684", on(2026, 1, 13),
           on(2026, 1, 15), open_ended, "high"},
    Regime{"R26-T", "25 percent tariff on the lane", "Section 232 proclamation of 2026-01-14",
           on(2026, 1, 14), on(2026, 1, 15), open_ended, "medium"},
    Regime{"744.23", "supercomputer end use", "15 CFR 744.23, 772.1", on(2022, 10, 7),
           on(2022, 10, 21), open_ended, "medium"},
    Regime{"744.21", "military end use and users", "15 CFR 744.21", on(2020, 6, 29),
           on(2020, 6, 29), open_ended, "medium"},
    Regime{"744.11", "Entity List", "15 CFR 744.11", on(1997, 2, 3), on(1997, 2, 3), open_ended,
           "high"},
    Regime{"CN-H20", "guidance against H20 purchases", "CAC notice of 2025-07-31, press of 2025-08",
           on(2025, 7, 31), on(2025, 8, 12), open_ended, "medium"},
    Regime{"CN-6000D", "platforms told to stop buying RTX PRO 6000D", "press of 2025-09-17 (FT)",
           on(2025, 9, 17), on(2025, 9, 17), open_ended, "medium"},
    Regime{"CN-DC", "state-funded data centres to use domestic chips",
           "press of 2025-11-05 (Reuters), no public text", on(2025, 11, 5), on(2025, 11, 5),
           open_ended, "medium"},
    Regime{"CN-H200", "customs hold on H200, purchases only when necessary",
           "press of 2026-01-13 and 2026-01-14", on(2026, 1, 14), on(2026, 1, 14), on(2026, 1, 28),
           "medium"},
    Regime{"CN-H200-C", "conditional approval of H200 for named buyers", "press of 2026-01-28",
           on(2026, 1, 28), on(2026, 1, 28), open_ended, "low"},
};

}  // namespace

std::span<const Regime> regimes() { return shelf; }

const Regime& regime(std::string_view id) {
    const auto found = std::find_if(shelf.begin(), shelf.end(),
                                    [&](const Regime& regime) { return regime.id == id; });
    if (found == shelf.end()) throw std::logic_error("no rule regime " + std::string(id));
    return *found;
}

bool in_force(std::string_view id, const Date& date) {
    const Regime& r = regime(id);
    return r.effective <= date && (r.ended == open_ended || date < r.ended);
}

}  // namespace millwright
