#include "search/front.h"

#include <algorithm>

namespace millwright {
namespace {

constexpr std::size_t front_limit = 64;

bool dominates(const Entry& a, const Entry& b) {
    return a.score <= b.score && a.memory <= b.memory && a.chips <= b.chips;
}

}  // namespace

bool better(const Entry& a, const Entry& b) {
    if (a.score != b.score) return a.score < b.score;
    return a.chips != b.chips ? a.chips < b.chips : a.number < b.number;
}

bool smaller(const Entry& a, const Entry& b) {
    return a.memory != b.memory ? a.memory < b.memory : a.number < b.number;
}

/// What dominates one newcomer often dominates the next: it moves towards the head of the list, so
/// that most newcomers meet it first.
void add_to_front(std::vector<Entry>& front, const Entry& entry) {
    for (std::size_t i = 0; i < front.size(); ++i) {
        if (!dominates(front[i], entry)) continue;
        std::swap(front[i], front[i / 2]);
        return;
    }
    std::erase_if(front, [&](const Entry& other) { return dominates(entry, other); });
    front.push_back(entry);
}

std::vector<Entry> thinned(std::vector<Entry> front) {
    std::sort(front.begin(), front.end(), better);
    if (front.size() <= front_limit) return front;
    std::vector<Entry> kept;
    for (std::size_t i = 0; i < front_limit; ++i) {
        kept.push_back(front[i * (front.size() - 1) / (front_limit - 1)]);
    }
    return kept;
}

}  // namespace millwright
