// A file of claims as written: what a text says, what is known, and what must hold between them.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

/// The value of a statement, before anyone asked what it is: a text, or a bare number, date or flag
/// of TOML as the text that says the same.
struct ClaimLiteral {
    static constexpr std::string_view written_as =
        "number with its unit, interval, date, flag or word";
    std::string text;
};

/// [[claim.reading]] and [[fact.reading]]: another meaning of the same words.
struct ReadingText {
    Place at;
    Written<ClaimLiteral> is;
    Written<std::string> basis, direction, period;
};

/// [[claim]] and [[fact]].
struct StatementText {
    Place at;
    Written<std::string> id, says;
    Written<ClaimLiteral> is;
    Written<Date> on;
    Written<std::string> period, calendar, basis, direction, source, by;
    Written<Grade> grade;
    std::vector<ReadingText> readings;
};

/// [[unknown]]: a quantity that nobody states.
struct UnknownText {
    Place at;
    Written<std::string> id;
    Written<ClaimLiteral> range;
};

/// [[define]]: a name for an expression.
struct DefineText {
    Place at;
    Written<std::string> id, is;
};

/// [[constraint]]: what must hold.
struct ConstraintText {
    Place at;
    Written<std::string> id, require, within, says;
};

/// [[calendar]]: of fiscal years.
struct CalendarText {
    Place at;
    Written<std::string> id, year_ends;
};

/// What the engines are asked of a factory.
enum class ReckonedFigure { power, capital, yearly_cost, training_time, token_price };

template <>
struct EnumNames<ReckonedFigure> {
    static constexpr std::array<std::string_view, 5> names{"power", "capital", "yearly-cost",
                                                           "training-time", "token-price"};
};

/// [[reckoned]]: what a factory of a scenario comes to, as the engines have it.
struct ReckonedText {
    Place at;
    Written<std::string> id, scenario, factory, job;
    Written<ReckonedFigure> figure;
};

/// The whole.
struct ClaimsText {
    std::string file;
    Written<std::string> name, note;
    std::vector<StatementText> facts, claims;
    std::vector<UnknownText> unknowns;
    std::vector<ReckonedText> reckoned;
    std::vector<DefineText> defines;
    std::vector<ConstraintText> constraints;
    std::vector<CalendarText> calendars;
    Faults faults;  // of reading; what they are about counts as not given
};

template <std::same_as<ReadingText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"is", &P::is, "value in this reading; that of the statement if left out"},
        Field{"basis", &P::basis, "basis in this reading"},
        Field{"direction", &P::direction, "direction in this reading"},
        Field{"period", &P::period, "period in this reading"},
    };
};

template <std::same_as<StatementText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"id", &P::id, "name in expressions: letters, digits and underscores", Need::required},
        Field{"says", &P::says, "what is stated, in words"},
        Field{"is", &P::is, "value that is stated"},
        Field{"on", &P::on, "day of which it is true"},
        Field{"period", &P::period, "time that it covers, such as FY2026Q2, 2025Q2 or 2025"},
        Field{"calendar", &P::calendar,
              "calendar of its fiscal years; the file's one if there is one"},
        Field{"basis", &P::basis, "what is counted, such as revenue or charge"},
        Field{"direction", &P::direction, "of a bandwidth: one-way or both"},
        Field{"source", &P::source, "where it is written"},
        Field{"by", &P::by, "who says it"},
        Field{"grade", &P::grade, "how far the source can be trusted"},
    };
};

template <std::same_as<UnknownText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"id", &P::id, "name in expressions", Need::required},
        Field{"range", &P::range, "interval in which it lies", Need::required},
    };
};

template <std::same_as<ReckonedText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"id", &P::id, "name in expressions", Need::required},
        Field{"scenario", &P::scenario, "its file, beside this one", Need::required},
        Field{"factory", &P::factory, "a factory of it", Need::required},
        Field{"figure", &P::figure,
              "power, capital, yearly-cost, training-time (the four in five of its band) or "
              "token-price, of a million tokens",
              Need::required},
        Field{"job", &P::job, "of the last two; the scenario's only job if left out"},
    };
};

template <std::same_as<DefineText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"id", &P::id, "name in expressions", Need::required},
        Field{"is", &P::is, "expression that it stands for", Need::required},
    };
};

template <std::same_as<ConstraintText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"id", &P::id, "name of the constraint", Need::required},
        Field{"require", &P::require, "expression that must be true", Need::required},
        Field{"within", &P::within,
              "how far its comparisons may be off: a share, an amount or a factor"},
        Field{"says", &P::says, "why it must hold, in words"},
    };
};

template <std::same_as<CalendarText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"id", &P::id, "name of the calendar", Need::required},
        Field{"year_ends", &P::year_ends,
              "last day of a fiscal year: last Sunday of January, or 06-30", Need::required},
    };
};

template <std::same_as<ClaimsText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of the text that is checked"},
        Field{"note", &P::note, "what to know about it"},
    };
};

/// Fails where the file cannot be read or is no TOML; else see `ClaimsText::faults`.
Result<ClaimsText> read_claims(const std::string& path);
/// The same from text in memory; `file` names it in places of faults and need not exist.
Result<ClaimsText> parse_claims(std::string_view text, const std::string& file);

}  // namespace millwright
