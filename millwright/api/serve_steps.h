// Steps of the answer to a question about a deployment, which `serve` takes once and `deploy` for
// each deployment that it tries.
#pragma once

#include <string>

#include "millwright/api/serve.h"
#include "millwright/serve/cluster.h"

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

/// The parts for the pool of answers, where another server has it: `base` is of that.
Result<ServeParts> decode_parts(const Catalog& catalog, const ServeAnswer& answer,
                                ServeAnswer& base);

/// The memory below the chips of the answer's first pool, and what cannot be of routers and
/// replicas that start and stop. The pools are known.
Faults set_cluster(const Catalog& catalog, ServeAnswer& answer);

/// How the question's requests come, and what is counted of them.
ServeLoad load_on(const ServeQuestion& question);

/// Simulates the answer's pool, and sets what came of it, its bound, cost and prices.
void serve_pool(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer);

/// What serve_pool sets, of an outcome that is known.
void settle_pool(const Catalog& catalog, ServeOutcome outcome, ServeAnswer& answer);

/// What the answer's pools are as replicas under one clock.
Cluster cluster_of(const Catalog& catalog, const ServeAnswer& answer);

/// What serve_pools sets, of an outcome that is known.
void settle_pools(const Catalog& catalog, ClusterOutcome outcome, ServeAnswer& answer);

/// Simulates an answer with a pool for prompts and one for answers.
void serve_pools(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer);

/// Cost, prices and energy, of an outcome and its shares.
void set_prices(const Catalog& catalog, ServeAnswer& answer);

/// Where what the question asks to keep of a run goes; none if it asks for nothing.
FleetRecord* record_of(ServeAnswer& answer);

/// What the chips of one of the answer's pools cost a year, and those of all.
Dollars yearly_of(const Catalog& catalog, const ServeAnswer& answer, const ServePool& pool);
Dollars yearly_of(const Catalog& catalog, const ServeAnswer& answer);

/// "2 replicas of tensor 4, expert 4".
std::string layout_text(const ServePool& pool);

}  // namespace millwright
