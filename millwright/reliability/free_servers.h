// Which servers have free chips: found by how many, and by scale-up domain.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "millwright/reliability/cluster.h"

namespace millwright {

/// What a job takes: so many servers, so many chips on each.
struct ServerNeed {
    std::int32_t servers = 1;
    std::int32_t chips = 1;  // on each
    bool one_domain = false;
    bool whole = false;  // servers are counted by domain: more than one

    std::int64_t all_chips() const { return std::int64_t{servers} * chips; }
};

ServerNeed need_of(const JobCluster& cluster, const ClusterJob& job);

/// Which servers a job may take: those that are promised to nobody, or these too.
enum class Promised : std::uint8_t { left_alone, used };

/// Domains by how many whole servers they have; those that have none are left out.
using DomainCounts = std::set<std::pair<std::int32_t, std::uint32_t>>;

/// The domain for so many servers: by `pack` the one that fits best, by `spread` or where none has
/// so many the one that has most. Some domain has one.
std::uint32_t domain_for(const DomainCounts& domains, std::int32_t count, ServerChoice choice);

/// Servers with at least one free chip. A server with no free chip is not in it.
class ServerIndex {
public:
    explicit ServerIndex(const JobCluster& cluster);

    void add(std::uint32_t server, std::int32_t free);
    void remove(std::uint32_t server, std::int32_t free);

    std::int64_t whole() const { return whole_; }
    /// Most free chips of a server; zero where there is none.
    std::int32_t most_chips() const;
    const DomainCounts& domains() const { return domains_; }
    std::int32_t whole_in(std::uint32_t domain) const;
    const std::vector<std::uint32_t>& servers_in(std::uint32_t domain) const {
        return whole_in_[domain];
    }
    std::uint32_t domain_of(std::uint32_t server) const { return server / per_domain_; }

    /// A server with so many free chips at least; there is one.
    std::uint32_t server_for(std::int32_t chips, ServerChoice choice) const;
    /// Takes out whole servers and appends them; as many are there.
    void take_whole(std::int32_t count, ServerChoice choice, std::vector<std::uint32_t>& taken);
    void take_from(std::uint32_t domain, std::int32_t count, std::vector<std::uint32_t>& taken);
    /// Appends whole servers, as many at most, without taking them.
    void list_whole(std::int64_t count, std::vector<std::uint32_t>& into) const;

private:
    void recount(std::uint32_t domain, std::int32_t before);

    std::uint32_t per_domain_;
    std::int32_t chips_;
    std::int64_t whole_ = 0;
    std::vector<std::vector<std::uint32_t>> partly_;    // by free chips
    std::vector<std::vector<std::uint32_t>> whole_in_;  // by domain
    std::vector<std::uint32_t> place_;                  // of a server in its list
    DomainCounts domains_;
};

/// All servers: what is free on each, which are promised, which are away.
class FreeServers {
public:
    FreeServers(const JobCluster& cluster, ServerChoice choice);

    /// Whether a job can be placed now.
    bool fits(const ServerNeed& need, Promised promised) const;
    /// Places it; `fits` holds. Promised servers are taken last.
    std::vector<std::uint32_t> take(const ServerNeed& need, Promised promised);
    /// Gives chips of a server back.
    void give(std::uint32_t server, std::int32_t chips);
    /// A server on which nothing runs is away, or back.
    void fail(std::uint32_t server);
    void mend(std::uint32_t server);

    /// Promises the servers; whatever was promised before is not any more.
    void promise(std::vector<std::uint32_t> servers);
    void take_back();

    bool is_up(std::uint32_t server) const { return up_[server]; }
    std::int32_t free_on(std::uint32_t server) const { return free_[server]; }
    std::uint32_t domain_of(std::uint32_t server) const { return open_.domain_of(server); }
    const JobCluster& cluster() const { return cluster_; }
    std::int64_t free_chips() const { return free_chips_; }
    std::int64_t away() const { return away_; }
    /// Of all servers, promised or not.
    std::int64_t whole() const { return open_.whole() + promised_.whole(); }
    std::int32_t most_chips() const;
    /// In one domain; known where more than one has more than a server.
    std::int32_t most_whole() const { return domains_.empty() ? 0 : domains_.rbegin()->first; }
    std::int32_t whole_in(std::uint32_t domain) const {
        return open_.whole_in(domain) + promised_.whole_in(domain);
    }
    /// Appends whole servers, of one domain or of all, as many at most. Nothing is promised.
    void list_whole(std::int64_t count, std::vector<std::uint32_t>& into) const;
    void list_whole_in(std::uint32_t domain, std::int64_t count,
                       std::vector<std::uint32_t>& into) const;

private:
    ServerIndex& index_of(std::uint32_t server) { return is_promised_[server] ? promised_ : open_; }
    void change(std::uint32_t server, std::int32_t free);
    void recount(std::uint32_t domain, std::int32_t more);

    JobCluster cluster_;
    ServerChoice choice_;
    ServerIndex open_, promised_;
    bool counts_domains_;
    std::vector<std::int32_t> whole_in_;  // of all servers, promised or not
    DomainCounts domains_;                // likewise
    std::vector<std::int32_t> free_;
    std::vector<bool> up_, is_promised_;
    std::vector<std::uint32_t> promise_;
    std::int64_t free_chips_, away_ = 0;
};

}  // namespace millwright
