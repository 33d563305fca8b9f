// Any bytes make questions to the rules with answers that say why, or faults with their line.
#include "scenario/rule_query.h"
#include "tests/fuzz/sections.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    constexpr std::size_t most_rows = 32;
    static const auto book = resolve_rulebook(built_in_catalog());
    const auto table = parse_csv(fuzz::text_of(data, size), "fuzz.csv");
    if (!table || !missing_columns(*table, question_columns()).empty()) return 0;
    for (std::size_t row = 0; row < table->rows.size() && row < most_rows; ++row) {
        for (const EmptyArea area : {EmptyArea::unknown, EmptyArea::planar}) {
            const auto query = question_of(*table, row, built_in_catalog(), *book, area);
            if (query) {
                fuzz::require(!judge(*book, *query).reason.empty());
                continue;
            }
            fuzz::require(!query.error().empty());
            for (const Fault& fault : query.error()) fuzz::require(!fault.message.empty());
        }
    }
    return 0;
}
