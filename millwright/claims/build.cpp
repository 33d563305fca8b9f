// Nodes are put behind those that they rest on, so that `propagate` goes up and down in one pass
// each. A define is built where it is first named, once, and a statement has one leaf for each of
// its aspects: all constraints that use it share the node, and so narrow it together. -1 is a
// node that could not be made; its fault is told already, so whoever meets it stays silent.
#include "millwright/claims/build.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/claims/figures.h"
#include "millwright/claims/statements.h"
#include "millwright/claims/typing.h"

namespace millwright {
namespace {

/// A define while the network is made.
struct Definition {
    const DefineText* written = nullptr;
    std::optional<Expression> expression;
    int node = -1;           // of its value, once that is made
    bool under_way = false;  // to see definitions that go round
    bool used = false;
};

class NetworkBuilder {
public:
    NetworkBuilder(const ClaimsText& text, const Catalog& catalog)
        : text_(text), catalog_(catalog), faults_(text.faults) {}

    Result<ClaimNetwork> built() {
        if (too_large()) return failure(in_order(std::move(faults_)));
        network_.name = text_.name.value;
        network_.statements = claim_statements(text_, network_.words, faults_);
        name_all();
        parse_defines();
        for (const ConstraintText& constraint : text_.constraints) add_constraint(constraint);
        for (auto& [id, definition] : defines_) build_define(id, definition);
        refuse_unused();
        if (!faults_.empty()) return failure(in_order(std::move(faults_)));
        return std::move(network_);
    }

private:
    void refuse(const Place& at, std::string message, std::string hint) {
        faults_.push_back({at, std::move(message), std::move(hint)});
    }

    bool too_large() {
        const std::size_t statements =
            text_.facts.size() + text_.claims.size() + text_.unknowns.size();
        const std::size_t expressions = text_.defines.size() + text_.constraints.size();
        const Place whole{text_.file, 0, 0};
        if (text_.claims.empty() && text_.faults.empty()) {
            refuse(whole, "the file has no [[claim]]", "docs/claims.md has an example");
        }
        if (std::max(statements, expressions) <= most_claim_statements) return false;
        refuse(whole, fmt::format("more than {} statements or constraints", most_claim_statements),
               "check the text in parts");
        return true;
    }

    void name_one(const Written<std::string>& id, int statement) {
        if (!id.given) return;
        if (!is_claim_name(id.value)) {
            refuse(id.at, fmt::format("'{}' cannot be an id", excerpt(id.value)),
                   "a letter, then letters, digits and underscores, 60 at most");
            return;
        }
        if (const auto [at, fresh] = places_.emplace(id.value, id.at); !fresh) {
            refuse(id.at, fmt::format("a second '{}'", id.value),
                   fmt::format("the first is in line {}", at->second.line));
            return;
        }
        names_.push_back(id.value);
        if (statement >= 0) statements_.emplace(id.value, statement);
    }

    void name_all() {
        int statement = 0;
        for (const StatementText& fact : text_.facts) name_one(fact.id, statement++);
        for (const StatementText& claim : text_.claims) name_one(claim.id, statement++);
        for (const UnknownText& unknown : text_.unknowns) name_one(unknown.id, statement++);
        for (const DefineText& define : text_.defines) {
            name_one(define.id, -1);
            if (define.id.given) defines_.emplace(define.id.value, Definition{.written = &define});
        }
    }

    std::optional<Expression> parsed(const Written<std::string>& text) {
        if (!text.given) return std::nullopt;
        auto expression = parse_expression(text.value, text.at);
        if (expression) return std::move(*expression);
        for (Fault& fault : expression.error()) faults_.push_back(std::move(fault));
        return std::nullopt;
    }

    void parse_defines() {
        for (auto& [id, definition] : defines_) {
            definition.expression = parsed(definition.written->is);
        }
    }

    /// The node of a define's value, or -1 where it has none for a fault of its own.
    int build_define(const std::string& id, Definition& definition) {
        if (definition.node >= 0 || !definition.expression) return definition.node;
        if (definition.under_way) {
            const auto begin = std::find(path_.begin(), path_.end(), id);
            refuse(definition.written->is.at,
                   fmt::format("'{}' is defined by itself: {} -> {}", id,
                               join({begin, path_.end()}, " -> "), id),
                   "define one of them without the others");
            return -1;
        }
        if (path_.size() >= deepest_definition) {
            refuse(definition.written->is.at, "definitions rest on each other too deep",
                   fmt::format("{} at most", deepest_definition));
            return -1;
        }
        definition.under_way = true;
        path_.push_back(id);
        definition.node = add_nodes(*definition.expression, {});
        path_.pop_back();
        // told once: what went round is as if it could not be read
        if (definition.node < 0) definition.expression.reset();
        definition.under_way = false;
        return definition.node;
    }

    int leaf(int statement, ClaimAspect aspect) {
        const auto key = std::pair(statement, aspect);
        if (const auto found = leaves_.find(key); found != leaves_.end()) return found->second;
        const ClaimStatement& of = network_.statements[static_cast<std::size_t>(statement)];
        ClaimNode node{.op = ExprOp::name, .statement = statement, .aspect = aspect};
        node.type = aspect == ClaimAspect::value ? of.type : day_of_calendar;
        return leaves_[key] = put(std::move(node));
    }

    int put(ClaimNode node) {
        network_.nodes.push_back(std::move(node));
        return static_cast<int>(network_.nodes.size()) - 1;
    }

    int named(const Expression& in, const ExprNode& node) {
        if (const auto found = defines_.find(node.name); found != defines_.end()) {
            found->second.used = true;
            return build_define(found->first, found->second);
        }
        if (const auto found = statements_.find(node.name); found != statements_.end()) {
            used_.insert(found->second);
            return leaf(found->second, ClaimAspect::value);
        }
        refuse(place_in(in, node.at), fmt::format("nothing has the id '{}'", excerpt(node.name)),
               hint_from(node.name, names_, "ids"));
        return -1;
    }

    int dated(const Expression& in, const ExprNode& node) {
        const auto found = statements_.find(node.name);
        if (found == statements_.end()) {
            refuse(place_in(in, node.at),
                   fmt::format("no claim or fact has the id '{}'", excerpt(node.name)),
                   hint_from(node.name, names_, "ids"));
            return -1;
        }
        const ClaimStatement& of = network_.statements[static_cast<std::size_t>(found->second)];
        const bool day = node.op == ExprOp::day;
        const bool has = day ? of.on.has_value() : !of.readings.front().label.empty();
        if (!has) {
            refuse(place_in(in, node.at),
                   fmt::format("'{}' has no {}", node.name, day ? "day" : "period"),
                   day ? "add `on = 2025-07-01` to it" : "add `period = \"FY2026Q2\"` to it");
            return -1;
        }
        used_.insert(found->second);
        return leaf(found->second, day                        ? ClaimAspect::day
                                   : node.op == ExprOp::start ? ClaimAspect::start
                                                              : ClaimAspect::end);
    }

    /// A figure is a statement of the catalog, made where it is first asked for.
    int figure(const Expression& in, const ExprNode& node) {
        const std::string id = node.name + " " + node.figure;
        if (const auto found = figures_.find(id); found != figures_.end()) {
            return leaf(found->second, ClaimAspect::value);
        }
        const auto looked_up =
            catalog_figure(catalog_, node.name, node.figure, place_in(in, node.at));
        if (!looked_up) {
            for (const Fault& fault : looked_up.error()) faults_.push_back(fault);
            return -1;
        }
        ClaimStatement statement{
            .role = ClaimRole::figure, .id = id, .source = looked_up->source, .at = in.at};
        statement.readings.emplace_back();
        if (looked_up->value) {
            statement.type = looked_up->value->type;
            statement.readings.front().value = extent_of(*looked_up->value);
        } else {
            statement.why_open = "the catalog has no value of " + id;
        }
        const int place = static_cast<int>(network_.statements.size());
        network_.statements.push_back(std::move(statement));
        figures_.emplace(id, place);
        return leaf(place, ClaimAspect::value);
    }

    ClaimExtent extent_of(const LiteralValue& value) {
        return value.type.kind == ClaimKind::word
                   ? exactly_at(number_of_word(network_.words, value.word))
                   : value.extent;
    }

    int operation(const Expression& in, const ExprNode& node, const std::vector<int>& made,
                  const ClaimSlack& slack) {
        ClaimNode joined{.op = node.op, .slack = slack, .turned = node.turned};
        if (node.op == ExprOp::constant) {
            joined.type = node.value.type;
            joined.constant = extent_of(node.value);
            return put(std::move(joined));
        }
        for (const int argument : node.arguments) {
            joined.arguments.push_back(made[static_cast<std::size_t>(argument)]);
            if (joined.arguments.back() < 0) return -1;
        }
        std::string why;
        const auto type = typed(network_.nodes, joined, why);
        if (!type) {
            refuse(place_in(in, node.at), why, "both sides need one unit, or none");
            return -1;
        }
        joined.type = *type;
        return put(std::move(joined));
    }

    /// The node of the whole expression, or -1 after faults.
    int add_nodes(const Expression& expression, const ClaimSlack& slack) {
        std::vector<int> made;
        for (const ExprNode& node : expression.nodes) {
            switch (node.op) {
                case ExprOp::name: made.push_back(named(expression, node)); break;
                case ExprOp::figure: made.push_back(figure(expression, node)); break;
                case ExprOp::start:
                case ExprOp::end:
                case ExprOp::day: made.push_back(dated(expression, node)); break;
                default: made.push_back(operation(expression, node, made, slack));
            }
        }
        return made.back();
    }

    std::optional<ClaimSlack> slack_of(const ConstraintText& written,
                                       std::optional<Dimension>& dimension) {
        if (!written.within.given) return ClaimSlack{};
        std::string why;
        auto slack = parse_slack(written.within.value, dimension, why);
        if (!slack) refuse(written.within.at, why, "such as \"5 %\", \"10 USD\" or \"2x\"");
        return slack;
    }

    void add_constraint(const ConstraintText& written) {
        if (written.id.given && !constraint_ids_.insert(written.id.value).second) {
            refuse(written.id.at,
                   fmt::format("a second constraint '{}'", excerpt(written.id.value)),
                   "give each an id of its own");
        }
        std::optional<Dimension> dimension;
        const auto slack = slack_of(written, dimension);
        const auto expression = parsed(written.require);
        if (!expression) return;
        const std::size_t before = network_.nodes.size();
        const int root = add_nodes(*expression, slack.value_or(ClaimSlack{}));
        if (root < 0) return;
        const ClaimType& type = network_.nodes[static_cast<std::size_t>(root)].type;
        if (type.kind != ClaimKind::truth && type.kind != ClaimKind::any) {
            refuse(written.require.at,
                   fmt::format("a constraint is true or false, and this is {}", type_text(type)),
                   "compare it with something");
            return;
        }
        if (dimension) check_slack(written, *dimension, before);
        ClaimConstraint constraint{.id = written.id.value,
                                   .says = written.says.value,
                                   .text = written.require.value,
                                   .root = root,
                                   .within = written.within.value};
        reach(constraint);
        network_.constraints.push_back(std::move(constraint));
    }

    /// An amount is of the unit of what is compared.
    void check_slack(const ConstraintText& written, const Dimension& dimension,
                     std::size_t before) {
        for (std::size_t i = before; i < network_.nodes.size(); ++i) {
            const ClaimNode& node = network_.nodes[i];
            if (node.slack.off == 0 || node.arguments.empty() || node.type != truth_value) continue;
            const ClaimType& side =
                network_.nodes[static_cast<std::size_t>(node.arguments[0])].type;
            const bool dates =
                side.kind == ClaimKind::date && dimension == length_of_time.dimension;
            const bool numbers = side.kind == ClaimKind::number && side.dimension == dimension;
            if (dates || numbers || side.kind == ClaimKind::any || side == truth_value) continue;
            const ClaimType given{ClaimKind::number, dimension};
            refuse(written.within.at,
                   fmt::format("'within' has the unit {}, and what is compared {}",
                               type_text(given), type_text(side)),
                   "a share such as \"5 %\" fits any unit");
            return;
        }
    }

    void reach(ClaimConstraint& constraint) const {
        std::set<int> nodes, open{constraint.root}, statements;
        while (!open.empty()) {
            const int at = *open.rbegin();
            open.erase(at);
            nodes.insert(at);
            const ClaimNode& node = network_.nodes[static_cast<std::size_t>(at)];
            if (node.statement >= 0) statements.insert(node.statement);
            open.insert(node.arguments.begin(), node.arguments.end());
        }
        constraint.nodes.assign(nodes.begin(), nodes.end());
        constraint.statements.assign(statements.begin(), statements.end());
    }

    void refuse_unused() {
        if (!faults_.empty()) return;  // what uses it may be what is faulty
        for (const auto& [id, definition] : defines_) {
            if (definition.used) continue;
            refuse(definition.written->id.at, fmt::format("nothing uses '{}'", id),
                   "use it in a constraint, or leave it out");
        }
        for (const UnknownText& unknown : text_.unknowns) {
            if (used_.count(statements_.at(unknown.id.value)) > 0) continue;
            refuse(unknown.id.at, fmt::format("nothing uses '{}'", unknown.id.value),
                   "use it in a constraint, or leave it out");
        }
    }

    static constexpr std::size_t deepest_definition = 200;

    const ClaimsText& text_;
    const Catalog& catalog_;
    Faults faults_;
    ClaimNetwork network_;
    std::map<std::string, Place> places_;
    std::map<std::string, int> statements_, figures_;
    std::map<std::string, Definition> defines_;
    std::map<std::pair<int, ClaimAspect>, int> leaves_;
    std::vector<std::string> names_, path_;
    std::set<std::string> constraint_ids_;
    std::set<int> used_;
};

}  // namespace

Result<ClaimNetwork> claim_network(const ClaimsText& text, const Catalog& catalog) {
    return NetworkBuilder(text, catalog).built();
}

}  // namespace millwright
