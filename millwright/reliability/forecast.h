// Which servers a job can have first as others give theirs back.
#pragma once

#include <vector>

#include "millwright/reliability/free_servers.h"

namespace millwright {

/// Chips are released on servers one by one until the job has a place. Kept between jobs, as it
/// holds a number for each server; what is free meanwhile stays as it is.
class Forecast {
public:
    explicit Forecast(const FreeServers& free);

    /// Begins anew for a job that has no place now. Nothing is promised.
    void begin(const ServerNeed& need);
    /// So many chips of a server come free, or a server comes back; true once the job has a place.
    bool release(std::uint32_t server, std::int32_t chips);
    /// The servers of that place.
    std::vector<std::uint32_t> servers() const;

private:
    const FreeServers& free_;
    ServerNeed need_;
    std::uint32_t round_ = 0;
    std::vector<std::uint32_t> server_round_, domain_round_;  // in which the numbers are known
    std::vector<std::int32_t> chips_, whole_;                 // on a server; in a domain
    std::vector<std::uint32_t> freed_;                        // servers that came to be whole
    std::int64_t all_whole_ = 0;
    std::uint32_t found_ = 0;  // the server, or the domain
    bool done_ = false;
};

}  // namespace millwright
