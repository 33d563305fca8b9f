// Any bytes make questions to the rules with answers that say why, or faults with their line.
#include "millwright/intake/question_table.h"
#include "millwright/intake/rule_query.h"
#include "tests/fuzz/sections.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    constexpr std::size_t most_rows = 32;
    static const auto book = resolve_rulebook(built_in_catalog());
    const auto table = parse_questions(fuzz::text_of(data, size), "fuzz.csv");
    if (!table || !check_question_columns(*table, *book).empty()) return 0;
    for (std::size_t row = 0; row < table->rows.size() && row < most_rows; ++row) {
        for (const auto kind : {QuestionTable::questions, QuestionTable::worked_cases}) {
            const auto query = question_of(*table, row, built_in_catalog(), *book, kind);
            if (query) {
                fuzz::require(!judge(*book, *query).lead().reason.empty());
                continue;
            }
            fuzz::require(!query.error().empty());
            for (const Fault& fault : query.error()) fuzz::require(!fault.message.empty());
        }
    }
    return 0;
}
