// A replica of several by turns gets every n-th request of a stream that comes n times as fast, so
// one replica is simulated for all of them.
#include "millwright/api/deploy_most.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/api/serve_load.h"
#include "millwright/base/faults.h"
#include "millwright/base/parallel.h"
#include "millwright/base/plural.h"
#include "millwright/base/whole.h"
#include "millwright/serve/capacity.h"
#include "millwright/serve/traffic.h"

namespace millwright {
namespace {

/// What a candidate serves on all its replicas in the mean, without chance.
double mean_rate(const DeployQuestion& q, const DeployCandidate& c) {
    const SteadyState steady = steady_state(c.replica, c.site->mean(), q.promise.per_token);
    return steady.rate.si() * real(c.most);
}

/// The load of replicas that take turns at a rate of each, and of it what one of them gets.
RequestsAt requests_of_one(const DeployCandidate& c) {
    return [&c, turns = std::min(most_turns, c.most)](RequestRate each) {
        LoadAsked load = c.site->base.asked.load;
        load.rate = each.si() * real(turns);
        load.requests = std::min(requests_asked(load) * turns, most_drawn_requests);
        std::vector<std::string> notes;
        const RequestsAnew all = requests_anew(load, notes).value();
        return share_of_replica(all(), 0, narrow<std::uint64_t>(turns));
    };
}

struct Most {
    std::optional<Capacity> capacity;  // of one replica
    Deployment deployment;
};

Most most_of(const DeployQuestion& q, const DeployCandidate& c, const Catalog& catalog) {
    const RequestRate mean = RequestRate::from_si(mean_rate(q, c) / real(c.most));
    Most most{.capacity = highest_rate(c.replica, q.promise, requests_of_one(c),
                                       usually_kept * mean, in_the_mean * mean),
              .deployment = {.server = c.site->base.asked.server}};
    if (!most.capacity) return most;
    Deployment& d = most.deployment;
    d.rate = real(c.most) * most.capacity->rate;
    d.served = answer_with(catalog, c, c.most);
    d.served.asked.load.rate = d.rate.si();
    const std::vector<ServeOutcome> alike(narrow<std::size_t>(c.most), most.capacity->outcome);
    settle_pool(catalog, together(alike), d.served);
    d.text = fmt::format("{} of {}", counted(c.most, "replica"), c.text);
    d.yearly = yearly_of(catalog, d.served);
    d.meets = true;
    return most;
}

bool serves_more(const Deployment& a, const Deployment& b) {
    return a.rate != b.rate ? a.rate > b.rate : a.yearly < b.yearly;
}

/// The same question about so many chips of one server.
DeployQuestion on_server(const DeployQuestion& q, const Server& server, double servers) {
    DeployQuestion own = q;
    own.servers = {server.id};
    own.extras.clear();
    own.pools = false;
    own.least_chips = 1;
    own.most_chips = std::llround(servers * server.chips.value);
    return own;
}

Result<ExtraServers> extra_of(const DeployQuestion& q, const Server& server,
                              const Setting& setting) {
    constexpr double most_servers = 64;  // that one replica is spread over
    ExtraServers extra{.server = server.id};
    for (double servers = 1; servers <= most_servers; servers *= 2) {
        const DeployQuestion own = on_server(q, server, servers);
        const auto space = deploy_space(own, setting);
        if (!space) return failure(space.error());
        const MostTried tried = most_traffic(own, *space, setting);
        if (tried.found.empty()) {
            if (!tried.lost.empty()) extra.why_not = tried.lost.front().why;
            continue;
        }
        const Deployment& d = tried.found.front();
        extra.text = d.text;
        extra.servers = servers;
        extra.chips = d.chips();
        extra.rate = d.rate;
        extra.yearly = d.yearly;
        extra.why_not.clear();
        break;
    }
    return extra;
}

}  // namespace

MostTried most_traffic(const DeployQuestion& q, const DeploySpace& space, const Setting& setting) {
    MostTried tried;
    std::vector<std::pair<double, const DeployCandidate*>> ordered;
    for (const DeployCandidate& c : space.candidates) ordered.emplace_back(mean_rate(q, c), &c);
    std::ranges::stable_sort(ordered,
                             [](const auto& a, const auto& b) { return a.first > b.first; });
    RequestRate best;
    for (std::size_t i = 0; i < ordered.size(); i += candidates_at_once) {
        if (setting.progress) setting.progress("deployments", real(i) / real(ordered.size()));
        std::vector<const DeployCandidate*> left;
        for (std::size_t k = i; k < std::min(i + candidates_at_once, ordered.size()); ++k) {
            const auto& [mean, candidate] = ordered[k];
            if (in_the_mean * mean > best.si()) {
                left.push_back(candidate);
            } else {
                tried.lost.push_back(
                    lost_of(*candidate, "beaten", "others serve more than it does in the mean"));
            }
        }
        std::vector<Most> all(left.size());
        parallel_for(left.size(), setting.threads,
                     [&](std::size_t k) { all[k] = most_of(q, *left[k], setting.catalog); });
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (!all[k].capacity) {
                tried.lost.push_back(lost_of(*left[k], "late", "no rate keeps the promise"));
                continue;
            }
            tried.simulated += all[k].capacity->simulated;
            best = max(best, all[k].deployment.rate);
            tried.found.push_back(std::move(all[k].deployment));
        }
    }
    std::ranges::stable_sort(tried.found, serves_more);
    return tried;
}

Result<std::vector<ExtraServers>> extra_servers(const DeployQuestion& q, const Setting& setting) {
    Faults faults;
    std::vector<ExtraServers> extras;
    for (const std::string& name : q.extras) {
        const auto* server = look_up<Server>(setting.catalog, name, "--extra", faults);
        if (server == nullptr) continue;
        auto extra = extra_of(q, *server, setting);
        if (extra) {
            extras.push_back(std::move(*extra));
        } else {
            append(faults, std::move(extra.error()));
        }
    }
    if (!faults.empty()) return failure(std::move(faults));
    const auto worth = [](const ExtraServers& e) {
        return e.yearly > Dollars{} ? e.rate.si() / e.yearly.si() : 0.0;
    };
    std::ranges::stable_sort(
        extras, [&](const ExtraServers& a, const ExtraServers& b) { return worth(a) > worth(b); });
    return extras;
}

}  // namespace millwright
