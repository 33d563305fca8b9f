// Plans that no other beats in score, memory and chips used.
#pragma once

#include <cstdint>
#include <vector>

#include "base/quantity.h"

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

/// Keeps what nothing else dominates.
void add_to_front(std::vector<Entry>& front, const Entry& entry);

/// At most 64 of the front, the best among them, spread over all of it, best first.
std::vector<Entry> thinned(std::vector<Entry> front);

}  // namespace millwright
