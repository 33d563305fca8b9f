// Three figures are compared, so a front in one list would be searched from end to end for each
// newcomer. Chips used take few values: a front is kept for each of them, of two figures, where
// rising scores mean falling memory and a binary search decides. An entry is beaten by what has as
// many chips or fewer, and beats what has as many or more.
#include "millwright/search/front.h"

#include <algorithm>

namespace millwright {
namespace {

constexpr std::size_t front_limit = 64;  // points that a report lists

bool scores_lower(const Entry& a, const Entry& b) { return a.score < b.score; }

/// Whether an entry of these stairs has no higher score and no more memory. Of all whose score is
/// no higher the last has the least memory, so it alone is looked at.
bool is_beaten(const std::vector<Entry>& stairs, const Entry& entry) {
    if (stairs.empty() || stairs.front().score > entry.score) return false;  // most, by few chips
    const auto next = std::ranges::upper_bound(stairs, entry, scores_lower);
    return next != stairs.begin() && std::prev(next)->memory <= entry.memory;
}

/// Where the entry belongs, once those that it beats are gone: of those with scores as high or
/// higher the ones that take as much memory or more.
std::vector<Entry>::iterator clear_beaten(std::vector<Entry>& stairs, const Entry& entry) {
    const auto first = std::ranges::lower_bound(stairs, entry, scores_lower);
    if (first == stairs.end() || first->memory < entry.memory) return first;
    // memory falls along the stairs, so what is beaten stands together
    const auto last = std::find_if(first, stairs.end(),
                                   [&](const Entry& other) { return other.memory < entry.memory; });
    return stairs.erase(first, last);
}

}  // namespace

bool better(const Entry& a, const Entry& b) {
    if (a.score != b.score) return a.score < b.score;
    return a.chips != b.chips ? a.chips < b.chips : a.number < b.number;
}

bool smaller(const Entry& a, const Entry& b) {
    return a.memory != b.memory ? a.memory < b.memory : a.number < b.number;
}

void Front::add(const Entry& entry) {
    const auto own = std::ranges::lower_bound(stairs_, entry.chips, {}, &Stairs::chips);
    const bool there = own != stairs_.end() && own->chips == entry.chips;
    if (there && is_beaten(own->entries, entry)) return;  // most are, by one of as many chips
    for (auto fewer = stairs_.begin(); fewer != own; ++fewer) {
        if (is_beaten(fewer->entries, entry)) return;
    }
    const auto mine = there ? own : stairs_.insert(own, {entry.chips, {}});
    for (auto more = std::next(mine); more != stairs_.end(); ++more) {
        clear_beaten(more->entries, entry);
    }
    mine->entries.insert(clear_beaten(mine->entries, entry), entry);
}

std::vector<Entry> Front::sorted() const {
    std::vector<Entry> all;
    for (const Stairs& stairs : stairs_) {
        all.insert(all.end(), stairs.entries.begin(), stairs.entries.end());
    }
    std::sort(all.begin(), all.end(), better);
    return all;
}

std::vector<Entry> thinned(std::vector<Entry> front) {
    if (front.size() <= front_limit) return front;
    std::vector<Entry> kept;
    for (std::size_t i = 0; i < front_limit; ++i) {
        kept.push_back(front[i * (front.size() - 1) / (front_limit - 1)]);
    }
    return kept;
}

}  // namespace millwright
