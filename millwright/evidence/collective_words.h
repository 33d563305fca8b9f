// What the words of a printed collective row say against the chip's own system.
#pragma once

#include <string>
#include <vector>

namespace millwright {

/// What a word of a row changes.
enum class CollectiveWord {
    switch_silent,   // switches of the domain do not add
    network_adds,    // those between domains do
    one_domain,      // NVLink joins the nodes
    node_domains,    // nothing does but the network
    both_directions  // the printed rate counts both directions of a link
};

/// What system and notes say, each word once. They are read clause by clause (commas, semicolons
/// and brackets end one), so that "NVLS, ring 365 at every count" is no row of a ring.
std::vector<CollectiveWord> collective_words(const std::string& system, const std::string& notes);

}  // namespace millwright
