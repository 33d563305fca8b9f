// Two indices that share no server: those promised, and all others. A server is in one of them
// while it has free chips. Whole servers are listed by domain, others by free chips, each with
// its place in its list, so that it leaves by a swap with the last; domains are ordered by their
// whole servers. A change costs O(log domains), whatever the size of the cluster.
#include "millwright/reliability/free_servers.h"

#include <algorithm>

#include "millwright/base/require.h"

namespace millwright {

ServerNeed need_of(const JobCluster& cluster, const ClusterJob& job) {
    const std::int64_t each = cluster.chips_per_server;
    ServerNeed need;
    if (job.chips <= each) {
        need.chips = narrow<std::int32_t>(job.chips);
        return need;
    }
    need.servers = narrow<std::int32_t>((job.chips + each - 1) / each);
    need.chips = narrow<std::int32_t>(each);
    need.whole = true;
    // a domain as large as the cluster binds nobody
    need.one_domain = job.one_domain && cluster.servers_per_domain < cluster.servers;
    return need;
}

bool fits_cluster(const JobCluster& cluster, const ClusterJob& job) {
    const std::int64_t each = cluster.chips_per_server;
    const std::int64_t servers = job.chips / each + (job.chips % each > 0 ? 1 : 0);
    const std::int64_t most =
        job.one_domain ? std::min(cluster.servers, cluster.servers_per_domain) : cluster.servers;
    return servers <= most;
}

std::uint32_t domain_for(const DomainCounts& domains, std::int32_t count, ServerChoice choice) {
    require(!domains.empty(), "a domain has a whole server");
    const auto fits = domains.lower_bound({count, 0});
    const bool best = choice == ServerChoice::pack && fits != domains.end();
    return best ? fits->second : domains.rbegin()->second;
}

ServerIndex::ServerIndex(const JobCluster& cluster)
    : per_domain_(narrow<std::uint32_t>(std::min(cluster.servers_per_domain, cluster.servers))),
      chips_(narrow<std::int32_t>(cluster.chips_per_server)) {
    const auto servers = narrow<std::uint32_t>(cluster.servers);
    partly_.resize(static_cast<std::size_t>(chips_));
    whole_in_.resize((servers + per_domain_ - 1) / per_domain_);
    place_.resize(servers);
}

/// `before`: how many whole servers the domain had.
void ServerIndex::recount(std::uint32_t domain, std::int32_t before) {
    const auto now = whole_in(domain);
    if (before > 0) domains_.erase({before, domain});
    if (now > 0) domains_.insert({now, domain});
    whole_ += now - before;
}

void ServerIndex::add(std::uint32_t server, std::int32_t free) {
    if (free == 0) return;
    const std::uint32_t domain = domain_of(server);
    const bool whole = free == chips_;
    auto& list = whole ? whole_in_[domain] : partly_[static_cast<std::size_t>(free)];
    place_[server] = static_cast<std::uint32_t>(list.size());
    list.push_back(server);
    if (whole) recount(domain, whole_in(domain) - 1);
}

void ServerIndex::remove(std::uint32_t server, std::int32_t free) {
    if (free == 0) return;
    const std::uint32_t domain = domain_of(server);
    const bool whole = free == chips_;
    auto& list = whole ? whole_in_[domain] : partly_[static_cast<std::size_t>(free)];
    const std::uint32_t last = list.back();
    list[place_[server]] = last;
    place_[last] = place_[server];
    list.pop_back();
    if (whole) recount(domain, whole_in(domain) + 1);
}

std::int32_t ServerIndex::most_chips() const {
    if (whole_ > 0) return chips_;
    for (std::int32_t free = chips_ - 1; free > 0; --free) {
        if (!partly_[static_cast<std::size_t>(free)].empty()) return free;
    }
    return 0;
}

std::int32_t ServerIndex::whole_in(std::uint32_t domain) const {
    return static_cast<std::int32_t>(whole_in_[domain].size());
}

std::uint32_t ServerIndex::server_for(std::int32_t chips, ServerChoice choice) const {
    const auto partly = [&](std::int32_t free) -> const std::vector<std::uint32_t>& {
        return partly_[static_cast<std::size_t>(free)];
    };
    if (choice == ServerChoice::pack) {
        for (std::int32_t free = chips; free < chips_; ++free) {
            if (!partly(free).empty()) return partly(free).back();
        }
        require(whole_ > 0, "a server has room");
        return whole_in_[domains_.begin()->second].back();
    }
    if (whole_ > 0) return whole_in_[domains_.rbegin()->second].back();
    const std::int32_t most = most_chips();
    require(most >= chips, "a server has room");
    return partly(most).back();
}

void ServerIndex::take_from(std::uint32_t domain, std::int32_t count,
                            std::vector<std::uint32_t>& taken) {
    auto& list = whole_in_[domain];
    const auto before = whole_in(domain);
    taken.insert(taken.end(), list.end() - count, list.end());
    list.resize(list.size() - static_cast<std::size_t>(count));
    recount(domain, before);
}

void ServerIndex::take_whole(std::int32_t count, ServerChoice choice,
                             std::vector<std::uint32_t>& taken) {
    require(whole_ >= count, "the servers are there");
    while (count > 0) {
        const std::uint32_t domain = domain_for(domains_, count, choice);
        const std::int32_t there = choice == ServerChoice::spread ? 1 : whole_in(domain);
        const std::int32_t some = std::min(count, there);
        take_from(domain, some, taken);
        count -= some;
    }
}

void ServerIndex::list_whole(std::int64_t count, std::vector<std::uint32_t>& into) const {
    for (const auto& [there, domain] : domains_) {
        for (const std::uint32_t server : whole_in_[domain]) {
            if (count-- <= 0) return;
            into.push_back(server);
        }
    }
}

FreeServers::FreeServers(const JobCluster& cluster, ServerChoice choice)
    : cluster_(cluster),
      choice_(choice),
      open_(cluster),
      promised_(cluster),
      counts_domains_(cluster.servers_per_domain > 1 &&
                      cluster.servers_per_domain < cluster.servers),
      free_chips_(cluster.chips()) {
    const auto servers = narrow<std::uint32_t>(cluster.servers);
    const auto chips = narrow<std::int32_t>(cluster.chips_per_server);
    free_.assign(servers, chips);
    up_.assign(servers, true);
    is_promised_.assign(servers, false);
    whole_in_.resize(open_.domain_of(servers - 1) + 1);
    // the first is on top of its domain's list
    for (std::uint32_t server = servers; server-- > 0;) {
        open_.add(server, chips);
        recount(domain_of(server), 1);
    }
}

std::int32_t FreeServers::most_chips() const {
    return std::max(open_.most_chips(), promised_.most_chips());
}

/// `more` servers of the domain are whole, or fewer.
void FreeServers::recount(std::uint32_t domain, std::int32_t more) {
    if (!counts_domains_) return;
    std::int32_t& whole = whole_in_[domain];
    if (whole > 0) domains_.erase({whole, domain});
    whole += more;
    if (whole > 0) domains_.insert({whole, domain});
}

bool FreeServers::fits(const ServerNeed& need, Promised promised) const {
    const bool all = promised == Promised::used;
    if (!need.whole) return (all ? most_chips() : open_.most_chips()) >= need.chips;
    if (!need.one_domain) return (all ? whole() : open_.whole()) >= need.servers;
    const DomainCounts& domains = all ? domains_ : open_.domains();
    return !domains.empty() && domains.rbegin()->first >= need.servers;
}

std::vector<std::uint32_t> FreeServers::take(const ServerNeed& need, Promised promised) {
    std::vector<std::uint32_t> taken;
    if (!need.whole) {
        const bool open = open_.most_chips() >= need.chips;
        const std::uint32_t server = (open ? open_ : promised_).server_for(need.chips, choice_);
        change(server, free_[server] - need.chips);
        taken.push_back(server);
        return taken;
    }
    taken.reserve(static_cast<std::size_t>(need.servers));
    const bool all = promised == Promised::used;
    if (need.one_domain) {
        const DomainCounts& domains = all ? domains_ : open_.domains();
        const std::uint32_t domain = domain_for(domains, need.servers, choice_);
        const std::int32_t here = std::min(open_.whole_in(domain), need.servers);
        open_.take_from(domain, here, taken);
        promised_.take_from(domain, need.servers - here, taken);
        recount(domain, -need.servers);
    } else {
        const auto here =
            static_cast<std::int32_t>(std::min<std::int64_t>(open_.whole(), need.servers));
        require(here == need.servers || all, "the servers are there");
        open_.take_whole(here, choice_, taken);
        promised_.take_whole(need.servers - here, choice_, taken);
        for (const std::uint32_t server : taken) recount(domain_of(server), -1);
    }
    for (const std::uint32_t server : taken) free_[server] = 0;
    free_chips_ -= need.all_chips();
    return taken;
}

void FreeServers::change(std::uint32_t server, std::int32_t free) {
    ServerIndex& index = index_of(server);
    index.remove(server, free_[server]);
    free_chips_ += free - free_[server];
    const auto chips = static_cast<std::int32_t>(cluster_.chips_per_server);
    const std::int32_t more = (free == chips ? 1 : 0) - (free_[server] == chips ? 1 : 0);
    free_[server] = free;
    index.add(server, free);
    if (more != 0) recount(domain_of(server), more);
}

void FreeServers::give(std::uint32_t server, std::int32_t chips) {
    change(server, free_[server] + chips);
}

void FreeServers::fail(std::uint32_t server) {
    require(up_[server] && free_[server] == cluster_.chips_per_server, "nothing runs on it");
    change(server, 0);
    up_[server] = false;
    ++away_;
}

void FreeServers::mend(std::uint32_t server) {
    require(!up_[server], "the server was away");
    up_[server] = true;
    --away_;
    change(server, static_cast<std::int32_t>(cluster_.chips_per_server));
}

void FreeServers::promise(std::vector<std::uint32_t> servers) {
    take_back();
    promise_ = std::move(servers);
    for (const std::uint32_t server : promise_) {
        open_.remove(server, free_[server]);
        is_promised_[server] = true;
        promised_.add(server, free_[server]);
    }
}

void FreeServers::take_back() {
    for (const std::uint32_t server : promise_) {
        promised_.remove(server, free_[server]);
        is_promised_[server] = false;
        open_.add(server, free_[server]);
    }
    promise_.clear();
}

void FreeServers::list_whole(std::int64_t count, std::vector<std::uint32_t>& into) const {
    require(promise_.empty(), "nothing is promised");
    open_.list_whole(count, into);
}

void FreeServers::list_whole_in(std::uint32_t domain, std::int64_t count,
                                std::vector<std::uint32_t>& into) const {
    require(promise_.empty(), "nothing is promised");
    for (const std::uint32_t server : open_.servers_in(domain)) {
        if (count-- <= 0) return;
        into.push_back(server);
    }
}

}  // namespace millwright
