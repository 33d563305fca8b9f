// Steps of the answer to a question about a deployment, which `serve` takes once and `deploy` for
// each deployment that it tries.
#pragma once

#include <string>

#include "millwright/api/serve.h"
#include "millwright/serve/fleet.h"

namespace millwright {

/// What a question's names and load mean. The replica has no layout and no network.
struct ServeParts {
    Replica replica;
    RequestsAnew requests;
};

/// Looks up all that the answer's question names, and sets its factory, engine, forms and span.
/// Faults as of `serve`.
Result<ServeParts> serve_parts(const Catalog& catalog, ServeAnswer& answer);

/// A factory of whole servers, so that part of one has its part of the price; a fault if it cannot
/// be built.
Faults set_factory(const Catalog& catalog, const Server& server, ServeAnswer& answer);

/// So many replicas in this layout, each with its network, on servers of the answer's factory.
ServePool pool_of(const Catalog& catalog, const ServeAnswer& answer, const Replica& replica,
                  const ServeWays& ways, std::int64_t replicas);

/// Simulates the answer's pool, and sets what came of it, its bound, cost and prices.
void serve_pool(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer);

/// What serve_pool sets, of an outcome that is known.
void settle_pool(const Catalog& catalog, ServeOutcome outcome, ServeAnswer& answer);

/// Simulates an answer with a pool for prompts and one for answers.
void serve_pools(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer);

/// What the chips of the answer's pool cost a year.
Dollars yearly_of(const Catalog& catalog, const ServeAnswer& answer);

/// "2 replicas of tensor 4, expert 4".
std::string layout_text(const ServePool& pool);

}  // namespace millwright
