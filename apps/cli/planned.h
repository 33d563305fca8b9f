// One question to `millwright plan` and its answer, and the answer in words.
#pragma once

#include <string>

#include "apps/cli/commands.h"
#include "millwright/factory/factory.h"
#include "millwright/search/search.h"
#include "millwright/study/plan_price.h"

namespace millwright::app {

inline constexpr double useful_share = Scenario{}.useful_share;
inline constexpr const char* priced_at = "us";  // the site of the catalog whose costs count

/// All that one search was asked and found.
struct Planned {
    const PlanArguments& arguments;
    const Factory& factory;
    const TrainContext& context;
    const Framework& framework;
    SpaceLimits limits;
    SearchOptions options;
    SearchResult found;
    Tokens tokens;   // to train on; zero if not given
    Dollars yearly;  // of the whole factory at the site `priced_at`
    double seconds = 0;
    std::int64_t fewest = 0;  // chips that would hold it, where none of these plans fits
    Candidate fastest;        // where none meets the deadline

    bool pinned() const { return any(limits.pins); }
    bool priced() const { return tokens > Tokens{}; }
    double days(const Candidate& c) const {
        return training_days(tokens, context.sequence, c.plan, c.step, useful_share);
    }
    Dollars per_million_tokens(const Candidate& c) const {
        return plan_price(factory.chips, yearly, context.sequence, c.plan, c.step, useful_share)
            .per_million_tokens;
    }
};

/// What the arguments or their defaults set, so that no default goes unseen.
std::string asked(const Planned& planned);

void print_text(const Planned& planned);

}  // namespace millwright::app
