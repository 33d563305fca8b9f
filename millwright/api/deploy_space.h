// What a search for a deployment chooses among, without what cannot do even in the mean.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "millwright/api/deploy.h"
#include "millwright/api/serve_steps.h"
#include "millwright/serve/steady.h"

namespace millwright {

/// Of mean lengths that stand in for lengths: how much less a run may need than in the mean.
inline constexpr double in_the_mean = 1.1;

/// Candidates that are tried side by side, whatever the threads, so that what is found of the ones
/// before decides alike which others need no trial.
inline constexpr std::size_t candidates_at_once = 8;

/// A server and a precision: what candidates on it share.
struct DeploySite {
    ServeAnswer base;
    ServeParts parts;

    /// Of prompts that a cache may hold a token at least is computed.
    MeanRequest mean() const {
        const bool found = base.span.shares && parts.replica.engine.prefix_cache;
        return {found ? 1 : base.span.prompt, base.span.output};
    }
    /// Requests a second of the load: as asked, or over the time of a trace.
    double rate() const;
};

/// A layout with a token budget, on so many replicas at least and at most.
struct DeployCandidate {
    const DeploySite* site = nullptr;
    Replica replica;  // with layout and network
    std::int64_t least = 0, most = 0;
    Dollars cheapest;  // of the fewest, a year
    std::string text;

    double chips() const { return replica.ways.chips(); }
};

struct DeploySpace {
    std::vector<std::unique_ptr<DeploySite>> sites;  // candidates point to them
    std::vector<DeployCandidate> candidates;         // the cheapest first
    std::int64_t size = 0;                           // of all, with every number of replicas
    std::vector<LostDeployment> lost;
};

/// Faults as of `deploy`.
Result<DeploySpace> deploy_space(const DeployQuestion& question, const Setting& setting);

LostDeployment lost_of(const DeployCandidate& candidate, std::string reason, std::string why);

/// The answer about so many replicas of the candidate before any run: its factory and its pool.
ServeAnswer answer_with(const Catalog& catalog, const DeployCandidate& candidate,
                        std::int64_t replicas);

/// What they cost a year.
Dollars yearly_of(const Catalog& catalog, const DeployCandidate& candidate, std::int64_t replicas);

}  // namespace millwright
