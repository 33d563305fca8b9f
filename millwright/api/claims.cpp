#include "millwright/api/claims.h"

#include "millwright/api/claims_reckoned.h"
#include "millwright/claims/build.h"

namespace millwright {

Result<ClaimsAnswer> check_claims(const ClaimsQuestion& question, const Setting& setting) {
    ClaimsText text = question.text;
    // a file that cannot be read whole is not worth a run
    if (text.faults.empty() && !text.reckoned.empty()) {
        auto facts = reckoned_facts(text, setting);
        if (!facts) return failure(in_order(std::move(facts.error())));
        for (StatementText& fact : *facts) text.facts.push_back(std::move(fact));
    }
    const auto network = claim_network(text, setting.catalog);
    if (!network) return failure(network.error());
    return ClaimsAnswer{network->name, judge_claims(*network)};
}

}  // namespace millwright
