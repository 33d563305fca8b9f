// Pairs come by what they cost in the mean, a bound from below. They are tried in rounds of fixed
// size, and a round decides only what the next leaves out, so threads change nothing. Within a
// pair the pool that is late grows by doubling steps; then both shrink by bisection, prompts
// first. That is a search for the cheapest and no proof of it.
#include "millwright/api/deploy_pools.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "millwright/api/deploy_trial.h"
#include "millwright/base/parallel.h"
#include "millwright/base/plural.h"
#include "millwright/base/whole.h"
#include "millwright/serve/layouts.h"

namespace millwright {
namespace {

constexpr std::size_t kept_layouts = 3;   // of a server, for each of the two
constexpr std::size_t pairs_at_once = 4;  // side by side, whatever the threads
constexpr int most_trials = 40;           // of a pair

/// A layout for one of the two, and what it does in the mean.
struct Half {
    DeployCandidate candidate;
    double rate = 0;   // requests a second of a replica
    double alone = 0;  // of those one lane does
    Dollars yearly;    // of a replica

    double price() const { return yearly.si() / rate; }
    /// Replicas for so many requests a second in the mean.
    double needed(double requests) const {
        return std::max(1.0, std::ceil(requests / (in_the_mean * rate)));
    }
};

struct Pair {
    const Half* prompts = nullptr;
    const Half* answers = nullptr;
    std::int64_t p = 0, d = 0;  // replicas that the mean needs
    Dollars cheapest;
    std::int64_t in_chips(std::int64_t prompt, std::int64_t answer) const {
        return std::llround(real(prompt) * prompts->candidate.chips() +
                            real(answer) * answers->candidate.chips());
    }
};

/// The mean request of a pool of prompts, or of one of answers.
MeanRequest mean_of(const DeploySite& site, bool prompts) {
    const RequestSpan& span = site.base.span;
    if (!prompts) return {.prompt = span.prompt, .output = span.output, .prefilled = true};
    // of prompts that a cache may hold a token at least is computed
    const bool shares = span.shares && site.parts.replica.engine.prefix_cache;
    const double found = shares ? span.prompt - 1 : 0;
    return {.prompt = span.prompt - found, .output = 1, .found = found};
}

/// Of one server, those that are tried. `least` becomes what the replicas of any of them cost that
/// the mean needs, if that is less.
std::vector<Half> halves_of(const DeployQuestion& q, const DeploySite& site, bool prompts,
                            const Catalog& catalog, Dollars& least) {
    std::vector<Half> all;
    const Replica& replica = site.parts.replica;
    const MeanRequest mean = mean_of(site, prompts);
    for (const ServeWays& ways : layouts_within(replica.model, q.layout, real(q.most_chips),
                                                site.base.factory.server.domain.value)) {
        ServePool one = pool_of(catalog, site.base, replica, ways, 1);
        if (!why_not(one.fleet.replica, site.base.span.longest).empty()) continue;
        const Seconds token = prompts ? Seconds{} : q.promise.per_token;
        const SteadyState steady = steady_state(one.fleet.replica, mean, token);
        if (steady.running == 0) continue;
        std::string text = layout_text(one);
        Half half{.candidate = {.site = &site, .replica = one.fleet.replica}};
        half.candidate.text = text.substr(text.find("tensor"));
        half.rate = steady.rate.si();
        half.alone = half.rate / (ways.attention_data * ways.pipeline);
        half.yearly = yearly_of(catalog, half.candidate, 1);
        least = min(least, half.needed(site.rate()) * half.yearly);
        all.push_back(std::move(half));
    }
    std::ranges::stable_sort(all, {}, &Half::price);
    if (all.size() <= kept_layouts) return all;
    // the cheapest, and of the others the one whose lanes are fastest
    const auto fastest =
        std::max_element(all.begin() + (kept_layouts - 1), all.end(),
                         [](const Half& a, const Half& b) { return a.alone < b.alone; });
    std::iter_swap(all.begin() + (kept_layouts - 1), fastest);
    all.resize(kept_layouts);
    return all;
}

class PoolSearch {
public:
    PoolSearch(const DeployQuestion& q, const DeploySpace& space, const Setting& setting)
        : q_(q), setting_(setting), rate_(space.sites.front()->rate()) {
        for (const auto& site : space.sites) {
            for (Half& h : halves_of(q, *site, true, setting.catalog, least_[0])) {
                prompts_.push_back(h);
            }
            for (Half& h : halves_of(q, *site, false, setting.catalog, least_[1])) {
                answers_.push_back(h);
            }
        }
        for (const Half& p : prompts_) {
            for (const Half& a : answers_) add(p, a);
        }
        std::ranges::stable_sort(pairs_, {}, &Pair::cheapest);
    }

    PoolsTried run(Dollars best) {
        tried_.in_space = narrow<std::int64_t>(prompts_.size() * answers_.size());
        if (!prompts_.empty() && !answers_.empty()) tried_.least_yearly = least_[0] + least_[1];
        const std::span<const Pair> all = pairs_;
        for (std::size_t i = 0; i < all.size(); i += pairs_at_once) {
            if (setting_.progress) setting_.progress("pools apart", real(i) / real(all.size()));
            const auto some = all.subspan(i, std::min(pairs_at_once, all.size() - i));
            std::vector<const Pair*> left;
            for (const Pair& pair : some) {
                if (pair.cheapest < best) {
                    left.push_back(&pair);
                } else {
                    lose(pair, "beaten", "others cost no more than it does in the mean");
                }
            }
            std::vector<Trial> trials(left.size());
            parallel_for(left.size(), setting_.threads,
                         [&](std::size_t k) { trials[k] = try_out(*left[k]); });
            for (std::size_t k = 0; k < left.size(); ++k) {
                tried_.simulated += trials[k].runs;
                Deployment& d = trials[k].best;
                if (!d.meets) {
                    lose(*left[k], "late", why_late(d));
                    continue;
                }
                best = min(best, d.yearly);
                tried_.found.push_back(std::move(d));
            }
        }
        return std::move(tried_);
    }

private:
    struct Trial {
        Deployment best;
        std::int64_t runs = 0;
    };

    static std::string text_of(const Pair& pair) {
        return fmt::format("prompts of {}; answers of {}", pair.prompts->candidate.text,
                           pair.answers->candidate.text);
    }

    static std::string servers_of(const Pair& pair) {
        const std::string& p = pair.prompts->candidate.site->base.asked.server;
        const std::string& a = pair.answers->candidate.site->base.asked.server;
        return p == a ? p : fmt::format("{} and {}", p, a);
    }

    void lose(const Pair& pair, std::string reason, std::string why) {
        tried_.lost.push_back({servers_of(pair), text_of(pair), std::move(reason), std::move(why)});
    }

    void add(const Half& prompts, const Half& answers) {
        const auto needed = [&](const Half& half) {
            return static_cast<std::int64_t>(half.needed(rate_));
        };
        Pair pair{&prompts, &answers, needed(prompts), needed(answers), {}};
        const std::int64_t in_the_least = pair.in_chips(pair.p, pair.d);
        fill_up(pair);
        pair.cheapest = real(pair.p) * prompts.yearly + real(pair.d) * answers.yearly;
        if (in_the_least > q_.most_chips) {
            lose(pair, "too few chips",
                 fmt::format("in the mean it takes {} at least", counted(in_the_least, "chip")));
        } else if (pair.in_chips(pair.p, pair.d) < q_.least_chips) {
            lose(pair, "odd chips",
                 fmt::format("its replicas make up no {} to {} chips", q_.least_chips,
                             q_.most_chips));
        } else {
            pairs_.push_back(pair);
        }
    }

    /// To the chips that there are at least: with answers, and where these are too large a step
    /// with prompts.
    void fill_up(Pair& pair) const {
        const auto few = [&] { return pair.in_chips(pair.p, pair.d) < q_.least_chips; };
        while (few() && pair.in_chips(pair.p, pair.d + 1) <= q_.most_chips) ++pair.d;
        while (few() && pair.in_chips(pair.p + 1, pair.d) <= q_.most_chips) ++pair.p;
    }

    ServeAnswer answer_of(const Pair& pair, std::int64_t p, std::int64_t d) const {
        ServeAnswer answer = answer_with(setting_.catalog, pair.prompts->candidate, p);
        ServeAnswer other = answer_with(setting_.catalog, pair.answers->candidate, d);
        answer.asked.prefill = answer.asked.chips;
        answer.asked.decode = other.asked.chips;
        answer.asked.chips += other.asked.chips;
        if (other.asked.server != answer.asked.server) {
            answer.asked.decode_server = other.asked.server;
            other.pools.front().factory = other.factory;
        } else {
            set_factory(setting_.catalog, Server(answer.factory.server), answer);
        }
        answer.pools.front().role = "prompts";
        other.pools.front().role = "answers";
        answer.pools.push_back(std::move(other.pools.front()));
        return answer;
    }

    /// So many replicas of both; the pools' outcomes are those of the last seed.
    Deployment simulate(const Pair& pair, std::int64_t p, std::int64_t d,
                        std::int64_t& runs) const {
        Deployment found{.server = servers_of(pair)};
        found.served = answer_of(pair, p, d);
        const Cluster cluster = cluster_of(setting_.catalog, found.served);
        ClusterOutcome last;
        const auto outcomes = runs_over_seeds(
            q_,
            [&](std::int64_t seed) {
                const RequestSource requests =
                    requests_of_seed(*pair.prompts->candidate.site, seed)();
                const ServeLoad load = load_on(pair.prompts->candidate.site->base.asked);
                last = simulate_cluster(cluster, load, {}, requests);
                return last.all;
            },
            found);
        runs += narrow<std::int64_t>(outcomes.size());
        last.all = in_turn(outcomes);
        settle_pools(setting_.catalog, std::move(last), found.served);
        found.text = fmt::format("{} of {} for prompts, {} of {} for answers",
                                 counted(p, "replica"), pair.prompts->candidate.text,
                                 counted(d, "replica"), pair.answers->candidate.text);
        found.yearly = yearly_of(setting_.catalog, found.served);
        found.meets = keeps(found.served.outcome, q_.promise);
        return found;
    }

    /// Whether prompts are what is late.
    bool prompts_are_late(const Deployment& d) const {
        const ServePool& prompts = d.served.pools[0];
        const ServePool& answers = d.served.pools[1];
        if (prompts.outcome.saturated != answers.outcome.saturated) {
            return prompts.outcome.saturated;
        }
        const Seconds first = q_.promise.first_token;
        return first > Seconds{} && d.served.outcome.first_token.quantile(0.99) > first;
    }

    Trial try_out(const Pair& pair) const {
        Trial trial;
        std::int64_t p = pair.p, d = pair.d, more_p = 1, more_d = 1;
        std::int64_t enough_p = p, enough_d = d;  // fewer were late
        for (int i = 0; i < most_trials; ++i) {
            trial.best = simulate(pair, p, d, trial.runs);
            if (trial.best.meets || trial.best.served.outcome.dropped > 0) break;
            const bool prompts = prompts_are_late(trial.best);
            std::int64_t& number = prompts ? p : d;
            std::int64_t& more = prompts ? more_p : more_d;
            (prompts ? enough_p : enough_d) = number + 1;
            const std::int64_t chips = pair.in_chips(p, d);
            const double each = (prompts ? pair.prompts : pair.answers)->candidate.chips();
            const auto room = static_cast<std::int64_t>(real(q_.most_chips - chips) / each);
            if (room < 1) break;
            number += std::min(more, room);
            more *= 2;
        }
        if (!trial.best.meets) return trial;
        shrink(pair, enough_p, d, p, true, trial);
        shrink(pair, enough_d, p, d, false, trial);
        return trial;
    }

    /// By bisection between the fewest of one pool that may do and those that did.
    void shrink(const Pair& pair, std::int64_t fewest, std::int64_t other, std::int64_t& number,
                bool prompts, Trial& trial) const {
        std::int64_t low = fewest - 1;
        while (number - low > 1) {
            const std::int64_t middle = low + (number - low) / 2;
            const std::int64_t chips =
                prompts ? pair.in_chips(middle, other) : pair.in_chips(other, middle);
            if (chips < q_.least_chips) {
                low = middle;
                continue;
            }
            Deployment fewer = prompts ? simulate(pair, middle, other, trial.runs)
                                       : simulate(pair, other, middle, trial.runs);
            if (fewer.meets) {
                number = middle;
                trial.best = std::move(fewer);
            } else {
                low = middle;
            }
        }
    }

    const DeployQuestion& q_;
    const Setting& setting_;
    double rate_;
    std::vector<Half> prompts_, answers_;
    // of a year, by any layout for prompts and for answers
    std::array<Dollars, 2> least_{Dollars::from_si(HUGE_VAL), Dollars::from_si(HUGE_VAL)};
    std::vector<Pair> pairs_;
    PoolsTried tried_;
};

}  // namespace

PoolsTried try_pools(const DeployQuestion& q, const DeploySpace& space,
                     const std::vector<Deployment>& found, const Setting& setting) {
    Dollars best = Dollars::from_si(std::numeric_limits<double>::max());
    for (const Deployment& d : found) {
        if (d.meets) best = min(best, d.yearly);
    }
    return PoolSearch(q, space, setting).run(best);
}

}  // namespace millwright
