// From arguments to a question for the export rules.
#include <chrono>

#include <fmt/format.h>

#include "apps/cli/rules.h"

namespace millwright::app {

Date today() {
    return std::chrono::year_month_day(
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

Date day_from(const std::string& text, const std::string& option) {
    if (const auto date = parse_date(text)) return *date;
    throw UserFault{{{{option, 0, 0},
                      fmt::format("'{}' is no date", text),
                      "write " + allowed_values(QuestionKind::day)}}};
}

Question question_from(const QuestionArguments& arguments, const Catalog& catalog,
                       const Rulebook& book) {
    return value_or_throw(millwright::question_from(arguments, catalog, book, today()));
}

}  // namespace millwright::app
