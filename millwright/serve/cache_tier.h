// Memory below the chips' own where beginnings of prompts stay: host memory, a store of many
// servers, disks.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// Of each chip of a pool.
struct CacheTierSettings {
    Bytes capacity;
    Bandwidth bandwidth;  // to the chip's own memory
    Seconds latency;      // before the first byte
    bool shared = false;  // all chips of the pool find what one of them stored

    friend bool operator==(const CacheTierSettings&, const CacheTierSettings&) = default;
};

/// Pieces by id, each of some tokens; the ones not used for longest make room.
class CacheTier {
public:
    struct Piece {
        std::uint64_t id = 0;
        double tokens = 0;
    };

    explicit CacheTier(double tokens) : capacity_(tokens) {}

    bool has(std::uint64_t id) const { return pieces_.contains(id); }
    /// Keeps the piece as the one used last; pieces that go for it are added to `gone`. One that is
    /// larger than the tier goes itself.
    void put(const Piece& piece, std::vector<Piece>& gone);
    /// A piece that is there was used.
    void use(std::uint64_t id);
    void clear();
    template <class Visit>
    void each(Visit&& visit) const {
        for (const Piece& piece : order_) visit(piece.id);
    }

    double tokens() const { return tokens_; }

private:
    double capacity_ = 0, tokens_ = 0;
    std::list<Piece> order_;  // longest unused first
    std::unordered_map<std::uint64_t, std::list<Piece>::iterator> pieces_;
};

}  // namespace millwright
