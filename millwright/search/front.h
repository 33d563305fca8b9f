// Plans that no other beats in score, memory and chips used.
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// A timed plan by its number: small, since fronts of many are searched all the time.
/// All that decides between plans is here; the plan itself is made again from the number.
struct Entry {
    double score = 0;  // what the search minimises, lower is better
    Bytes memory;      // of the fullest chip
    Seconds step;
    std::int64_t chips = 0;
    std::uint64_t number = 0;  // in the space: different for every plan
};

/// The lower score; among equals fewer chips, then the lower number. A total order of the plans of
/// a space, so that what is best does not hang on who looked first.
bool better(const Entry& a, const Entry& b);

/// Smaller memory first; among equals the lower number.
bool smaller(const Entry& a, const Entry& b);

/// Entries that no other equals or beats in score, memory and chips; of equal ones the first.
class Front {
public:
    /// Takes the entry unless one of the front equals or beats it; those that it beats go. Costs a
    /// binary search for each number of chips in the front, and what is moved.
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

/// At most 64 of a sorted front, the first and the last among them, evenly spread by rank.
std::vector<Entry> thinned(std::vector<Entry> front);

}  // namespace millwright
