#include "millwright/reliability/forecast.h"

#include "millwright/base/require.h"

namespace millwright {

Forecast::Forecast(const FreeServers& free) : free_(free) {
    const auto servers = narrow<std::size_t>(free.cluster().servers);
    server_round_.resize(servers);
    chips_.resize(servers);
    const std::size_t domains = free.domain_of(static_cast<std::uint32_t>(servers - 1)) + 1;
    domain_round_.resize(domains);
    whole_.resize(domains);
}

void Forecast::begin(const ServerNeed& need) {
    require(!free_.fits(need, Promised::used), "the job has no place now");
    ++round_;
    need_ = need;
    freed_.clear();
    all_whole_ = free_.whole();
    done_ = false;
}

bool Forecast::release(std::uint32_t server, std::int32_t chips) {
    if (server_round_[server] != round_) {
        server_round_[server] = round_;
        chips_[server] = free_.free_on(server);
    }
    chips_[server] += chips;
    if (!need_.whole) {
        done_ = chips_[server] >= need_.chips;
        found_ = server;
        return done_;
    }
    if (chips_[server] < free_.cluster().chips_per_server) return false;
    freed_.push_back(server);
    ++all_whole_;
    if (!need_.one_domain) return done_ = all_whole_ >= need_.servers;
    const std::uint32_t domain = free_.domain_of(server);
    if (domain_round_[domain] != round_) {
        domain_round_[domain] = round_;
        whole_[domain] = free_.whole_in(domain);
    }
    found_ = domain;
    return done_ = ++whole_[domain] >= need_.servers;
}

/// Those that come free later before those that are free, which others may use meanwhile.
std::vector<std::uint32_t> Forecast::servers() const {
    require(done_, "the job has a place");
    if (!need_.whole) return {found_};
    std::vector<std::uint32_t> servers;
    for (const std::uint32_t server : freed_) {
        if (!need_.one_domain || free_.domain_of(server) == found_) servers.push_back(server);
    }
    const std::int64_t more = need_.servers - std::ssize(servers);
    if (need_.one_domain) {
        free_.list_whole_in(found_, more, servers);
    } else {
        free_.list_whole(more, servers);
    }
    return servers;
}

}  // namespace millwright
