// A constraint under each way of reading what it uses.
#pragma once

#include <string>
#include <vector>

#include "millwright/claims/judge.h"
#include "millwright/claims/propagate.h"

namespace millwright {

/// Ways of reading one constraint that are tried.
inline constexpr std::size_t most_reading_choices = 1024;

/// A value as it is told: a word in quotes, all else with its unit.
std::string value_text(const ClaimNetwork& network, const ClaimType& type,
                       const ClaimExtent& extent);

/// The choice of all statements as first read.
ReadingChoice first_readings(const ClaimNetwork& network);

/// Where values of unlike basis or direction are added or compared: "charge and revenue"; empty
/// where none are.
std::string mixed_basis(const ClaimNetwork& network, const ClaimConstraint& constraint,
                        const ReadingChoice& choice);

/// Tries all readings. Of equal truth it has that; else it is ambiguous, and tells in which.
JudgedConstraint judge_constraint(const ClaimNetwork& network, const ClaimConstraint& constraint);

/// Both sides of a comparison that fails: "120 USD against 65 USD"; empty of what is none.
std::string sides_text(const ClaimNetwork& network, const ClaimConstraint& constraint);

}  // namespace millwright
