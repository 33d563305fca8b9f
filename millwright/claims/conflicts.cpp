// Constraints fall into parts that share no unknown: first what one shows alone is searched, then
// the part together. A known set serves a branch that took nothing out of it, so only new ones
// cost propagations, about two for each statement to make one small. Branches and visits are
// counted, not timed, so that the answer is the same everywhere.
#include "millwright/claims/conflicts.h"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <set>

#include "millwright/claims/propagate.h"

namespace millwright {
namespace {

using Places = std::vector<int>;

/// Some constraints, and a count of the nodes that were looked at.
class Part {
public:
    Part(const ClaimNetwork& network, Places constraints, std::int64_t& visits)
        : network_(network), constraints_(std::move(constraints)), visits_(visits) {}

    /// Constraints of which all is said bind together, through unknowns; any other stands alone, as
    /// what is left out of it may be one thing here and another there.
    bool contradictory(const Places& statements) const {
        ReadingChoice choice(network_.statements.size(), left_out);
        for (std::size_t i = 0; i < choice.size(); ++i) {
            if (!network_.statements[i].stated()) choice[i] = 0;
        }
        for (const int statement : statements) choice[static_cast<std::size_t>(statement)] = 0;
        const std::vector<ClaimExtent> leaves = leaf_extents(network_, choice);
        Places together, alone;
        for (const int at : constraints_) {
            const Places& used = of(at).statements;
            const auto said = [&](int statement) {
                return choice[static_cast<std::size_t>(statement)] != left_out;
            };
            if (std::all_of(used.begin(), used.end(), said)) {
                together.push_back(at);
            } else if (statements.empty() || std::any_of(used.begin(), used.end(), said)) {
                alone.push_back(at);
            }
        }
        const auto refuted = [&](const Places& places) { return !holds(places, leaves); };
        return refuted(together) ||
               std::any_of(alone.begin(), alone.end(), [&](int at) { return refuted({at}); });
    }

    /// Statements that the constraints use and that somebody states.
    Places statements() const {
        std::set<int> all;
        for (const int at : constraints_) {
            for (const int statement : of(at).statements) {
                if (network_.statements[static_cast<std::size_t>(statement)].stated()) {
                    all.insert(statement);
                }
            }
        }
        return {all.begin(), all.end()};
    }

    /// Of a contradictory set as few as stay so.
    Places minimised(Places statements) const {
        Places order = statements;
        std::stable_partition(order.begin(), order.end(), [&](int statement) {
            return network_.statements[static_cast<std::size_t>(statement)].of_record();
        });
        for (const int statement : order) {
            Places without = statements;
            std::erase(without, statement);
            if (contradictory(without)) statements = std::move(without);
        }
        return statements;
    }

private:
    const ClaimConstraint& of(int at) const {
        return network_.constraints[static_cast<std::size_t>(at)];
    }

    bool holds(const Places& constraints, std::vector<ClaimExtent> extents) const {
        std::set<int> nodes;
        Places roots;
        for (const int at : constraints) {
            nodes.insert(of(at).nodes.begin(), of(at).nodes.end());
            roots.push_back(of(at).root);
        }
        return propagate(network_, {nodes.begin(), nodes.end()}, roots, extents, visits_);
    }

    const ClaimNetwork& network_;
    Places constraints_;
    std::int64_t& visits_;
};

/// Constraints that show a contradiction of the statements, as few as do.
Places explaining(const ClaimNetwork& network, const Places& statements, Places constraints,
                  std::int64_t& visits) {
    for (const int at : constraints) {
        if (Part(network, {at}, visits).contradictory(statements)) return {at};
    }
    for (const int at : Places(constraints)) {
        Places without = constraints;
        std::erase(without, at);
        if (Part(network, without, visits).contradictory(statements)) {
            constraints = std::move(without);
        }
    }
    return constraints;
}

/// Both are sorted.
bool disjoint(const Places& a, const Places& b) {
    return std::none_of(a.begin(), a.end(),
                        [&](int x) { return std::binary_search(b.begin(), b.end(), x); });
}

class Search {
public:
    explicit Search(const ClaimNetwork& network) : network_(network) {}

    ConflictSearch all(Places constraints) {
        constraints = without_impossible(std::move(constraints));
        const Part whole(network_, constraints, visits_);
        std::vector<Places> sets;
        for (const Places& together : parts_of(constraints)) search(together, whole, sets);
        for (const Places& set : sets) {
            found_.conflicts.push_back({set, explaining(network_, set, constraints, visits_)});
        }
        std::stable_sort(found_.conflicts.begin(), found_.conflicts.end(),
                         [](const ClaimConflict& a, const ClaimConflict& b) {
                             return a.statements.size() != b.statements.size()
                                        ? a.statements.size() < b.statements.size()
                                        : a.statements < b.statements;
                         });
        return std::move(found_);
    }

private:
    /// Constraints that cannot hold whatever is stated are told and set aside.
    Places without_impossible(Places constraints) {
        while (Part(network_, constraints, visits_).contradictory({})) {
            const Places why = explaining(network_, {}, constraints, visits_);
            found_.conflicts.push_back({{}, why});
            for (const int at : why) std::erase(constraints, at);
        }
        return constraints;
    }

    /// Constraints that share an unknown, directly or through others, belong together.
    std::vector<Places> parts_of(const Places& constraints) const {
        std::vector<int> leader(network_.constraints.size());
        std::iota(leader.begin(), leader.end(), 0);
        const auto lead = [&](int of) {
            while (leader[static_cast<std::size_t>(of)] != of) {
                of = leader[static_cast<std::size_t>(of)];
            }
            return of;
        };
        std::map<int, int> first_with;  // of each unknown
        for (const int at : constraints) {
            for (const int statement :
                 network_.constraints[static_cast<std::size_t>(at)].statements) {
                if (network_.statements[static_cast<std::size_t>(statement)].stated()) continue;
                const int other = first_with.emplace(statement, at).first->second;
                const int a = lead(at), b = lead(other);
                leader[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
            }
        }
        std::map<int, Places> parts;
        for (const int at : constraints) parts[lead(at)].push_back(at);
        std::vector<Places> list;
        for (auto& [first, together] : parts) list.push_back(std::move(together));
        return list;
    }

    bool out_of_work() const { return visits_ > most_conflict_visits; }

    /// What one constraint shows alone comes first: it is cheap and easy to read.
    void search(const Places& together, const Part& whole, std::vector<Places>& sets) {
        for (const int at : together) {
            const Part alone(network_, {at}, visits_);
            grow(alone, whole, alone.statements(), sets);
        }
        if (together.size() < 2) return;
        const Part all(network_, together, visits_);
        grow(all, whole, all.statements(), sets);
    }

    /// Finds sets within `all` by the constraints of `by`, as small as all constraints make them.
    void grow(const Part& by, const Part& whole, const Places& all, std::vector<Places>& sets) {
        std::deque<Places> branches{{}};
        std::set<Places> seen{{}};
        for (std::size_t count = 0; !branches.empty(); ++count) {
            if (count == most_conflict_branches || out_of_work()) {
                found_.complete = false;
                return;
            }
            const Places removed = std::move(branches.front());
            branches.pop_front();
            const Places* set = set_beside(by, whole, all, removed, sets);
            if (set == nullptr) continue;
            for (const int statement : Places(*set)) {
                Places more = removed;
                more.insert(std::lower_bound(more.begin(), more.end(), statement), statement);
                if (seen.insert(more).second) branches.push_back(std::move(more));
            }
        }
    }

    /// A set of `all` without what was removed: a known one, or a new one; null if there is none.
    const Places* set_beside(const Part& by, const Part& whole, const Places& all,
                             const Places& removed, std::vector<Places>& sets) {
        for (const Places& set : sets) {
            const bool within = std::includes(all.begin(), all.end(), set.begin(), set.end());
            if (within && disjoint(set, removed)) return &set;
        }
        Places rest;
        std::set_difference(all.begin(), all.end(), removed.begin(), removed.end(),
                            std::back_inserter(rest));
        if (!by.contradictory(rest)) return nullptr;
        Places least = whole.minimised(by.minimised(rest));
        // by all constraints together it may come down to a set that is known
        const auto known = std::find(sets.begin(), sets.end(), least);
        if (known != sets.end()) return &*known;
        sets.push_back(std::move(least));
        return &sets.back();
    }

    const ClaimNetwork& network_;
    std::int64_t visits_ = 0;
    ConflictSearch found_;
};

}  // namespace

bool contradictory(const ClaimNetwork& network, const std::vector<int>& statements,
                   const std::vector<int>& constraints) {
    std::int64_t visits = 0;
    return Part(network, constraints, visits).contradictory(statements);
}

ConflictSearch find_conflicts(const ClaimNetwork& network, const std::vector<int>& constraints) {
    return Search(network).all(constraints);
}

}  // namespace millwright
