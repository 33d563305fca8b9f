#include "millwright/factory/resolver.h"

namespace millwright {
namespace {

template <class T>
std::optional<T> given(const Written<T>& written) {
    return written.given ? std::optional(written.value) : std::nullopt;
}

/// What says a thing that the policy does not have.
void refuse_idle(Resolver& r) {
    const ReliabilityText& text = r.text.reliability;
    const RecoveryPolicy policy = text.policy.value;
    const bool drops = policy == RecoveryPolicy::replica_drop;
    if (drops && !text.replicas.given) {
        r.fault(text.policy.at, "nothing says how many replicas may drop out",
                "replicas = 32, of which one failure takes one");
    }
    if (!drops && (text.replicas.given || text.repair.given)) {
        r.fault(text.replicas.given ? text.replicas.at : text.repair.at,
                fmt::format("a job with policy {} drops no replicas", name_of(policy)),
                "policy = \"replica-drop\"");
    }
    if (policy != RecoveryPolicy::restart && text.restart.given) {
        r.fault(text.restart.at,
                fmt::format("a job with policy {} stalls and does not restart", name_of(policy)),
                "stall = \"3 min\", or policy = \"restart\"");
    }
    if (policy == RecoveryPolicy::restart && text.stall.given) {
        r.fault(text.stall.at, "a job that restarts has no stall",
                "restart = \"10 min\", or policy = \"standby\"");
    }
}

/// How much of the time has a formula for some policies alone.
void check_policy(Resolver& r) {
    const Written<RecoveryPolicy>& policy = r.text.reliability.policy;
    if (!policy.given) return;
    switch (policy.value) {
        case RecoveryPolicy::restart:
        case RecoveryPolicy::standby:
        case RecoveryPolicy::replica_drop: return;
        case RecoveryPolicy::hot_update:
        case RecoveryPolicy::elastic: break;
    }
    r.fault(policy.at,
            fmt::format("no formula says what policy {} comes to", name_of(policy.value)),
            "simulate it with `millwright goodput` and write its useful_share");
}

}  // namespace

void resolve_reliability(Resolver& r) {
    const ReliabilityText& text = r.text.reliability;
    ReliabilityAsked& out = r.out.reliability;
    out.useful_share = given(r.text.useful_share);
    check_policy(r);
    refuse_idle(r);
    const MeasuredFleet* fleet = r.look_up(r.catalog.fleets, text.fleet, "fleet");
    if (fleet != nullptr) out.fleet = fleet->id;
    out.rate_per_1000_nodes_day = given(text.rate_per_1000_nodes_day);
    out.policy = text.policy.value;
    if (text.replicas.given) out.replicas = text.replicas.value;
    out.restart = given(text.restart);
    out.stall = given(text.stall);
    out.repair = text.repair.value;
    out.checkpoint_cost = given(text.checkpoint_cost);
    out.checkpoint_period = given(text.checkpoint_period);
    out.storage = given(text.storage_bandwidth);
    bool any = false;
    for_each_field<ReliabilityText>(
        [&](const auto& field) { any = any || (text.*field.member).given; });
    if (out.useful_share && any) {
        r.fault(r.text.useful_share.at, "useful_share stands in place of all of [reliability]",
                "leave out one of the two");
    }
    if (!out.useful_share && !any) {
        r.stood_in(
            "failures as published of each chip's fleet, of mature fleets where none was; "
            "all of a job restarts");
    }
}

}  // namespace millwright
