// The fields of a question to the export rules: a row gives a flag of the command line, a column of
// tables and a key of JSON. `alias` is as good a name, `old` is read and told.
#include <algorithm>
#include <array>

#include "millwright/base/text.h"
#include "millwright/intake/question.h"

namespace millwright {
namespace {

using Kind = QuestionKind;
using Part = QuestionPart;

// over any figure that a chip has, in its unit
constexpr double any_figure = 1e9;

constexpr std::array fields{
    QuestionField{"chip", "", "", Part::chip, Kind::text,
                  "chip of the catalog, or a name for your own figures"},
    QuestionField{"vendor", "", "", Part::chip, Kind::text, "maker, for letters"},
    QuestionField{"designed_in", "", "", Part::chip, Kind::place, "country of the designer"},
    QuestionField{"tpp", "", "", Part::chip, Kind::number,
                  "dense TOPS times bit length, the highest", 0, any_figure},
    QuestionField{"area", "", "applicable_die_mm2", Part::chip, Kind::number,
                  "applicable die area, mm2; 0 if no die counts", 0, any_figure},
    QuestionField{"density", "", "pd", Part::chip, Kind::number,
                  "TPP over die area, in place of the area", 0, any_figure},
    QuestionField{"dram", "", "dram_bw_gbps", Part::chip, Kind::number, "memory bandwidth, GB/s", 0,
                  any_figure},
    QuestionField{"io", "", "io_bw_gbps", Part::chip, Kind::number, "I/O both directions, GB/s", 0,
                  any_figure},
    QuestionField{"fp64", "", "", Part::chip, Kind::number, "FP64 rate, TFLOPS", 0, any_figure},
    QuestionField{"fp32", "", "", Part::chip, Kind::number, "FP32 rate, TFLOPS", 0, any_figure},
    QuestionField{"package", "", "", Part::chip, Kind::number,
                  "package area of a memory stack, mm2", 0, any_figure},
    QuestionField{"planar", "", "", Part::chip, Kind::flag, "no die is on a non-planar node"},
    QuestionField{"hbm_stack", "", "", Part::chip, Kind::flag, "a memory stack sold by itself"},
    QuestionField{"named_in_letter", "", "named_in_2022_or_2023_letter", Part::chip, Kind::flag,
                  "a letter of 2022 or 2023 names it"},
    QuestionField{"data_centre", "", "dc_marketed", Part::chip, Kind::truth,
                  "marketed for data centres"},
    QuestionField{"us_market", "", "us_market_2026_01_15", Part::chip, Kind::truth,
                  "on the US market on 2026-01-15"},
    QuestionField{"destination", "to", "", Part::deal, Kind::place,
                  "country of destination, or a region that rules judge apart; CN if left out"},
    QuestionField{"headquarters", "", "hq_of_ultimate_parent", Part::deal, Kind::place,
                  "country of the buyer's ultimate parent; the destination if left out"},
    QuestionField{"from", "", "", Part::deal, Kind::place,
                  "country it is shipped from; US if left out"},
    QuestionField{"known", "", "", Part::deal, Kind::day, "judge by what was public on this day"},
    QuestionField{"end_use", "", "", Part::deal, Kind::use, "commercial if left out"},
    QuestionField{"entity_listed", "", "", Part::deal, Kind::flag,
                  "the buyer is on the Entity List"},
    QuestionField{"affiliate", "", "", Part::deal, Kind::flag,
                  "a listed party owns half of the buyer or more"},
    QuestionField{"state_funded", "", "", Part::deal, Kind::truth, "the site has state funds"},
    QuestionField{"quantity", "", "", Part::deal, Kind::count, "chips", 1, 1e8},
    // zero would say that no hall is stated, which is said by leaving it out
    QuestionField{"hall_volume", "hall", "hall_m3", Part::deal, Kind::number,
                  "volume of the hall in m3, for the density test", 1, 1e10},
    QuestionField{"reading", "", "", Part::deal, Kind::list, "turn open points of the text"},
    QuestionField{"without", "", "", Part::deal, Kind::list, "rules to leave out"},
    QuestionField{"by_text", "", "", Part::deal, Kind::flag, "judge by the text, enforced or not"},
    QuestionField{"packages_per_board", "", "", Part::deal, Kind::count,
                  "for the reading per-board; 8 if left out", 1, 1024},
    QuestionField{"date", "", "", Part::day, Kind::day, "day of the export; today if left out"},
    // columns of worked cases alone
    QuestionField{"exported_from_us", "", "", Part::worked, Kind::flag, "shipped from the US"},
    QuestionField{"special_flag", "", "", Part::worked, Kind::list, "entity, super or gp10"},
};

}  // namespace

std::span<const QuestionField> question_fields() { return fields; }

const QuestionField* question_field(std::string_view name) {
    std::string wanted(name);
    std::replace(wanted.begin(), wanted.end(), '-', '_');
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const QuestionField& f) {
        return f.name == wanted || (!f.alias.empty() && f.alias == wanted) ||
               (!f.old.empty() && f.old == wanted);
    });
    return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> question_names() {
    std::vector<std::string> names;
    for (const QuestionField& f : fields) names.emplace_back(f.name);
    return names;
}

std::string allowed_values(QuestionKind kind) {
    switch (kind) {
        case Kind::truth: return "yes, no or unknown";
        case Kind::flag: return "yes or no";
        case Kind::use: return "commercial, supercomputer or military";
        case Kind::day: return "a day such as 2026-02-01";
        default: return "";
    }
}

}  // namespace millwright
