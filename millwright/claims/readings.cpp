// Every combination of readings is a case of its own, 1024 at most; periods multiply them only
// where their days are asked. A case fails where propagation finds no values that fit, and holds
// where it finds none missing: ranges that can fit are not held against a claim. Blamed are
// statements of which another reading alone turns the truth.
#include "millwright/claims/readings.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

/// What a value is a value of; empty where nobody says.
struct StatedBasis {
    std::string basis, direction;
};

enum class CaseTruth { no, open, yes };

/// A constraint under one choice.
struct Case {
    ReadingChoice choice;
    CaseTruth truth = CaseTruth::open;
    std::string why_open;
};

const ClaimReading& reading_of(const ClaimNetwork& network, const ReadingChoice& choice,
                               int statement) {
    const auto place = static_cast<std::size_t>(statement);
    return network.statements[place].readings[static_cast<std::size_t>(choice[place])];
}

/// Statements with several readings that matter here: a period matters where its days are asked.
std::vector<std::vector<int>> readings_that_matter(const ClaimNetwork& network,
                                                   const ClaimConstraint& constraint) {
    std::set<int> dated;
    for (const int at : constraint.nodes) {
        const ClaimNode& node = network.nodes[static_cast<std::size_t>(at)];
        const bool days = node.aspect == ClaimAspect::start || node.aspect == ClaimAspect::end;
        if (node.statement >= 0 && days) dated.insert(node.statement);
    }
    std::vector<std::vector<int>> all;
    for (const int statement : constraint.statements) {
        const auto& readings = network.statements[static_cast<std::size_t>(statement)].readings;
        std::vector<int> matter;
        for (std::size_t i = 0; i < readings.size(); ++i) {
            if (dated.count(statement) > 0 || !readings[i].by_period) {
                matter.push_back(static_cast<int>(i));
            }
        }
        all.push_back(std::move(matter));
    }
    return all;
}

/// Every choice, the first one as written; empty where they are too many.
std::vector<Case> cases_of(const ClaimNetwork& network, const ClaimConstraint& constraint) {
    const auto matter = readings_that_matter(network, constraint);
    std::vector<Case> cases{{first_readings(network), CaseTruth::open, ""}};
    for (std::size_t i = 0; i < matter.size(); ++i) {
        if (cases.size() * matter[i].size() > most_reading_choices) return {};
        const auto place = static_cast<std::size_t>(constraint.statements[i]);
        const std::size_t before = cases.size();
        for (std::size_t k = 1; k < matter[i].size(); ++k) {
            for (std::size_t c = 0; c < before; ++c) {
                cases.push_back(cases[c]);
                cases.back().choice[place] = matter[i][k];
            }
        }
    }
    return cases;
}

/// Why a constraint whose truth hangs on it cannot be decided; empty where nothing is missing.
std::string missing_in(const ClaimNetwork& network, const ClaimConstraint& constraint,
                       const std::vector<ClaimExtent>& extents) {
    for (const int at : constraint.nodes) {
        const ClaimNode& node = network.nodes[static_cast<std::size_t>(at)];
        if (node.statement >= 0 && node.aspect == ClaimAspect::value) {
            const auto& statement = network.statements[static_cast<std::size_t>(node.statement)];
            if (!statement.why_open.empty()) return statement.why_open;
        }
        if (node.op != ExprOp::divide) continue;
        const ClaimExtent& below = extents[static_cast<std::size_t>(node.arguments[1])];
        const bool around = below.low < 0 && below.high > 0;
        if (around || below == exactly_at(0)) return "it divides by what may be zero";
    }
    return "";
}

void decide(const ClaimNetwork& network, const ClaimConstraint& constraint, Case& one) {
    std::vector<ClaimExtent> extents = leaf_extents(network, one.choice);
    evaluate(network, constraint.nodes, extents);
    const ClaimExtent root = extents[static_cast<std::size_t>(constraint.root)];
    const std::vector<ClaimExtent> as_said = extents;
    std::int64_t visits = 0;
    if (!propagate(network, constraint.nodes, {constraint.root}, extents, visits)) {
        one.truth = CaseTruth::no;
        return;
    }
    one.why_open = root.low >= 1 ? "" : missing_in(network, constraint, as_said);
    one.truth = one.why_open.empty() ? CaseTruth::yes : CaseTruth::open;
}

std::string reading_text(const ClaimNetwork& network, int statement, const ClaimReading& reading) {
    const ClaimStatement& of = network.statements[static_cast<std::size_t>(statement)];
    std::vector<std::string> parts;
    if (reading.value && of.type.kind == ClaimKind::word) {
        parts.push_back(network.words[static_cast<std::size_t>(reading.value->low)]);
    } else if (reading.value) {
        parts.push_back(extent_text(of.type, *reading.value));
    }
    if (!reading.basis.empty()) parts.push_back("basis " + reading.basis);
    if (!reading.direction.empty()) parts.push_back(reading.direction);
    if (reading.period) {
        parts.push_back(fmt::format("{} {} to {}", reading.fiscal ? "fiscal" : "calendar",
                                    to_text(reading.period->first), to_text(reading.period->last)));
    }
    return join(parts, ", ");
}

/// Two cases that differ in the reading of one statement, and in truth.
struct Flip {
    int statement = -1;
    const Case *holds = nullptr, *fails = nullptr;
};

std::vector<Flip> flips_of(const ClaimConstraint& constraint, const std::vector<Case>& cases) {
    std::vector<Flip> flips;
    for (const int statement : constraint.statements) {
        const auto place = static_cast<std::size_t>(statement);
        for (const Case& a : cases) {
            if (a.truth != CaseTruth::yes) continue;
            const auto other = std::find_if(cases.begin(), cases.end(), [&](const Case& b) {
                ReadingChoice changed = b.choice;
                changed[place] = a.choice[place];
                return b.truth == CaseTruth::no && changed == a.choice;
            });
            if (other == cases.end()) continue;
            flips.push_back({statement, &a, &*other});
            break;
        }
    }
    return flips;
}

void tell_flips(const ClaimNetwork& network, const ClaimConstraint& constraint,
                const std::vector<Flip>& flips, JudgedConstraint& judged) {
    judged.state = ConstraintState::ambiguous;
    for (const Flip& flip : flips) judged.blamed.push_back(flip.statement);
    if (flips.empty()) {  // only several readings together make a difference
        judged.blamed = constraint.statements;
        judged.reason = "mixed basis: its readings together give different truth values";
        return;
    }
    const Flip& first = flips.front();
    const ClaimReading& yes = reading_of(network, first.holds->choice, first.statement);
    const ClaimReading& no = reading_of(network, first.fails->choice, first.statement);
    const bool period = yes.period != no.period;
    judged.reason = fmt::format("{}: {} holds where {} is read as {}, and fails where as {}",
                                period ? "ambiguous period" : "mixed basis", constraint.id,
                                network.statements[static_cast<std::size_t>(first.statement)].id,
                                reading_text(network, first.statement, yes),
                                reading_text(network, first.statement, no));
}

std::string unlike(const std::string& a, const std::string& b) {
    return a.empty() || b.empty() || a == b ? "" : fmt::format("{} and {}", a, b);
}

std::string value_text(const ClaimNetwork& network, int at, const ClaimExtent& extent) {
    return value_text(network, network.nodes[static_cast<std::size_t>(at)].type, extent);
}

}  // namespace

std::string value_text(const ClaimNetwork& network, const ClaimType& type,
                       const ClaimExtent& extent) {
    if (type.kind != ClaimKind::word || !extent.point()) return extent_text(type, extent);
    return fmt::format("\"{}\"", network.words[static_cast<std::size_t>(extent.low)]);
}

ReadingChoice first_readings(const ClaimNetwork& network) {
    return ReadingChoice(network.statements.size(), 0);
}

std::string mixed_basis(const ClaimNetwork& network, const ClaimConstraint& constraint,
                        const ReadingChoice& choice) {
    std::vector<StatedBasis> bases(network.nodes.size());
    for (const int at : constraint.nodes) {
        const ClaimNode& node = network.nodes[static_cast<std::size_t>(at)];
        StatedBasis& own = bases[static_cast<std::size_t>(at)];
        if (node.statement >= 0 && node.aspect == ClaimAspect::value) {
            const ClaimReading& reading = reading_of(network, choice, node.statement);
            own = {reading.basis, reading.direction};
        }
        const bool scaled =
            node.op == ExprOp::multiply || node.op == ExprOp::divide || node.op == ExprOp::power;
        const bool logic = node.op == ExprOp::both || node.op == ExprOp::either;
        if (logic) continue;
        for (const int argument : node.arguments) {
            const StatedBasis& of = bases[static_cast<std::size_t>(argument)];
            const std::string kind = unlike(own.basis, of.basis);
            const std::string way = unlike(own.direction, of.direction);
            if (!scaled && !kind.empty()) return kind;
            if (!scaled && !way.empty()) return way;
            // a product of unlike things is a thing of its own
            own.basis = kind.empty() ? (own.basis.empty() ? of.basis : own.basis) : "";
            own.direction =
                way.empty() ? (own.direction.empty() ? of.direction : own.direction) : "";
        }
        if (node.type == truth_value && node.statement < 0) own = {};
    }
    return "";
}

JudgedConstraint judge_constraint(const ClaimNetwork& network, const ClaimConstraint& constraint) {
    JudgedConstraint judged{
        .id = constraint.id, .text = constraint.text, .within = constraint.within};
    std::vector<Case> cases = cases_of(network, constraint);
    if (cases.empty()) {
        judged.reason =
            fmt::format("{} can be read in more than {} ways", constraint.id, most_reading_choices);
        return judged;
    }
    for (Case& one : cases) decide(network, constraint, one);
    const auto has = [&](CaseTruth truth) {
        return std::any_of(cases.begin(), cases.end(),
                           [&](const Case& one) { return one.truth == truth; });
    };
    if (has(CaseTruth::yes) && has(CaseTruth::no)) {
        tell_flips(network, constraint, flips_of(constraint, cases), judged);
        return judged;
    }
    const std::string mixed =
        cases.size() == 1 ? mixed_basis(network, constraint, cases.front().choice) : "";
    if (!mixed.empty()) {
        judged.reason = fmt::format("{} mixes {}", constraint.id, mixed);
        return judged;
    }
    if (cases.front().truth == CaseTruth::open) {
        judged.reason = fmt::format("{}: {}", constraint.id, cases.front().why_open);
        return judged;
    }
    judged.state =
        cases.front().truth == CaseTruth::yes ? ConstraintState::holds : ConstraintState::fails;
    if (judged.state == ConstraintState::fails) judged.reason = sides_text(network, constraint);
    return judged;
}

std::string sides_text(const ClaimNetwork& network, const ClaimConstraint& constraint) {
    std::vector<ClaimExtent> extents = leaf_extents(network, first_readings(network));
    evaluate(network, constraint.nodes, extents);
    // of several comparisons the outermost that fails, its sides as they are written
    for (auto place = constraint.nodes.rbegin(); place != constraint.nodes.rend(); ++place) {
        const ClaimNode& node = network.nodes[static_cast<std::size_t>(*place)];
        const bool compares =
            node.op == ExprOp::equal || node.op == ExprOp::less || node.op == ExprOp::less_equal;
        if (!compares || extents[static_cast<std::size_t>(*place)].high > 0) continue;
        const int left = node.arguments[node.turned ? 1 : 0];
        const int right = node.arguments[node.turned ? 0 : 1];
        const ClaimExtent& a = extents[static_cast<std::size_t>(left)];
        const ClaimExtent& b = extents[static_cast<std::size_t>(right)];
        std::string text = fmt::format("{} against {}", value_text(network, left, a),
                                       value_text(network, right, b));
        const ClaimType& type = network.nodes[static_cast<std::size_t>(left)].type;
        const double ratio = a.low / b.low;
        const bool told = type.kind == ClaimKind::number && a.bounded() && b.bounded() &&
                          std::isfinite(ratio) && ratio > 0;
        if (told) text += fmt::format(", {:.3g} times", std::max(ratio, 1 / ratio));
        return text;
    }
    return "";
}

}  // namespace millwright
