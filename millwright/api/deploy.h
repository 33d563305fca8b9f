// How is a model deployed for so much traffic: on how many chips, how split, at what price?
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millwright/api/launch.h"
#include "millwright/api/serve.h"
#include "millwright/catalog/bands.h"
#include "millwright/serve/capacity.h"

namespace millwright {

/// A model, servers to choose among, a range of chips of one of them, the traffic, and what is
/// promised to its users. What is left out is as on the command line.
struct DeployQuestion {
    std::string model;
    std::vector<std::string> servers;
    std::string engine;                  // by each chip's maker if empty
    std::vector<WeightForm> precisions;  // to choose among; as of `serve` if there is none
    CacheForm cache = CacheForm::bf16;
    EngineOverrides limits;
    LayoutPins layout;
    std::optional<std::int64_t> max_length;  // tokens of a request that the engine takes
    std::int64_t least_chips = 1, most_chips = 1;
    LoadAsked load;  // a trace or a rate
    ServicePromise promise;
    bool pools = false;  // prompts and answers on replicas of their own too, of any two servers
    bool most = false;   // the most traffic that all the chips keep, in place of a load's rate
    std::vector<std::string> extras;  // servers, of each of which one more is weighed by that
    std::size_t top = 10;
};

/// One way to deploy: what `serve` answers of it, and whether it keeps the promise over all seeds.
struct Deployment {
    std::string server, text;  // "2 replicas of tensor 4"; "hgx-h100 and hgx-h20" of two pools
    ServeAnswer served;        // of all seeds together
    std::int64_t seeds = 1;
    double width = 0;  // of the wider of the two 99th percentiles over seeds: deviation over mean
    bool meets = false;
    Dollars yearly;
    RequestRate rate;  // that it was given

    double chips() const { return served.chips(); }
    /// Output tokens a second that half of the users get or more; zero where answers are of one.
    double tokens_of_user() const {
        const Seconds each = served.outcome.per_token.quantile(0.5);
        return each > Seconds{} ? 1 / each.si() : 0;
    }
};

/// Deployments that did not do, by one layout and limit of one server: `reason` alike for many,
/// `why` with its figures.
struct LostDeployment {
    std::string server, text, reason, why;
};

/// What one more server adds to the most traffic that is kept, on replicas of its own behind the
/// same door; the fewest servers that hold a replica. Without traffic `why_not` tells why.
struct ExtraServers {
    std::string server, text;  // "2 replicas of tensor 4"
    double servers = 0, chips = 0;
    RequestRate rate;
    Dollars yearly;
    std::string why_not;
};

/// The cheapest first, one for each layout and limit; where none meets the promise the one that
/// does most. `front`: of those that meet it no other has both more tokens a second and chip and
/// more for each user; places in `best`.
struct DeployAnswer {
    DeployQuestion asked;
    RequestSpan span;
    std::int64_t in_space = 0;  // layouts, limits and numbers of replicas
    std::int64_t simulated = 0;
    std::vector<Deployment> best;
    std::vector<std::size_t> front;
    std::vector<LostDeployment> lost;
    std::vector<ExtraServers> extras;  // most traffic for each dollar first
    // a year's cost that no deployment of the space is below, by the mean without chance; zero
    // where the most traffic is asked
    Dollars least_yearly;
    LaunchText launch;                // of the first of `best`
    Interval first_token, per_token;  // band of its percentiles, factors on them
    std::vector<std::string> notes;

    bool feasible() const { return !best.empty() && best.front().meets; }
    /// By how much the first may be dearer than the cheapest of the space, where that is known.
    std::optional<double> gap() const {
        if (!feasible() || least_yearly <= Dollars{}) return std::nullopt;
        return std::max(0.0, best.front().yearly / least_yearly - 1);
    }
};

/// For each server, precision, layout and token budget the fewest replicas that keep the promise.
/// What even in the mean needs more chips than there are is not simulated; nor is what can neither
/// be cheaper nor give a user tokens faster than one that was found. Percentiles are taken over as
/// many seeds as it takes to know on which side of the promise they are. Where the most traffic is
/// asked, each layout takes as many of the chips as it can and requests come at the highest rate
/// that it keeps (of one replica, which gets its turns of them); the most first. Faults as of
/// `serve`, and no promise, a closed loop, a range that is none, requests longer than the engine
/// takes.
Result<DeployAnswer> deploy(const DeployQuestion& question, const Setting& setting);

}  // namespace millwright
