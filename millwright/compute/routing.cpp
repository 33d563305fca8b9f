// The maximum of sums of a truncated power law has no closed form that is any good for the few,
// heavy-tailed experts of a rank, so it is drawn: 32 routings are within 3 % of many.
#include "millwright/compute/routing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "millwright/base/random.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr int routings = 32;
constexpr double most_experts = 65536;
constexpr double largest_share = 0.8;  // of all tokens, the end of the power law
constexpr RandomStream popularity{.seed = 20260821, .stream = 1};

double power(double x, double y) { return portable_exp(y * portable_log(x)); }

double whole_power(double x, unsigned times) {
    double result = 1;
    for (; times > 0; times /= 2, x *= x) {
        if (times % 2 == 1) result *= x;
    }
    return result;
}

/// The law's distribution turned round: of a uniform number the attraction between 1 and `most`.
class Attraction {
public:
    Attraction(double exponent, double most) : most_(most) {
        const double rest = 1 - exponent;
        flat_ = std::abs(rest) < 1e-6;
        if (flat_) return;
        end_ = power(most, rest);
        root_ = 1 / rest;
        // the laws in use have whole roots, which need no logarithm for every expert
        const double whole = std::round(root_);
        if (std::abs(root_ - whole) < 1e-9 * std::abs(root_) && std::abs(whole) <= 1000) {
            times_ = static_cast<unsigned>(std::abs(whole));
        }
    }

    double operator()(double uniform) const {
        if (flat_) return power(most_, uniform);
        const double at = 1 + uniform * (end_ - 1);
        if (times_ == 0) return power(at, root_);
        return root_ < 0 ? 1 / whole_power(at, times_) : whole_power(at, times_);
    }

private:
    double most_, end_ = 1, root_ = 1;
    unsigned times_ = 0;
    bool flat_ = false;
};

/// Loads in proportion to what attracts them that sum to `all`, none above `most`: what the
/// fullest cannot take goes to the others in their proportion.
void fill(std::vector<double>& loads, double all, double most) {
    std::vector<double> falling = loads;
    std::sort(falling.begin(), falling.end(), std::greater{});
    double sum = 0;
    for (const double load : falling) sum += load;
    double scale = all / sum;
    for (const double load : falling) {
        if (load * scale <= most) break;
        all -= most;
        sum -= load;
        if (sum <= 0 || all <= 0) break;  // all are full
        scale = all / sum;
    }
    for (double& load : loads) load = std::min(most, load * scale);
}

ExpertLoad fullest_of(const std::vector<double>& loads, std::size_t ranks) {
    ExpertLoad fullest;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        ExpertLoad own;
        const std::size_t end = (rank + 1) * loads.size() / ranks;
        for (std::size_t i = rank * loads.size() / ranks; i < end; ++i) {
            own.rows += loads[i];
            own.active += std::min(1.0, loads[i]);
        }
        if (own.rows > fullest.rows) fullest = own;
    }
    return fullest;
}

/// Each further place goes to the expert whose copies have most; the fullest copies first to the
/// emptiest rank that has a place.
ExpertLoad fullest_balanced(const std::vector<double>& loads, std::size_t ranks,
                            std::size_t redundant) {
    struct Expert {
        double load = 0, copies = 1;
        bool operator<(const Expert& o) const { return load / copies < o.load / o.copies; }
    };
    std::vector<Expert> experts;
    for (const double load : loads) experts.push_back({load, 1});
    std::make_heap(experts.begin(), experts.end());
    for (std::size_t i = 0; i < redundant; ++i) {
        std::pop_heap(experts.begin(), experts.end());
        experts.back().copies += 1;
        std::push_heap(experts.begin(), experts.end());
    }
    std::sort_heap(experts.begin(), experts.end());
    struct Rank {
        ExpertLoad load;
        std::size_t number = 0, placed = 0;
        bool operator>(const Rank& o) const {
            return load.rows != o.load.rows ? load.rows > o.load.rows : number > o.number;
        }
    };
    std::priority_queue<Rank, std::vector<Rank>, std::greater<>> open;  // the emptiest first
    for (std::size_t i = 0; i < ranks; ++i) open.push({{}, i, 0});
    const std::size_t places = (loads.size() + redundant + ranks - 1) / ranks;
    ExpertLoad fullest;
    for (auto expert = experts.rbegin(); expert != experts.rend(); ++expert) {
        const double rows = expert->load / expert->copies;
        for (double copy = 0; copy < expert->copies; ++copy) {
            Rank rank = open.top();
            open.pop();
            rank.load.rows += rows;
            rank.load.active += std::min(1.0, rows);
            if (rank.load.rows > fullest.rows) fullest = rank.load;
            if (++rank.placed < places) open.push(rank);
        }
    }
    return fullest;
}

ExpertLoad drawn_load(const ExpertRouting& r) {
    const double pairs = r.tokens * r.top_k;
    const double local = std::max(1.0, (r.experts + r.redundant) / r.ranks);
    const double even = std::max(1.0, pairs / r.ranks);
    if (r.exponent <= 0 || r.experts > most_experts || r.tokens < 1) {
        return {even, std::clamp(even, 1.0, local)};
    }
    const double most = std::max(2.0, largest_share * r.tokens);
    std::vector<double> loads(static_cast<std::size_t>(std::max(1.0, r.experts)));
    const auto ranks = static_cast<std::size_t>(std::clamp(r.ranks, 1.0, r.experts));
    const Attraction attraction(r.exponent, most);
    ExpertLoad sum;
    for (int routing = 0; routing < routings; ++routing) {
        Draw draw = popularity.at(static_cast<std::uint64_t>(routing));
        for (double& load : loads) load = attraction(draw.uniform());
        fill(loads, pairs, r.tokens);
        const ExpertLoad one =
            r.redundant > 0 ? fullest_balanced(loads, ranks, static_cast<std::size_t>(r.redundant))
                            : fullest_of(loads, ranks);
        sum.rows += one.rows;
        sum.active += one.active;
    }
    const double rows = std::max(1.0, sum.rows / routings);
    return {rows, std::clamp(sum.active / routings, 1.0, std::min(rows, local))};
}

using RoutingKey = std::array<double, 6>;

struct RoutingHash {
    std::size_t operator()(const RoutingKey& key) const {
        std::size_t hash = 0;
        for (const double part : key) hash = 31 * hash + std::hash<double>{}(part);
        return hash;
    }
};

}  // namespace

double places_met(double places, double picks) {
    return places * (1 - std::pow(1 - 1 / places, picks));
}

double domains_open(const Model& model, double domains) {
    if (model.top_groups.value == 0 || model.groups.value == 0) return domains;
    const double per_group = std::max(1.0, domains / real(model.groups.value));
    return std::min(domains, real(model.top_groups.value) * per_group);
}

ExpertLoad fullest_rank(const ExpertRouting& r) {
    // replicas alike ask for the same loads again and again; drawing one takes a tenth of a
    // millisecond
    constexpr std::size_t most_known = 100'000;
    thread_local std::unordered_map<RoutingKey, ExpertLoad, RoutingHash> known;
    const RoutingKey key{r.tokens, r.top_k, r.experts, r.ranks, r.exponent, r.redundant};
    if (const auto found = known.find(key); found != known.end()) return found->second;
    if (known.size() >= most_known) known.clear();
    return known.emplace(key, drawn_load(r)).first->second;
}

}  // namespace millwright
