// Plans that no other beats in score, memory and chips used.
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// A timed plan by its number: small, since fronts of many are searched all the time.
struct Entry {
    double score = 0;
    Bytes memory;
    Seconds step;
    std::int64_t chips = 0;
    std::uint64_t number = 0;
};

/// The lower score; among equals fewer chips, then the lower number.
bool better(const Entry& a, const Entry& b);

/// Smaller memory first; among equals the lower number.
bool smaller(const Entry& a, const Entry& b);

/// Entries that no other equals or beats in score, memory and chips; of equal ones the first.
class Front {
public:
    void add(const Entry& entry);

    /// All of it, best first.
    std::vector<Entry> sorted() const;

private:
    /// Entries of as many chips, with rising scores and falling memory: the last of no higher score
    /// tells whether a newcomer is beaten.
    struct Stairs {
        std::int64_t chips = 0;
        std::vector<Entry> entries;
    };

    std::vector<Stairs> stairs_;  // with rising chips
};

/// At most 64 of a sorted front, the best among them, spread over all of it.
std::vector<Entry> thinned(std::vector<Entry> front);

}  // namespace millwright
