// Expressions of constraints: "cap == price * shares", "stop < entry < target".
//
// From loose to tight: `implies`, `or`, `and`, `not`, comparisons (which may be chained), + and -,
// * and /, the sign, ^. Numbers may have units, dates are written 2025-07-16, words in quotes.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/result.h"
#include "millwright/claims/literal.h"

namespace millwright {

/// What a node of an expression does with its arguments. Greater is less with its sides changed,
/// unequal a negation, `implies` an `either`.
enum class ExprOp {
    constant,
    name,
    figure,
    add,
    subtract,
    multiply,
    divide,
    power,
    negate,
    equal,
    less,
    less_equal,
    both,
    either,
    negation,
    least,
    greatest,
    total,
    size,
    root,
    log,
    exp,
    year,
    start,
    end,
    day,
};

template <>
struct EnumNames<ExprOp> {
    static constexpr std::array<std::string_view, 26> names{
        "constant", "name", "part", "+",   "-",    "*",     "/",   "^",   "the sign",
        "==",       "<",    "<=",   "and", "or",   "not",   "min", "max", "sum",
        "abs",      "sqrt", "log",  "exp", "year", "start", "end", "on"};
};

/// A node: its arguments are places in the list of nodes and stand before it.
struct ExprNode {
    ExprOp op = ExprOp::constant;
    std::vector<int> arguments;
    LiteralValue value;        // of a constant; of a word its text
    std::string name, figure;  // of a name; of a figure the part and its key
    std::size_t at = 0;        // byte of the text at which it begins
    bool turned = false;       // a comparison written with its sides the other way
};

/// The last node is the whole. `text` is what was parsed.
struct Expression {
    std::string text;
    Place at;  // of the text's first character
    std::vector<ExprNode> nodes;
};

/// Nodes of the largest expression.
inline constexpr std::size_t most_expression_nodes = 1000;

/// `at` is where the text stands in its file. A text that is none has one fault, with the column at
/// which it ceases to be one.
Result<Expression> parse_expression(std::string_view text, const Place& at);

/// The place of a byte of an expression in its file.
Place place_in(const Expression& expression, std::size_t at);

/// Whether a text can be a name in expressions: a letter, then letters, digits and underscores, and
/// none of the language's own words.
bool is_claim_name(std::string_view text);

}  // namespace millwright
