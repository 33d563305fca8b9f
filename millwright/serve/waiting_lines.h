// Requests that wait for a lane, and which of them goes next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// What orders a request that waits. `slot` is the lane's own name of it.
struct WaitingRequest {
    std::uint32_t slot = 0, tenant = 0;
    std::int64_t priority = 0;
    Seconds ready;
};

/// One line in order of priority, then of coming; or, given weights, one for each tenant: of those
/// with a request of the highest priority the one that was served least for its weight goes next
/// (the virtual token counter of Sheng, "Fairness in serving large language models", OSDI 2024).
/// Served is a prompt's token that was computed, and twice a token of an answer. Who comes back to
/// wait begins at the least of those who wait, so that idle time is not saved up.
class WaitingLines {
public:
    /// `weights` by tenant, above zero; tenants beyond them weigh one. Empty: one line of all.
    /// `speed`: tokens of a step of answering.
    WaitingLines(std::vector<double> weights, double speed);

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    /// Behind all of its line that are of its priority or above. `step`: of answering, here and
    /// below, which never falls.
    void join(const WaitingRequest& request, double step);
    /// One that gave way: before those of its priority that were ready no earlier.
    void join_again(const WaitingRequest& request, double step);
    /// Which goes next; there is one.
    std::uint32_t next(double step) const;
    /// The next one goes.
    void take(double step);

    /// So many tokens of a tenant's prompt are to be computed.
    void charge(std::uint32_t tenant, double tokens);
    /// A sequence of the tenant begins to answer, and one that began at `began` ends.
    void begins(std::uint32_t tenant, double step);
    void ends(std::uint32_t tenant, double began, double step);

    /// All that wait, line by line.
    std::vector<std::uint32_t> slots() const;
    void clear();

private:
    struct Line {
        std::deque<WaitingRequest> waiting;
        double weight = 1;
        double charged = 0;    // tokens, but those of sequences that answer
        double answering = 0;  // sequences
        double base = 0;       // steps at which they began, all together
    };

    Line& line(std::uint32_t tenant);
    double served(const Line& line, double step) const;
    Line& comes(std::uint32_t tenant, double step);
    std::size_t first(double step) const;

    bool fair_ = false;
    double speed_ = 1;
    std::vector<Line> lines_;
    std::size_t size_ = 0;
    std::size_t last_ = 0;  // whose last request went
};

}  // namespace millwright
