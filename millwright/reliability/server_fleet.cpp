// Servers at work are counts by kind and failures; those at hand stand in queues, the first to
// come the first to go. A failure takes a lemon in proportion to hazards, then one of its kind by
// counts; failures are counted no further than retirement needs. Where nothing tells servers
// apart nothing is drawn.
#include "millwright/reliability/server_fleet.h"

#include <algorithm>

#include "millwright/base/require.h"

namespace millwright {
namespace {

std::uint64_t unsigned_count(std::int64_t n) { return narrow<std::uint64_t>(n); }

}  // namespace

ServerFleet::ServerFleet(const FleetJob& job, RunRandom& random) : job_(job), random_(random) {
    const LemonMixture& lemons = job.lemons;
    require(lemons.retired_after <= most_counted, "failures of a server are counted so far");
    alike_ = lemons.factor == 1 && lemons.retired_after == 0;
    mean_weight_ = 1 + lemons.share * (lemons.factor - 1);
    const auto classes = static_cast<std::size_t>(lemons.retired_after) + 1;
    at_work_ = {Counts(classes, 0), Counts(classes, 0)};
    if (!alike_) {
        Draw draw = random.next(RunPurpose::fleet);
        sum_[1] = narrow<std::int64_t>(draw.binomial(unsigned_count(job.servers), lemons.share));
    }
    sum_[0] = job.servers - sum_[1];
    for (const std::size_t lemon : {0U, 1U}) at_work_[lemon][0] = sum_[lemon];
    if (!job.pool) return;
    for (std::int64_t i = 0; i < job.pool->standbys; ++i) standbys_.push_back(fresh());
    for (std::int64_t i = 0; i < job.pool->spares; ++i) spares_.push_back(fresh());
}

ServerClass ServerFleet::fresh() {
    if (alike_) return {};
    return {random_.next(RunPurpose::fleet).uniform() < job_.lemons.share, 0};
}

double ServerFleet::exposure() const {
    if (alike_) return 1;
    const auto whole = static_cast<double>(job_.servers) * mean_weight_;
    return (static_cast<double>(sum_[0]) + job_.lemons.factor * static_cast<double>(sum_[1])) /
           whole;
}

/// Of its kind, those that failed so often are as likely as they are many.
ServerClass ServerFleet::taken(bool lemon) {
    Counts& counts = at_work_[lemon ? 1 : 0];
    std::int64_t& all = sum_[lemon ? 1 : 0];
    if (all == 0) return {lemon, 0};  // a blast larger than what is left
    std::size_t failures = 0;
    if (counts.size() > 1) {
        auto at = narrow<std::int64_t>(random_.next(RunPurpose::server).below(unsigned_count(all)));
        while (at >= counts[failures]) at -= counts[failures++];
    }
    --counts[failures];
    --all;
    return {lemon, static_cast<std::int64_t>(failures)};
}

ServerClass ServerFleet::lose() {
    if (alike_) return {};
    const double lemons = job_.lemons.factor * static_cast<double>(sum_[1]);
    const double all = lemons + static_cast<double>(sum_[0]);
    const bool lemon = random_.next(RunPurpose::server).uniform() * all < lemons;
    ServerClass server = taken(lemon);
    server.failures = std::min(server.failures + 1, job_.lemons.retired_after);
    return server;
}

ServerClass ServerFleet::lose_by_mistake() {
    if (alike_) return {};
    const auto all = static_cast<double>(sum_[0] + sum_[1]);
    const double lemons = static_cast<double>(sum_[1]);
    return taken(random_.next(RunPurpose::server).uniform() * all < lemons);
}

void ServerFleet::add(const ServerClass& server) {
    if (alike_) return;
    ++at_work_[server.lemon ? 1 : 0][static_cast<std::size_t>(server.failures)];
    ++sum_[server.lemon ? 1 : 0];
}

SupplyKind ServerFleet::replace() {
    if (!job_.pool) {
        add(fresh());
        return SupplyKind::pool;
    }
    const bool stands_by = !standbys_.empty();
    std::deque<ServerClass>& from = stands_by ? standbys_ : spares_;
    if (from.empty()) return SupplyKind::none;
    add(from.front());
    from.pop_front();
    return stands_by ? SupplyKind::standby : SupplyKind::pool;
}

void ServerFleet::put_back(const ServerClass& server) {
    if (!job_.pool) return;
    (is_short_of_standbys() ? standbys_ : spares_).push_back(server);
}

bool ServerFleet::is_short_of_standbys() const {
    return job_.pool && std::ssize(standbys_) < job_.pool->standbys;
}

bool ServerFleet::refill() {
    if (!is_short_of_standbys() || spares_.empty()) return false;
    standbys_.push_back(spares_.front());
    spares_.pop_front();
    return true;
}

void ServerFleet::deliver() { put_back(fresh()); }

bool ServerFleet::is_worn(const ServerClass& server) const {
    const std::int64_t after = job_.lemons.retired_after;
    return after > 0 && server.failures >= after;
}

std::int64_t ServerFleet::at_hand() const { return std::ssize(standbys_) + std::ssize(spares_); }

}  // namespace millwright
