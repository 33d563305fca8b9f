// A number takes the unit behind it, as far as its parts joined by / are units; a / that no unit
// follows is a division. Dates are tried before numbers, as they would read as differences.
// `and`, `or` and `implies` behind a number are no units; any other word there is a fault, since
// a product needs its sign. A sign before a number is an operator.
#include "millwright/claims/expression_tokens.h"

#include <array>
#include <cctype>

#include <fmt/format.h>

#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_name(char c) { return begins_name(c) || is_digit(c); }

/// Reads tokens from a text; `at` is the next byte.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    tl::expected<std::vector<ExprToken>, TokenFault> all() {
        std::vector<ExprToken> tokens;
        for (;;) {
            skip_blanks();
            ExprToken token{.at = at_};
            if (at_ == text_.size()) {
                tokens.push_back(token);
                return tokens;
            }
            if (!read(token)) return tl::unexpected(fault_);
            tokens.push_back(std::move(token));
        }
    }

private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void skip_blanks() {
        while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n')) ++at_;
    }
    std::size_t name_end(std::size_t from) const {
        while (from < text_.size() && in_name(text_[from])) ++from;
        return from;
    }

    bool read(ExprToken& token) {
        if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return read_number(token);
        if (begins_name(peek())) {
            const std::size_t end = name_end(at_);
            token.kind = TokenKind::name;
            token.text = text_.substr(at_, end - at_);
            at_ = end;
            return true;
        }
        return peek() == '"' || peek() == '\'' ? read_word(token) : read_mark(token);
    }

    bool read_word(ExprToken& token) {
        const std::size_t close = text_.find(peek(), at_ + 1);
        if (close == std::string_view::npos) {
            fault_ = {"the quoted word does not end", "close it with the quote it begins with",
                      at_};
            return false;
        }
        token.kind = TokenKind::value;
        token.value.type.kind = ClaimKind::word;
        token.value.word = std::string(text_.substr(at_ + 1, close - at_ - 1));
        token.text = text_.substr(at_, close + 1 - at_);
        at_ = close + 1;
        return true;
    }

    bool read_mark(ExprToken& token) {
        constexpr std::array<std::string_view, 14> marks{"==", "!=", "<=", ">=", "<", ">", "+",
                                                         "-",  "*",  "/",  "^",  "(", ")", ","};
        for (const std::string_view mark : marks) {
            if (!text_.substr(at_).starts_with(mark)) continue;
            token.kind = TokenKind::mark;
            token.text = text_.substr(at_, mark.size());
            at_ += mark.size();
            return true;
        }
        const Utf8 c = utf8_at(text_, at_);
        const std::string said = excerpt(text_.substr(at_, c.valid ? c.length : 1));
        fault_ = {fmt::format("'{}' has no meaning here", said),
                  peek() == '=' ? "equality is written ==" : "see docs/claims.md for what has",
                  at_};
        return false;
    }

    /// Digits, a point, an exponent.
    std::size_t number_end() const {
        std::size_t end = at_;
        const auto skip = [&] {
            while (end < text_.size() && is_digit(text_[end])) ++end;
        };
        skip();
        if (end < text_.size() && text_[end] == '.') {
            ++end;
            skip();
        }
        if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
            std::size_t sign = end + 1;
            if (sign < text_.size() && (text_[sign] == '-' || text_[sign] == '+')) ++sign;
            if (sign < text_.size() && is_digit(text_[sign])) {
                end = sign;
                skip();
            }
        }
        return end;
    }

    /// Where the unit behind a number ends, or where it begins if there is none: `USD/h` glued is
    /// one unit as far as its parts are units.
    std::size_t unit_end(std::size_t from) const {
        std::string why;
        std::size_t end = from;
        if (from < text_.size() && text_[from] == '%') return from + 1;
        for (std::size_t next = from;;) {
            if (next >= text_.size() || !begins_name(text_[next])) return end;
            next = name_end(next);
            if (!parse_quantity(fmt::format("1 {}", text_.substr(from, next - from)), why)) {
                return end;
            }
            end = next;
            if (next >= text_.size() || text_[next] != '/') return end;
            ++next;
        }
    }

    bool read_number(ExprToken& token) {
        token.kind = TokenKind::value;
        if (const auto date = parse_date(text_.substr(at_, 10))) {
            token.value = {day_of_calendar, exactly_at(seconds_of(*date)), ""};
            token.text = text_.substr(at_, 10);
            at_ += 10;
            return true;
        }
        const std::size_t end = number_end();
        std::size_t unit = end;
        while (unit < text_.size() && text_[unit] == ' ') ++unit;
        const std::size_t last = unit_end(unit);
        const std::size_t word_end = name_end(unit);
        const std::string_view behind = text_.substr(unit, word_end - unit);
        const bool joins = behind == "and" || behind == "or" || behind == "implies";
        if (!behind.empty() && last == unit && !joins) {
            fault_ = {fmt::format("unknown unit '{}'", excerpt(behind)),
                      "a number may have a unit behind it; a product needs its *", unit};
            return false;
        }
        const std::size_t stop = last == unit ? end : last;
        token.text = text_.substr(at_, stop - at_);
        std::string why;
        const auto parsed = parse_quantity(token.text, why);
        if (!parsed) {
            fault_ = {why, "for example 3.35 TB/s", at_};
            return false;
        }
        token.value = {{ClaimKind::number, parsed->dimension}, exactly_at(parsed->si), ""};
        at_ = stop;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    TokenFault fault_;
};

}  // namespace

tl::expected<std::vector<ExprToken>, TokenFault> expression_tokens(std::string_view text) {
    return Reader(text).all();
}

}  // namespace millwright
