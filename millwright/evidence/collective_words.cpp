#include "millwright/evidence/collective_words.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "millwright/base/text.h"

namespace millwright {
namespace {

/// Whether a word must be all of a clause, or may stand anywhere in it.
enum class Match { clause, part };

struct WordRow {
    std::string_view word;  // in small letters
    Match match = Match::part;
    CollectiveWord means = CollectiveWord::switch_silent;
};

using Means = CollectiveWord;

constexpr std::array word_table{
    WordRow{"without sharp", Match::part, Means::switch_silent},
    WordRow{"sharp off", Match::part, Means::switch_silent},
    WordRow{"nvls off", Match::part, Means::switch_silent},
    WordRow{"nvls disabled", Match::part, Means::switch_silent},
    WordRow{"no nvls", Match::part, Means::switch_silent},
    WordRow{"without nvls", Match::part, Means::switch_silent},
    WordRow{"nccl_nvls_enable=0", Match::part, Means::switch_silent},
    WordRow{"nccl_algo=ring", Match::part, Means::switch_silent},
    WordRow{"algo=ring", Match::part, Means::switch_silent},
    WordRow{"ring algorithm", Match::part, Means::switch_silent},
    WordRow{"ring", Match::clause, Means::switch_silent},
    WordRow{"ring only", Match::clause, Means::switch_silent},
    WordRow{"in-network sharp", Match::part, Means::network_adds},
    WordRow{"infiniband sharp", Match::part, Means::network_adds},
    WordRow{"ib sharp", Match::part, Means::network_adds},
    WordRow{"nvl72", Match::part, Means::one_domain},
    WordRow{"multi-node nvlink", Match::part, Means::one_domain},
    WordRow{"infiniband only", Match::part, Means::node_domains},
    WordRow{"bidirectional", Match::part, Means::both_directions},
    WordRow{"both directions", Match::part, Means::both_directions},
};

/// "a, b (c)" as "a", "b" and "c".
std::vector<std::string> clauses_of(const std::string& text) {
    std::vector<std::string> clauses;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(",;()", at), text.size());
        clauses.emplace_back(trimmed(text.substr(at, end - at)));
        at = end + 1;
    }
    return clauses;
}

}  // namespace

std::vector<CollectiveWord> collective_words(const std::string& system, const std::string& notes) {
    std::vector<CollectiveWord> found;
    for (const std::string& clause : clauses_of(lower(system) + ";" + lower(notes))) {
        for (const WordRow& row : word_table) {
            const bool said =
                row.match == Match::clause ? clause == row.word : contains(clause, row.word);
            if (said && std::ranges::find(found, row.means) == found.end()) {
                found.push_back(row.means);
            }
        }
    }
    return found;
}

}  // namespace millwright
