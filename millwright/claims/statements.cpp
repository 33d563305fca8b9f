// A reading takes from its statement what it does not say itself. A period that is neither fiscal
// nor of the calendar becomes two readings where a fiscal calendar is known, the common
// calendar's first; the second is marked, as it counts only where days are asked. Words are
// numbered, so that they compare as numbers do.
#include "millwright/claims/statements.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

class StatementReader {
public:
    StatementReader(const ClaimsText& text, std::vector<std::string>& words, Faults& faults)
        : words_(words), faults_(faults) {
        for (const CalendarText& calendar : text.calendars) add_calendar(calendar);
    }

    ClaimStatement read(const StatementText& written, ClaimRole role) {
        ClaimStatement statement{.role = role,
                                 .id = written.id.value,
                                 .says = written.says.value,
                                 .source = written.source.value,
                                 .by = written.by.value,
                                 .at = written.at};
        if (written.grade.given) statement.grade = name_of(written.grade.value);
        if (written.on.given) statement.on = written.on.value;
        const FiscalCalendar* calendar = calendar_of(written);
        const ReadingText own{written.at, written.is, written.basis, written.direction,
                              written.period};
        // readings alone are all there is where the statement has no value of its own
        if (written.is.given || written.readings.empty()) {
            add_reading(statement, own, own, calendar);
        }
        for (const ReadingText& reading : written.readings) {
            add_reading(statement, own, reading, calendar);
        }
        const bool valued = statement.readings.front().value.has_value();
        if (!valued) statement.why_open = fmt::format("nobody gives a value of {}", statement.id);
        return statement;
    }

    ClaimStatement read(const UnknownText& written) {
        ClaimStatement statement{
            .role = ClaimRole::unknown, .id = written.id.value, .at = written.at};
        statement.readings.emplace_back();
        take_value(statement, statement.readings.front(), written.range);
        if (statement.type.kind == ClaimKind::word) {
            refuse(written.range.at, "'range' is a word, not an interval",
                   "such as \"100 USD..1000 USD\" or \">0 USD\"");
        }
        return statement;
    }

private:
    void refuse(const Place& at, std::string message, std::string hint) {
        faults_.push_back({at, std::move(message), std::move(hint)});
    }

    void add_calendar(const CalendarText& written) {
        if (!written.id.given || !written.year_ends.given) return;
        std::string why;
        const auto calendar = parse_calendar(written.year_ends.value, why);
        if (!calendar) {
            refuse(written.year_ends.at, why, "such as \"last Sunday of January\" or \"06-30\"");
        }
        const bool fresh =
            calendars_.emplace(written.id.value, calendar.value_or(FiscalCalendar{})).second;
        if (!fresh) {
            refuse(written.id.at, fmt::format("a second calendar '{}'", written.id.value),
                   "give each an id of its own");
        }
    }

    const FiscalCalendar* calendar_of(const StatementText& written) {
        if (!written.calendar.given) {
            return calendars_.size() == 1 ? &calendars_.begin()->second : nullptr;
        }
        const auto found = calendars_.find(written.calendar.value);
        if (found != calendars_.end()) return &found->second;
        std::vector<std::string> ids;
        for (const auto& [id, calendar] : calendars_) ids.push_back(id);
        refuse(written.calendar.at,
               fmt::format("no calendar '{}'", excerpt(written.calendar.value)),
               ids.empty() ? "write a [[calendar]]"
                           : hint_from(written.calendar.value, ids, "calendars"));
        return nullptr;
    }

    void take_value(ClaimStatement& statement, ClaimReading& reading,
                    const Written<ClaimLiteral>& written) {
        if (!written.given) return;
        std::string why;
        auto literal = parse_literal(written.value.text, why);
        if (!literal) {
            refuse(written.at, why, "such as \"50 GUSD\", \"5 % .. 7 %\" or \">4 TUSD\"");
            return;
        }
        if (literal->type.kind == ClaimKind::word) {
            literal->extent = exactly_at(number_of_word(words_, literal->word));
        }
        const bool first = statement.type.kind == ClaimKind::any;
        if (!first && statement.type != literal->type) {
            refuse(written.at,
                   fmt::format("readings of unlike types: {} and {}", type_text(statement.type),
                               type_text(literal->type)),
                   "all readings of a statement have one unit");
            return;
        }
        statement.type = literal->type;
        reading.value = literal->extent;
    }

    /// `written` over what the statement has `own`; both calendars where the period does not say.
    void add_reading(ClaimStatement& statement, const ReadingText& own, const ReadingText& written,
                     const FiscalCalendar* calendar) {
        const auto chosen = [](const auto& over, const auto& under) -> const auto& {
            return over.given ? over : under;
        };
        ClaimReading reading;
        reading.basis = chosen(written.basis, own.basis).value;
        reading.direction = chosen(written.direction, own.direction).value;
        take_value(statement, reading, chosen(written.is, own.is));
        const Written<std::string>& period = chosen(written.period, own.period);
        if (!period.given) {
            statement.readings.push_back(std::move(reading));
            return;
        }
        reading.label = period.value;
        std::string why;
        const auto label = parse_period(period.value, why);
        if (!label) {
            refuse(period.at, why, "such as FY2026Q2, 2025Q2, CY2025Q2 or 2025");
        } else if (label->fiscal && calendar == nullptr) {
            refuse(period.at,
                   fmt::format("'{}' is of a fiscal year, and no calendar says when that ends",
                               excerpt(period.value)),
                   "write a [[calendar]], and its id as `calendar` where there are several");
        } else {
            add_periods(statement, std::move(reading), *label, calendar);
            return;
        }
        statement.readings.push_back(std::move(reading));
    }

    static void add_periods(ClaimStatement& statement, ClaimReading reading,
                            const PeriodLabel& label, const FiscalCalendar* calendar) {
        if (!label.fiscal) {
            reading.period = calendar_period(label);
            statement.readings.push_back(reading);
        }
        if (label.calendar || calendar == nullptr) return;
        reading.by_period = !label.fiscal;
        reading.fiscal = true;
        reading.period = fiscal_period(label, *calendar);
        statement.readings.push_back(std::move(reading));
    }

    std::vector<std::string>& words_;
    Faults& faults_;
    std::map<std::string, FiscalCalendar> calendars_;
};

}  // namespace

double number_of_word(std::vector<std::string>& words, const std::string& word) {
    const auto found = std::find(words.begin(), words.end(), word);
    const auto place = found - words.begin();
    if (found == words.end()) words.push_back(word);
    return static_cast<double>(place);
}

std::vector<ClaimStatement> claim_statements(const ClaimsText& text,
                                             std::vector<std::string>& words, Faults& faults) {
    StatementReader reader(text, words, faults);
    std::vector<ClaimStatement> statements;
    for (const StatementText& fact : text.facts) {
        statements.push_back(reader.read(fact, ClaimRole::fact));
    }
    for (const StatementText& claim : text.claims) {
        statements.push_back(reader.read(claim, ClaimRole::claim));
    }
    for (const UnknownText& unknown : text.unknowns) statements.push_back(reader.read(unknown));
    return statements;
}

}  // namespace millwright
