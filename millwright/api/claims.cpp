#include "millwright/api/claims.h"

#include "millwright/claims/build.h"

namespace millwright {

Result<ClaimsAnswer> check_claims(const ClaimsQuestion& question, const Setting& setting) {
    const auto network = claim_network(question.text, setting.catalog);
    if (!network) return failure(network.error());
    return ClaimsAnswer{network->name, judge_claims(*network)};
}

}  // namespace millwright
