// By recursive descent: a function for each strength of binding.
#include "millwright/claims/expression.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/claims/expression_tokens.h"

namespace millwright {
namespace {

/// Brackets, signs and right sides within each other.
constexpr int deepest_expression = 60;

struct Function {
    std::string_view name;
    ExprOp op;
    std::size_t fewest, most;  // arguments
};

constexpr std::array functions{
    Function{"min", ExprOp::least, 1, 64},  Function{"max", ExprOp::greatest, 1, 64},
    Function{"sum", ExprOp::total, 1, 64},  Function{"abs", ExprOp::size, 1, 1},
    Function{"sqrt", ExprOp::root, 1, 1},   Function{"log", ExprOp::log, 1, 1},
    Function{"exp", ExprOp::exp, 1, 1},     Function{"year", ExprOp::year, 1, 1},
    Function{"start", ExprOp::start, 1, 1}, Function{"end", ExprOp::end, 1, 1},
    Function{"on", ExprOp::day, 1, 1},      Function{"part", ExprOp::figure, 2, 2},
};

constexpr std::array<std::string_view, 6> own_words{"and", "or", "not", "implies", "true", "false"};

/// Thrown within this file to leave the recursion; parse_expression() makes a fault of it.
struct Stop {
    TokenFault fault;
};

class Parser {
public:
    Parser(const std::vector<ExprToken>& tokens, std::vector<ExprNode>& nodes)
        : tokens_(tokens), nodes_(nodes) {}

    void whole() {
        implication();
        if (now().kind != TokenKind::end) stop("the expression should have ended here");
    }

private:
    const ExprToken& now() const { return tokens_[at_]; }
    bool sees(std::string_view text) const {
        return (now().kind == TokenKind::name || now().kind == TokenKind::mark) &&
               now().text == text;
    }
    bool take(std::string_view text) {
        if (!sees(text)) return false;
        ++at_;
        return true;
    }
    [[noreturn]] void stop(std::string message, std::string hint = "") const {
        if (hint.empty()) {
            hint = now().kind == TokenKind::end ? "it ends too soon"
                                                : fmt::format("found '{}'", excerpt(now().text));
        }
        throw Stop{{std::move(message), std::move(hint), now().at}};
    }
    void expect(std::string_view text) {
        if (!take(text)) stop(fmt::format("'{}' is due here", text));
    }

    int put(ExprOp op, std::vector<int> arguments, std::size_t at) {
        if (nodes_.size() >= most_expression_nodes) {
            stop("the expression is too long", "[[define]] gives a part of it a name");
        }
        nodes_.push_back({.op = op, .arguments = std::move(arguments), .at = at});
        return static_cast<int>(nodes_.size()) - 1;
    }

    /// Depth of the recursion, for as long as it lives.
    struct Level {
        explicit Level(Parser& parser) : of(parser) {
            if (++of.depth_ > deepest_expression) {
                of.stop("the expression is nested too deep",
                        "[[define]] gives a part of it a name");
            }
        }
        ~Level() { --of.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        Parser& of;
    };

    int implication() {
        const Level level(*this);
        const int left = alternatives();
        const std::size_t at = now().at;
        if (!take("implies")) return left;
        const int denied = put(ExprOp::negation, {left}, at);
        return put(ExprOp::either, {denied, implication()}, at);
    }

    int alternatives() {
        int left = conjunction();
        for (std::size_t at = now().at; take("or"); at = now().at) {
            left = put(ExprOp::either, {left, conjunction()}, at);
        }
        return left;
    }

    int conjunction() {
        int left = denial();
        for (std::size_t at = now().at; take("and"); at = now().at) {
            left = put(ExprOp::both, {left, denial()}, at);
        }
        return left;
    }

    int denial() {
        const std::size_t at = now().at;
        if (!take("not")) return comparison();
        const Level level(*this);
        return put(ExprOp::negation, {denial()}, at);
    }

    /// The comparison of two nodes by a mark.
    int compare(const ExprToken& mark, int left, int right) {
        const std::string_view text = mark.text;
        if (text == "==") return put(ExprOp::equal, {left, right}, mark.at);
        if (text == "<") return put(ExprOp::less, {left, right}, mark.at);
        if (text == "<=") return put(ExprOp::less_equal, {left, right}, mark.at);
        if (text.starts_with('>')) {
            const ExprOp op = text == ">" ? ExprOp::less : ExprOp::less_equal;
            const int made = put(op, {right, left}, mark.at);
            nodes_[static_cast<std::size_t>(made)].turned = true;
            return made;
        }
        return put(ExprOp::negation, {put(ExprOp::equal, {left, right}, mark.at)}, mark.at);
    }

    /// a < b < c is a < b and b < c.
    int comparison() {
        constexpr std::array<std::string_view, 6> marks{"==", "!=", "<", "<=", ">", ">="};
        int left = addition(), all = -1;
        while (now().kind == TokenKind::mark &&
               std::find(marks.begin(), marks.end(), now().text) != marks.end()) {
            const ExprToken& mark = tokens_[at_++];
            const int right = addition();
            const int one = compare(mark, left, right);
            all = all < 0 ? one : put(ExprOp::both, {all, one}, mark.at);
            left = right;
        }
        return all < 0 ? left : all;
    }

    int addition() {
        int left = multiplication();
        for (;;) {
            const std::size_t at = now().at;
            const ExprOp op = sees("+") ? ExprOp::add : ExprOp::subtract;
            if (!take("+") && !take("-")) return left;
            left = put(op, {left, multiplication()}, at);
        }
    }

    int multiplication() {
        int left = signed_value();
        for (;;) {
            const std::size_t at = now().at;
            const ExprOp op = sees("*") ? ExprOp::multiply : ExprOp::divide;
            if (!take("*") && !take("/")) return left;
            left = put(op, {left, signed_value()}, at);
        }
    }

    int signed_value() {
        const std::size_t at = now().at;
        if (!take("-")) return power();
        const Level level(*this);
        return put(ExprOp::negate, {signed_value()}, at);
    }

    int power() {
        const int base = primary();
        const std::size_t at = now().at;
        if (!take("^")) return base;
        const Level level(*this);
        return put(ExprOp::power, {base, signed_value()}, at);
    }

    int primary() {
        const ExprToken& token = now();
        if (token.kind == TokenKind::value) {
            ++at_;
            const int made = put(ExprOp::constant, {}, token.at);
            nodes_.back().value = token.value;
            return made;
        }
        if (take("(")) {
            const int inside = implication();
            expect(")");
            return inside;
        }
        if (token.kind != TokenKind::name) stop("a value is due here");
        ++at_;
        if (sees("(")) return call(token);
        if (token.text == "true" || token.text == "false") {
            const int made = put(ExprOp::constant, {}, token.at);
            nodes_.back().value = {truth_value, exactly_at(token.text == "true" ? 1 : 0), ""};
            return made;
        }
        if (std::find(own_words.begin(), own_words.end(), token.text) != own_words.end()) {
            --at_;
            stop("a value is due here");
        }
        const int made = put(ExprOp::name, {}, token.at);
        nodes_.back().name = std::string(token.text);
        return made;
    }

    int call(const ExprToken& token) {
        const auto found = std::find_if(functions.begin(), functions.end(),
                                        [&](const Function& f) { return f.name == token.text; });
        if (found == functions.end()) {
            std::vector<std::string> names;
            for (const Function& f : functions) names.emplace_back(f.name);
            --at_;
            stop(fmt::format("no function '{}'", excerpt(token.text)),
                 hint_from(token.text, names, "functions"));
        }
        expect("(");
        std::vector<int> arguments;
        do {
            arguments.push_back(implication());
        } while (take(","));
        expect(")");
        if (arguments.size() < found->fewest || arguments.size() > found->most) {
            throw Stop{{fmt::format("{} takes {} arguments, not {}", found->name, found->fewest,
                                    arguments.size()),
                        "see docs/claims.md", token.at}};
        }
        return checked_call(*found, std::move(arguments), token);
    }

    /// Some functions are of a name or of quoted words, not of any value.
    int checked_call(const Function& function, std::vector<int> arguments, const ExprToken& token) {
        const auto node = [&](std::size_t i) -> const ExprNode& {
            return nodes_[static_cast<std::size_t>(arguments[i])];
        };
        if (function.op == ExprOp::figure) {
            const bool words = node(0).value.type.kind == ClaimKind::word &&
                               node(1).value.type.kind == ClaimKind::word;
            if (!words) {
                throw Stop{{"part takes two quoted words",
                            "such as part(\"chips/h20\", \"memory.capacity\")", token.at}};
            }
            std::string of = node(0).value.word, key = node(1).value.word;
            nodes_.resize(nodes_.size() - 2);  // its words are its own
            const int made = put(function.op, {}, token.at);
            nodes_.back().name = std::move(of);
            nodes_.back().figure = std::move(key);
            return made;
        }
        const bool dated = function.op == ExprOp::start || function.op == ExprOp::end ||
                           function.op == ExprOp::day;
        if (!dated) return put(function.op, std::move(arguments), token.at);
        if (node(0).op != ExprOp::name) {
            throw Stop{{fmt::format("{} is of a claim or fact by its id", function.name),
                        fmt::format("such as {}(sales)", function.name), token.at}};
        }
        std::string of = node(0).name;
        nodes_.pop_back();  // the id alone is no use of its value
        const int made = put(function.op, {}, token.at);
        nodes_.back().name = std::move(of);
        return made;
    }

    const std::vector<ExprToken>& tokens_;
    std::vector<ExprNode>& nodes_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

bool is_claim_name(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const auto inside = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= 60 && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), inside) &&
           std::find(own_words.begin(), own_words.end(), text) == own_words.end();
}

Place place_in(const Expression& expression, std::size_t at) {
    // behind the quote with which the text begins
    return {expression.at.file, expression.at.line,
            expression.at.column + 1 + static_cast<int>(at)};
}

Result<Expression> parse_expression(std::string_view text, const Place& at) {
    Expression expression{.text = std::string(text), .at = at, .nodes = {}};
    const auto refused = [&](const TokenFault& fault) {
        return failure({place_in(expression, fault.at), fault.message, fault.hint});
    };
    const auto tokens = expression_tokens(expression.text);
    if (!tokens) return refused(tokens.error());
    try {
        Parser(*tokens, expression.nodes).whole();
    } catch (const Stop& stopped) {
        return refused(stopped.fault);
    }
    return expression;
}

}  // namespace millwright
