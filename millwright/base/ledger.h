// A named tree of quantities whose leaves sum to the root.
//
// Time, memory, power and money are all explained by one: one printer, one chart, one JSON form
// and one law (the parts of a node sum to its value) serve them all.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// A node: a value and the parts that explain it. `add` keeps their sum and the value equal.
template <class Q>
struct Ledger {
    std::string name;
    Q value{};
    std::vector<Ledger> parts;

    /// Appends a leaf and adds it to the value. Zero leaves are kept out.
    Ledger& add(std::string_view leaf, Q amount) {
        if (amount == Q{}) return *this;
        value += amount;
        parts.push_back({std::string(leaf), amount, {}});
        return *this;
    }

    /// Appends a subtree and adds its value.
    Ledger& add(Ledger subtree) {
        if (subtree.value == Q{}) return *this;
        value += subtree.value;
        parts.push_back(std::move(subtree));
        return *this;
    }
};

/// The first child of that name, or null.
template <class Q>
const Ledger<Q>* find(const Ledger<Q>& ledger, std::string_view name) {
    for (const Ledger<Q>& part : ledger.parts) {
        if (part.name == name) return &part;
    }
    return nullptr;
}

}  // namespace millwright
