// What tokens of prompts and of answers take alone: by what a run's cost is split among them.
#pragma once

#include <string>

#include "millwright/serve/simulate.h"

namespace millwright {

/// Time of one replica for one token, at the mean lengths of a run. Zero where it had none.
struct TokenTimes {
    Seconds input;   // of a prompt that is computed: prompts alone, one a step
    Seconds cached;  // found in the prefix cache: what the rest of its prompt attends longer for
    Seconds output;  // of an answer, with as many beside it as ran on average while any did
};

TokenTimes token_times(const Replica& replica, const ServeOutcome& outcome);

/// Parts of all that a run did, by the times above; they sum to one, or are zero of an empty run.
struct TokenShares {
    double input = 0, cached = 0, output = 0;
};
TokenShares token_shares(const TokenTimes& times, const ServeOutcome& outcome);

/// The larger of the two: "prompts, 66 % of the work".
std::string work_text(const TokenShares& shares);

}  // namespace millwright
