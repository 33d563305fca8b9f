// Prefixes that a replica keeps: what of a prompt need not be computed again.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <unordered_map>

namespace millwright {

/// Pieces of prompts by the ids that requests give them, each of some tokens. A piece that running
/// sequences share is held; others stay until room is needed, the one not used for longest first.
class PrefixCache {
public:
    /// What becomes of a piece: it came, nobody holds it any more, it made room, or it was never
    /// computed.
    enum class Change : std::uint8_t { came, idle, left, lost };
    using Listener = std::function<void(Change, std::uint64_t id, double tokens)>;
    /// Told of every change from now on.
    void listen(Listener listener) { listener_ = std::move(listener); }

    /// Leading ids of a prompt that are kept, and of these what running sequences hold, in tokens.
    struct Kept {
        std::size_t pieces = 0;
        double held_tokens = 0;
    };
    Kept kept(std::span<const std::uint64_t> ids) const;
    bool has(std::uint64_t id) const { return pieces_.contains(id); }
    /// All of these are kept and held from now on, until release(); new ones are of `tokens` each.
    void hold(std::span<const std::uint64_t> ids, double tokens);
    void release(std::span<const std::uint64_t> ids);
    /// Releases pieces that were never computed: those that nobody else holds are gone.
    void lose(std::span<const std::uint64_t> ids);
    /// Drops pieces that nobody holds until they have no more than so many tokens together.
    void shrink_to(double tokens);
    /// Nothing is kept any more.
    void clear();

    double held_tokens() const { return held_; }
    double idle_tokens() const { return idle_tokens_; }

private:
    struct Piece {
        std::size_t holders = 0;
        double tokens = 0;
        std::list<std::uint64_t>::iterator place;  // in idle_, where nobody holds it
    };
    void tell(Change change, std::uint64_t id, double tokens) const {
        if (listener_) listener_(change, id, tokens);
    }

    Listener listener_;
    std::unordered_map<std::uint64_t, Piece> pieces_;
    std::list<std::uint64_t> idle_;  // longest idle first
    double held_ = 0, idle_tokens_ = 0;
};

}  // namespace millwright
