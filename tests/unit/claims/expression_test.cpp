// Expressions of constraints, and where they are wrong.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/claims/expression.h"

namespace millwright {
namespace TEST_FILE {

/// The expression in brackets, as it binds.
std::string bound(const Expression& e, int at) {
    const ExprNode& node = e.nodes[static_cast<std::size_t>(at)];
    if (node.op == ExprOp::name) return node.name;
    if (node.op == ExprOp::constant) return extent_text(node.value.type, node.value.extent);
    std::string text = "(" + std::string(name_of(node.op));
    for (const int argument : node.arguments) text += " " + bound(e, argument);
    return text + ")";
}

std::string parsed(std::string_view text) {
    const auto e = parse_expression(text, {"a.toml", 3, 11});
    return e ? bound(*e, static_cast<int>(e->nodes.size()) - 1) : to_text(e.error());
}

TEST(ClaimExpression, Binds) {
    EXPECT_EQ(parsed("a + b * c ^ 2"), "(+ a (* b (^ c 2)))");
    EXPECT_EQ(parsed("a - b - c"), "(- (- a b) c)");
    EXPECT_EQ(parsed("-a ^ 2"), "(the sign (^ a 2))");
    EXPECT_EQ(parsed("a < b < c"), "(and (< a b) (< b c))");
    EXPECT_EQ(parsed("a > b"), "(< b a)");
    EXPECT_EQ(parsed("not a == b or c != d and e"), "(or (not (== a b)) (and (not (== c d)) e))");
    EXPECT_EQ(parsed("a implies b"), "(or (not a) b)");
    EXPECT_EQ(parsed("max(a, 2 * b)"), "(max a (* 2 b))");
}

TEST(ClaimExpression, NumbersHaveUnits) {
    EXPECT_EQ(parsed("a == 17.1 GUSD/year"), "(== a 1.951e+06 USD/h)");
    EXPECT_EQ(parsed("50 USD/shares"), "(/ 50 USD shares)");
    EXPECT_EQ(parsed("a > 2025-07-16"), "(< 2025-07-16 a)");
    EXPECT_EQ(parsed("5 % * a"), "(* 0.05 a)");
}

TEST(ClaimExpression, FaultsHaveTheirPlace) {
    for (const auto& [text, told] : {std::pair{"a = b", "a.toml:3:14: error: '=' has no meaning"},
                                     {"a ==", "a.toml:3:16: error: a value is due here"},
                                     {"(a", "a.toml:3:14: error: ')' is due here"},
                                     {"a b", "a.toml:3:14: error: the expression should"},
                                     {"fun(a)", "a.toml:3:12: error: no function 'fun'"},
                                     {"abs(a, b)", "abs takes 1 arguments, not 2"},
                                     {"a == 'x", "the quoted word does not end"},
                                     {"3 a", "unknown unit 'a'"},
                                     {"start(2)", "start is of a claim or fact"},
                                     {"part(a, b)", "part takes two quoted words"}}) {
        EXPECT_TRUE(contains(parsed(text), told)) << text << ": " << parsed(text);
    }
}

TEST(ClaimExpression, DepthAndLengthHaveLimits) {
    EXPECT_TRUE(contains(parsed(std::string(5000, '(') + "a"), "nested too deep"));
    EXPECT_TRUE(contains(parsed(std::string(5000, '-') + "a"), "nested too deep"));
    std::string sum = "a";
    for (int i = 0; i < 2000; ++i) sum += "+a";
    EXPECT_TRUE(contains(parsed(sum), "too long"));
}

}  // namespace TEST_FILE
}  // namespace millwright
