// Which replica gets a request: what a router in front of them knows, and how it chooses.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/parts/request.h"

namespace millwright {

/// By turns; to the one with fewest requests; to that of two drawn ones (Mitzenmacher, "The power
/// of two choices in randomized load balancing", 2001); a conversation to the one that had its last
/// turn, its first to the one with fewest; to the one with least left to compute and to hold, by
/// tokens, where caches have part of the prompt (as NVIDIA Dynamo's router weighs them).
enum class RouterKind : std::uint8_t { round_robin, least_loaded, power_of_two, session, prefix };

template <>
struct EnumNames<RouterKind> {
    static constexpr std::array<std::string_view, 5> names{"round-robin", "least-loaded",
                                                           "power-of-two", "session", "prefix"};
};

struct RouterSettings {
    RouterKind kind = RouterKind::round_robin;
    Seconds delay;               // after which it knows what a cache got or lost
    std::int64_t most_each = 0;  // requests of a replica, beyond which it gets none; 0: any number
    std::uint64_t seed = 0;

    friend bool operator==(const RouterSettings&, const RouterSettings&) = default;
};

/// Which replicas' caches hold the beginnings of prompts, as far as the router was told.
class PrefixView {
public:
    /// A cache of the replica got the piece, or lost it.
    void note(std::uint64_t id, std::size_t replica, bool kept);
    /// Leading pieces of a prompt that each replica holds, by number of replica.
    void overlaps(std::span<const std::uint64_t> ids, std::vector<std::size_t>& pieces) const;

private:
    struct Holder {
        std::size_t replica = 0;
        std::int64_t caches = 0;
    };
    std::unordered_map<std::uint64_t, std::vector<Holder>> holders_;
};

/// Knows at once what it sent and which answers ended; of caches it learns `delay` later.
class RequestRouter {
public:
    RequestRouter(const RouterSettings& settings, std::size_t replicas);

    /// The replica for a request, that of its conversation's last turn being `last`. None if no
    /// open one takes more.
    std::optional<std::size_t> choose(const Request& request, Seconds now,
                                      std::optional<std::size_t> last);
    void sent(std::size_t replica, std::int64_t prompt);
    void ended(std::size_t replica, std::int64_t prompt);
    /// Whether it gets requests.
    void set_open(std::size_t replica, bool open) { states_[replica].open = open; }
    bool is_open(std::size_t replica) const { return states_[replica].open; }
    bool any_open() const { return std::ranges::any_of(states_, &State::open); }
    /// A cache got a piece or lost it; times do not fall.
    void note(std::uint64_t id, std::size_t replica, bool kept, Seconds at);
    /// Whether it wants to be told of caches.
    bool reads_caches() const { return settings_.kind == RouterKind::prefix; }

    std::int64_t outstanding(std::size_t replica) const { return states_[replica].requests; }
    std::int64_t outstanding() const { return outstanding_; }

private:
    struct State {
        bool open = true;
        std::int64_t requests = 0;
        double tokens = 0;  // of their prompts
    };
    struct News {
        Seconds at;
        std::uint64_t id;
        std::size_t replica;
        bool kept;
    };

    bool takes(std::size_t replica) const;
    std::optional<std::size_t> by_turns();
    std::optional<std::size_t> least();
    std::optional<std::size_t> of_two();
    std::optional<std::size_t> by_prefix(const Request& request, Seconds now);
    void learn(Seconds now);

    RouterSettings settings_;
    std::vector<State> states_;
    std::int64_t outstanding_ = 0;
    std::size_t turn_ = 0;
    std::uint64_t draws_ = 0;
    std::deque<News> news_;
    PrefixView view_;
    std::vector<std::size_t> pieces_, candidates_;  // scratch
};

}  // namespace millwright
