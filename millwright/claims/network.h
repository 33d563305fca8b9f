// Claims, facts and constraints as one network: values are its leaves, operations its nodes, and
// constraints are nodes that must be true. Plain data, which `propagate`, `conflicts` and `judge`
// read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/claims/expression.h"
#include "millwright/claims/literal.h"
#include "millwright/claims/period.h"

namespace millwright {

/// Who vouches for a value: the text, the record, the catalog, or nobody.
enum class ClaimRole { claim, fact, figure, unknown };

template <>
struct EnumNames<ClaimRole> {
    static constexpr std::array<std::string_view, 4> names{"claim", "fact", "figure", "unknown"};
};

/// One meaning of a statement. Without `value` nobody gave one.
struct ClaimReading {
    std::optional<ClaimExtent> value;
    std::string basis, direction;
    std::string label;  // of the period; empty where it has none
    std::optional<DateRange> period;
    bool fiscal = false;     // the period is of its fiscal calendar
    bool by_period = false;  // told from the one before by its period alone
};

/// A leaf with a name. The first reading is the one as written.
struct ClaimStatement {
    ClaimRole role = ClaimRole::claim;
    std::string id, says, source, by, grade;
    Place at;
    ClaimType type;
    std::optional<Date> on;
    std::vector<ClaimReading> readings;
    std::string why_open;  // of one without a value

    /// Whether a conflict may be blamed on it: unknowns are only ranges.
    bool stated() const { return role != ClaimRole::unknown; }
    bool of_record() const { return role == ClaimRole::fact || role == ClaimRole::figure; }
};

/// How far a comparison may be off: a == b means that a lies within b x [low, high] +- off. What
/// sums and products round is let pass by all.
struct ClaimSlack {
    double low = 1 - 1e-12, high = 1 + 1e-12;
    double off = 0;
    std::string text;  // as written; empty where it was left out
};

/// What of a statement a leaf is.
enum class ClaimAspect { value, start, end, day };

/// A node; its arguments stand before it. Of a leaf, `statement` is its place in the list, or -1
/// for a constant.
struct ClaimNode {
    ExprOp op = ExprOp::constant;
    std::vector<int> arguments;
    ClaimType type;
    int statement = -1;
    ClaimAspect aspect = ClaimAspect::value;
    ClaimExtent constant;
    int exponent = 0;     // of a whole power; zero: of any other
    ClaimSlack slack;     // of a comparison
    bool turned = false;  // one that was written with its sides the other way
};

struct ClaimConstraint {
    std::string id, says, text;
    int root = 0;
    std::string within;
    std::vector<int> nodes;       // the root and all below it, in order
    std::vector<int> statements;  // that it uses, in order
};

struct ClaimNetwork {
    std::string name;
    std::vector<ClaimStatement> statements;
    std::vector<ClaimNode> nodes;
    std::vector<ClaimConstraint> constraints;
    std::vector<std::string> words;  // a word's value is its place here
};

}  // namespace millwright
