// Verdicts on claims: what holds, what contradicts itself or the record, what cannot be decided.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "millwright/claims/network.h"

namespace millwright {

/// `contradicts_itself`: claims alone do not fit together, or two readings of one differ in truth.
/// `contradicts_record`: it takes facts or figures of the catalog to see it. `holds`: at least one
/// constraint that uses the claim was decided and holds, and none is left open.
enum class ClaimVerdict { holds, contradicts_itself, contradicts_record, cannot_decide };

template <>
struct EnumNames<ClaimVerdict> {
    static constexpr std::array<std::string_view, 4> names{"holds", "contradicts_itself",
                                                           "contradicts_record", "cannot_decide"};
};

/// `open`: a value is missing, or bases are mixed. `ambiguous`: readings differ in truth.
enum class ConstraintState { holds, fails, open, ambiguous };

template <>
struct EnumNames<ConstraintState> {
    static constexpr std::array<std::string_view, 4> names{"holds", "fails", "open", "ambiguous"};
};

/// A constraint by itself, all statements taken as said.
struct JudgedConstraint {
    std::string id, text, within;
    ConstraintState state = ConstraintState::open;
    std::string reason;
    std::vector<int> blamed;  // of an ambiguous one: statements whose readings differ in truth
};

struct Contradiction {
    std::vector<std::string> set;  // ids, and names of figures
    std::string reason;
    std::vector<std::string> constraints;
    bool of_claims_alone = false;
    std::vector<int> statements;
};

/// A fact or a figure of the catalog that a contradiction rests on.
struct RecordEntry {
    std::string id, says, is, source, grade;
};

struct JudgedClaim {
    std::string id, says, by;
    ClaimVerdict verdict = ClaimVerdict::cannot_decide;
    std::vector<std::string> reasons;
    std::vector<std::string> conflict_set;  // the smallest; empty where it contradicts nothing
};

struct JudgedClaims {
    std::vector<JudgedClaim> claims;            // in the file's order
    std::vector<Contradiction> contradictions;  // small sets first
    std::vector<JudgedConstraint> constraints;  // in the file's order
    std::vector<RecordEntry> record;            // in the file's order, then figures
    bool complete = true;                       // false: there may be more sets (conflicts.h)
};

/// Constraints of `constraints` with the network's places.
JudgedClaims judge_claims(const ClaimNetwork& network);

}  // namespace millwright
