// Requests made up by laws: when they come, how long they are, what they share.
//
// A tenant has a share of all requests and laws of its own; tenants' requests come merged in order
// of arrival. What is drawn for a tenant's n-th request or conversation is a function of the seed,
// the tenant's number, what it is for, and n: nothing else moves it. Requests are made as they are
// pulled, and none is kept: memory is flat in their number.
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/parts/request.h"
#include "millwright/serve/arrivals.h"
#include "millwright/serve/lengths.h"

namespace millwright {

/// A time between a turn's answer and the next turn: lognormal, constant where `variation` is zero.
struct Pause {
    Seconds mean;
    double variation = 0;  // deviation over mean
};

/// Conversations: each turn's prompt is all that was said before and new tokens of its own.
struct Turns {
    Lengths count = FixedLength{1};    // turns of a conversation
    Pause think;                       // of a person, who reads and writes
    Pause tool;                        // of a tool that the model called
    double tool_share = 0;             // of the pauses that are a tool's
    std::int64_t longest = 1'000'000;  // a turn of more tokens, answer too, is not asked
    std::int64_t block = 16;           // tokens that one id of a prompt's beginning stands for
};

/// Beginnings that prompts share: each request or conversation has that of one of the groups, all
/// as likely. The beginning is part of the prompt.
struct SharedPrefix {
    std::int64_t groups = 0;  // none: nothing is shared
    std::int64_t tokens = 0;  // of each group's beginning
};

/// One kind of user.
struct Tenant {
    double share = 1;  // of requests, over the sum of all shares
    std::int64_t priority = 0;
    Lengths prompt = FixedLength{1024};  // of later turns: what is new. No less than one token
                                         // more than the shared beginning: shorter draws are that
    Lengths output = FixedLength{128};
    SharedPrefix prefix;
    Turns turns;
};

/// Requests of one traffic, at most.
inline constexpr std::int64_t most_drawn_requests = 1'000'000'000;

/// What to generate. `arrivals.rate` counts requests, each turn one; conversations begin at that
/// over their mean number of turns.
struct RequestTraffic {
    Arrivals arrivals;
    std::int64_t requests = 1000;
    std::vector<Tenant> tenants{Tenant{}};
    std::uint64_t seed = 0;
};

/// What is wrong with the traffic; empty if nothing is.
Faults traffic_faults(const RequestTraffic& traffic);

/// The requests, the first at zero; every fault where there is one.
/// A conversation's turns come one after another, each with the arrival of its first turn, as no
/// earlier time is known of what waits for an answer; the last conversation may be cut short.
Result<RequestSource> requests_of(const RequestTraffic& traffic);

}  // namespace millwright
