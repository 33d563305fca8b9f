// A candidate is a layout, a token budget and a precision on one server. Its fewest replicas are
// found by doubling steps and bisection from what a run needs in the mean, which is simulated for
// none that another beats at both ends.
#include "millwright/api/deploy.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "millwright/api/deploy_most.h"
#include "millwright/api/deploy_pools.h"
#include "millwright/api/deploy_space.h"
#include "millwright/api/deploy_trial.h"
#include "millwright/api/serve_load.h"
#include "millwright/api/serve_steps.h"
#include "millwright/base/faults.h"
#include "millwright/base/parallel.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/serve/steady.h"

namespace millwright {
namespace {

constexpr std::int64_t usual_trial_requests = 4000;
constexpr double slowest_rate = 1e-6;  // requests a second
/// The median of lengths that vary is below their mean: how much faster its tokens may be.
constexpr double surely = 0.95;

struct Trial {
    Deployment best;
    std::int64_t runs = 0;
};

/// A request that is longer than the engine takes would be refused.
Faults length_faults(const DeployQuestion& q, const RequestSpan& span) {
    if (!q.max_length || span.longest <= *q.max_length) return {};
    return {{{"--from-flags", 0, 0},
             fmt::format("the command takes {} tokens a request, the longest has {} of prompt and "
                         "answer",
                         *q.max_length, span.longest),
             "raise the command's limit, or ask for shorter prompts and answers"}};
}

class Search {
public:
    Search(const DeployQuestion& question, const Setting& setting)
        : q_(question), setting_(setting) {
        answer_.asked = question;
        if (q_.load.requests == 0 && q_.load.trace.empty()) q_.load.requests = usual_trial_requests;
        // so slow that no layout is ruled out by it
        if (q_.most) q_.load.rate = slowest_rate;
    }

    Result<DeployAnswer> run() {
        auto space = deploy_space(q_, setting_);
        if (!space) return failure(std::move(space.error()));
        Faults faults = length_faults(q_, space->sites.front()->base.span);
        if (!faults.empty()) return failure(std::move(faults));
        if (q_.most) {
            Faults more = try_most(*space);
            if (!more.empty()) return failure(std::move(more));
        } else {
            try_cheapest(*space);
        }
        if (setting_.progress) setting_.progress("", 1);
        answer_.in_space = space->size;
        answer_.lost = std::move(space->lost);
        answer_.span = space->sites.front()->base.span;
        answer_.notes = space->sites.front()->base.notes;
        rate_ = q_.most ? 0 : space->sites.front()->rate();
        if (q_.precisions.empty()) note_forms(space->sites);
        finish();
        return std::move(answer_);
    }

private:
    /// Layouts on the fewest replicas that keep the promise.
    void try_cheapest(DeploySpace& space) {
        const std::span<const DeployCandidate> all = space.candidates;
        if (!all.empty()) answer_.least_yearly = all.front().cheapest;
        for (std::size_t i = 0; i < all.size(); i += candidates_at_once) {
            tell(real(i) / real(all.size()));
            try_some(all.subspan(i, std::min(candidates_at_once, all.size() - i)), space.lost);
        }
        if (!q_.pools) return;
        PoolsTried tried = try_pools(q_, space, found_, setting_);
        answer_.simulated += tried.simulated;
        space.size += tried.in_space;
        if (tried.least_yearly > Dollars{}) {
            answer_.least_yearly =
                all.empty() ? tried.least_yearly : min(answer_.least_yearly, tried.least_yearly);
        }
        for (Deployment& d : tried.found) found_.push_back(std::move(d));
        for (LostDeployment& l : tried.lost) space.lost.push_back(std::move(l));
    }

    /// Layouts on all chips, at the highest rate that each keeps.
    Faults try_most(DeploySpace& space) {
        MostTried tried = most_traffic(q_, space, setting_);
        answer_.simulated += tried.simulated;
        found_ = std::move(tried.found);
        for (LostDeployment& l : tried.lost) space.lost.push_back(std::move(l));
        auto extras = extra_servers(q_, setting_);
        if (!extras) return std::move(extras.error());
        answer_.extras = std::move(*extras);
        return {};
    }

    void tell(double share) const {
        if (setting_.progress) setting_.progress("deployments", share);
    }

    /// A token of the candidate takes no less on so many replicas, in the mean.
    Seconds token_on(const DeployCandidate& c, std::int64_t replicas) const {
        const RequestRate each = RequestRate::from_si(c.site->rate() / real(replicas));
        return surely * token_at_rate(c.replica, c.site->mean(), each);
    }

    /// Whether for every number of replicas a deployment was found that is as cheap and as fast:
    /// of numbers from one to the next, cheap as the first and fast as the last.
    bool is_beaten(const DeployCandidate& c) const {
        for (std::int64_t n = c.least; n <= c.most;) {
            const std::int64_t last = std::min(c.most, n + n / 16);
            const Dollars cost = yearly_of(setting_.catalog, c, n);
            const Seconds token = token_on(c, last);
            const bool beaten = std::ranges::any_of(found_, [&](const Deployment& d) {
                return d.meets && d.yearly <= cost &&
                       d.served.outcome.per_token.quantile(0.5) <= token;
            });
            if (!beaten) return false;
            n = last + 1;
        }
        return true;
    }

    void try_some(std::span<const DeployCandidate> some, std::vector<LostDeployment>& lost) {
        std::vector<const DeployCandidate*> left;
        for (const DeployCandidate& c : some) {
            if (is_beaten(c)) {
                lost.push_back(
                    lost_of(c, "beaten", "others are as cheap and faster than it can be"));
            } else {
                left.push_back(&c);
            }
        }
        std::vector<Trial> trials(left.size());
        parallel_for(left.size(), setting_.threads,
                     [&](std::size_t i) { trials[i] = try_out(*left[i]); });
        for (std::size_t i = 0; i < left.size(); ++i) {
            answer_.simulated += trials[i].runs;
            if (!trials[i].best.meets) {
                lost.push_back(lost_of(*left[i], "late", why_late(trials[i].best)));
            }
            found_.push_back(std::move(trials[i].best));
        }
    }

    ServeOutcome run_of(const DeployCandidate& c, std::int64_t replicas, std::int64_t seed) const {
        const Fleet fleet{c.replica, replicas};
        const ServeLoad load = load_on(c.site->base.asked);
        return simulate_fleet(fleet, load, {}, requests_of_seed(*c.site, seed), 1);
    }

    /// So many replicas, over seeds until the side of the promise is known.
    void simulate_on(const DeployCandidate& c, std::int64_t replicas, Trial& trial) const {
        trial.best = {.server = c.site->base.asked.server};
        const auto runs = runs_over_seeds(
            q_, [&](std::int64_t seed) { return run_of(c, replicas, seed); }, trial.best);
        trial.runs += narrow<std::int64_t>(runs.size());
        settle(c, replicas, runs, trial.best);
    }

    /// One answer of all seeds' runs, as if they were one after the other.
    void settle(const DeployCandidate& c, std::int64_t replicas,
                const std::vector<ServeOutcome>& runs, Deployment& d) const {
        d.served = answer_with(setting_.catalog, c, replicas);
        settle_pool(setting_.catalog, in_turn(runs), d.served);
        d.text = fmt::format("{} of {}", counted(replicas, "replica"), c.text);
        d.yearly = yearly_of(setting_.catalog, d.served);
        d.meets = keeps(d.served.outcome, q_.promise);
    }

    /// The fewest replicas that keep the promise; what the most do where these do not.
    Trial try_out(const DeployCandidate& c) const {
        std::int64_t low = c.least - 1, high = c.least, step = 1;
        Trial trial;
        simulate_on(c, high, trial);
        while (!trial.best.meets && high < c.most) {
            low = high;
            high = std::min(c.most, high + step);
            step *= 2;
            simulate_on(c, high, trial);
        }
        while (trial.best.meets && high - low > 1) {
            const std::int64_t middle = low + (high - low) / 2;
            Trial fewer;
            simulate_on(c, middle, fewer);
            trial.runs += fewer.runs;
            const bool meets = fewer.best.meets;
            if (meets) trial.best = std::move(fewer.best);
            (meets ? high : low) = middle;
        }
        return trial;
    }

    void note_forms(const std::vector<std::unique_ptr<DeploySite>>& sites) {
        for (const auto& site : sites) {
            answer_.notes.push_back(fmt::format("weights in {} on {}, as no precision is given",
                                                site->base.forms, site->base.asked.server));
        }
    }

    void finish() {
        std::ranges::stable_sort(found_, [&](const Deployment& a, const Deployment& b) {
            if (q_.most) return false;  // in their order already
            if (a.meets != b.meets) return a.meets;
            if (!a.meets)
                return lateness(a.served.outcome, q_.promise) <
                       lateness(b.served.outcome, q_.promise);
            if (a.yearly != b.yearly) return a.yearly < b.yearly;
            return lateness(a.served.outcome, q_.promise) < lateness(b.served.outcome, q_.promise);
        });
        const bool any = !found_.empty() && found_.front().meets;
        if (any) std::erase_if(found_, [](const Deployment& d) { return !d.meets; });
        if (!any && found_.size() > 1) found_.resize(1);
        for (std::size_t i = 0; any && i < found_.size(); ++i) {
            if (on_front(found_[i])) answer_.front.push_back(i);
        }
        for (Deployment& d : found_) {
            if (!q_.most) d.rate = RequestRate::from_si(rate_);
        }
        answer_.best = std::move(found_);
        if (answer_.best.empty()) return;
        const Catalog& catalog = setting_.catalog;
        const ServeAnswer& first = answer_.best.front().served;
        const double rate = q_.most ? answer_.best.front().rate.si() : rate_;
        answer_.launch = launch_text(catalog, first, rate);
        const std::vector<std::string>& notes = answer_.launch.notes;
        if (any) answer_.notes.insert(answer_.notes.end(), notes.begin(), notes.end());
        answer_.first_token = interval_of(catalog, "serving", "first-token", first.factory.chip);
        answer_.per_token = interval_of(catalog, "serving", "per-token", first.factory.chip);
    }

    bool on_front(const Deployment& d) const {
        const auto rates = [](const Deployment& of) {
            const ServeOutcome& o = of.served.outcome;
            return std::pair(o.output_tokens_per_s() / of.chips(), of.tokens_of_user());
        };
        const auto [chip, user] = rates(d);
        return std::ranges::none_of(found_, [&](const Deployment& other) {
            const auto [c, u] = rates(other);
            return c >= chip && u >= user && (c > chip || u > user);
        });
    }

    DeployQuestion q_;
    const Setting& setting_;
    std::vector<Deployment> found_;
    double rate_ = 0;  // of the load
    DeployAnswer answer_;
};

Faults question_faults(const DeployQuestion& q) {
    Faults faults;
    const auto refuse = [&](const char* option, const char* message, const char* hint) {
        faults.push_back({{option, 0, 0}, message, hint});
    };
    if (q.servers.empty()) refuse("--server", "no server is named", "give one or several");
    if (q.least_chips < 1 || q.most_chips < q.least_chips) {
        refuse("--chips", "a range of chips goes up", "such as 4..32");
    }
    if (q.most && (q.load.rate || !q.load.trace.empty())) {
        refuse(q.load.rate ? "--rate" : "--trace", "the most traffic has a rate of its own",
               "leave it out, or leave out --most");
    }
    if (q.most && q.pools) {
        refuse("--pools", "the most traffic is of replicas that do both", "leave it out");
    }
    if (!q.extras.empty() && !q.most) {
        refuse("--extra", "says nothing without --most", "give both");
    }
    if (q.load.concurrency > 0) {
        refuse("--concurrency", "a closed loop promises nothing", "give --rate or --trace");
    }
    if (q.promise.first_token <= Seconds{} && q.promise.per_token <= Seconds{}) {
        refuse("--ttft-p99", "nothing is promised", "give --ttft-p99, --tpot-p99 or both");
    }
    return faults;
}

}  // namespace

Result<DeployAnswer> deploy(const DeployQuestion& question, const Setting& setting) {
    Faults faults = question_faults(question);
    if (faults.empty()) return Search(question, setting).run();
    DeployQuestion usable = question;
    usable.most_chips = std::max(usable.least_chips, usable.most_chips);
    usable.load.concurrency = 0;
    if (usable.most) {
        usable.load.trace.clear();
        usable.load.rate = slowest_rate;
    }
    const auto space = deploy_space(usable, setting);
    if (!space) {
        append(faults, space.error());
    } else if (!space->sites.empty()) {  // no server, no load
        append(faults, length_faults(usable, space->sites.front()->base.span));
    }
    return failure(std::move(faults));
}

}  // namespace millwright
