// Any bytes make a fit whose files are parts of a catalog without a fault, or no fit.
#include "millwright/evidence/calibrate.h"
#include "tests/fuzz/sections.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    constexpr std::size_t most_rows = 14;  // keeps an input's time bounded
    const auto table = parse_csv(fuzz::text_of(data, size), "fuzz.csv");
    if (!table || table->rows.size() > most_rows) return 0;
    // a fit of served runs simulates each a hundred times, and rows may say a run of hours
    if (kind_of(*table) == CalibrationKind::serving) return 0;
    const auto fit = calibrate(*table, built_in_catalog(), {.framework = "nemo"});
    if (!fit) {
        fuzz::require(!fit.error().empty());
        return 0;
    }
    Catalog catalog = built_in_catalog();
    for (const CalibratedFile& file : fit->files) {
        const std::size_t slash = file.path.find('/');
        const std::string kind = file.path.substr(0, slash);
        const std::string id = file.path.substr(slash + 1, file.path.size() - slash - 6);  // .toml
        fuzz::require(add_part(catalog, kind, id, file.text, file.path).empty());
    }
    return 0;
}
