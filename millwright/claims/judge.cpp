// Each constraint is judged by itself first. Ambiguous ones are contradictions at once and stay
// out of the search for conflicts, as do those that mix bases and do not fail. Of a claim a
// contradiction counts before what is open, what is open before what holds; claims alone count as
// graver than claims against the record.
#include "millwright/claims/judge.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/claims/conflicts.h"
#include "millwright/claims/readings.h"

namespace millwright {
namespace {

const ClaimStatement& at(const ClaimNetwork& network, int place) {
    return network.statements[static_cast<std::size_t>(place)];
}

/// "k2 fails: ... within 1 %: 120 USD against 65 USD", or "no values fit k1, k2, k3 together".
std::string conflict_reason(const ClaimNetwork& network, const ClaimConflict& conflict) {
    std::vector<std::string> ids;
    for (const int place : conflict.constraints) {
        ids.push_back(network.constraints[static_cast<std::size_t>(place)].id);
    }
    if (ids.size() != 1) return fmt::format("no values fit {} together", join(ids, ", "));
    const ClaimConstraint& constraint =
        network.constraints[static_cast<std::size_t>(conflict.constraints.front())];
    std::string text = fmt::format("{} fails: {}", constraint.id, constraint.text);
    if (!constraint.within.empty()) text += " within " + constraint.within;
    const std::string sides = sides_text(network, constraint);
    return sides.empty() ? text : text + ": " + sides;
}

Contradiction told(const ClaimNetwork& network, const ClaimConflict& conflict) {
    Contradiction contradiction{.reason = conflict_reason(network, conflict),
                                .of_claims_alone = !conflict.statements.empty(),
                                .statements = conflict.statements};
    for (const bool claims : {true, false}) {  // what the text says before what is known
        for (const int place : conflict.statements) {
            const bool is_claim = at(network, place).role == ClaimRole::claim;
            if (is_claim == claims) contradiction.set.push_back(at(network, place).id);
            contradiction.of_claims_alone &= is_claim;
        }
    }
    for (const int place : conflict.constraints) {
        contradiction.constraints.push_back(
            network.constraints[static_cast<std::size_t>(place)].id);
    }
    return contradiction;
}

Contradiction told(const ClaimNetwork& network, const JudgedConstraint& ambiguous) {
    Contradiction contradiction{
        .reason = ambiguous.reason, .constraints = {ambiguous.id}, .of_claims_alone = true};
    for (const int place : ambiguous.blamed) {
        if (at(network, place).role != ClaimRole::claim) continue;
        contradiction.statements.push_back(place);
        contradiction.set.push_back(at(network, place).id);
    }
    return contradiction;
}

/// What is known of one claim from constraints by themselves.
struct Standing {
    std::vector<std::string> held, failed, open;
};

Standing standing_of(const ClaimNetwork& network, const JudgedClaims& judged, int place) {
    Standing standing;
    for (std::size_t i = 0; i < network.constraints.size(); ++i) {
        const auto& used = network.constraints[i].statements;
        if (!std::binary_search(used.begin(), used.end(), place)) continue;
        const JudgedConstraint& constraint = judged.constraints[i];
        switch (constraint.state) {
            case ConstraintState::holds: standing.held.push_back(constraint.id); break;
            case ConstraintState::fails:
            case ConstraintState::ambiguous: standing.failed.push_back(constraint.id); break;
            case ConstraintState::open: standing.open.push_back(constraint.reason); break;
        }
    }
    return standing;
}

/// Of a claim that contradicts nothing.
void settle(const ClaimNetwork& network, const Standing& standing, int place, JudgedClaim& claim) {
    if (!standing.open.empty()) {
        claim.reasons = standing.open;
    } else if (!standing.held.empty()) {
        claim.verdict = ClaimVerdict::holds;
        for (const std::string& id : standing.held) claim.reasons.push_back(id + " holds");
    } else if (!standing.failed.empty()) {
        claim.reasons.push_back(
            fmt::format("{} fails whatever this claim says", join(standing.failed, ", ")));
    } else if (!at(network, place).why_open.empty()) {
        claim.reasons.push_back("it states no value, and no constraint uses it");
    } else {
        claim.reasons.push_back("no constraint uses it");
    }
}

JudgedClaim judge_claim(const ClaimNetwork& network, const JudgedClaims& judged, int place) {
    const ClaimStatement& statement = at(network, place);
    JudgedClaim claim{.id = statement.id, .says = statement.says, .by = statement.by};
    const Contradiction* worst = nullptr;
    for (const Contradiction& contradiction : judged.contradictions) {
        const auto& set = contradiction.statements;
        if (!std::binary_search(set.begin(), set.end(), place)) continue;
        // they come in order of size: the first of the graver kind is the smallest
        const bool graver =
            worst == nullptr || (contradiction.of_claims_alone && !worst->of_claims_alone);
        if (graver) worst = &contradiction;
        claim.reasons.push_back(contradiction.reason);
    }
    if (worst == nullptr) {
        settle(network, standing_of(network, judged, place), place, claim);
        return claim;
    }
    claim.verdict = worst->of_claims_alone ? ClaimVerdict::contradicts_itself
                                           : ClaimVerdict::contradicts_record;
    claim.conflict_set = worst->set;
    return claim;
}

/// With where it is known from.
std::vector<RecordEntry> record_of(const ClaimNetwork& network,
                                   const std::vector<Contradiction>& contradictions) {
    std::set<int> places;
    for (const Contradiction& one : contradictions) {
        for (const int place : one.statements) {
            if (at(network, place).of_record()) places.insert(place);
        }
    }
    std::vector<RecordEntry> record;
    for (const int place : places) {
        const ClaimStatement& fact = at(network, place);
        const auto& value = fact.readings.front().value;
        record.push_back({fact.id, fact.says, value ? value_text(network, fact.type, *value) : "",
                          fact.source, fact.grade});
    }
    return record;
}

}  // namespace

JudgedClaims judge_claims(const ClaimNetwork& network) {
    JudgedClaims judged;
    std::vector<int> decided;
    for (std::size_t i = 0; i < network.constraints.size(); ++i) {
        JudgedConstraint one = judge_constraint(network, network.constraints[i]);
        const bool told_apart =
            one.state == ConstraintState::ambiguous ||
            !mixed_basis(network, network.constraints[i], first_readings(network)).empty();
        if (one.state == ConstraintState::ambiguous) {
            judged.contradictions.push_back(told(network, one));
        }
        if (!told_apart || one.state == ConstraintState::fails) {
            decided.push_back(static_cast<int>(i));
        }
        judged.constraints.push_back(std::move(one));
    }
    const ConflictSearch search = find_conflicts(network, decided);
    judged.complete = search.complete;
    for (const ClaimConflict& conflict : search.conflicts) {
        judged.contradictions.push_back(told(network, conflict));
    }
    std::stable_sort(
        judged.contradictions.begin(), judged.contradictions.end(),
        [](const Contradiction& a, const Contradiction& b) { return a.set.size() < b.set.size(); });
    judged.record = record_of(network, judged.contradictions);
    for (std::size_t i = 0; i < network.statements.size(); ++i) {
        if (network.statements[i].role != ClaimRole::claim) continue;
        judged.claims.push_back(judge_claim(network, judged, static_cast<int>(i)));
    }
    return judged;
}

}  // namespace millwright
