// A server with a precision is resolved once and shared by its candidates, which point to it. A
// candidate is kept out only where no run could help: no room, tokens too slow even alone, or
// more chips than there are even if a run needs a tenth less than the mean. Its price at the
// fewest replicas is thus a bound from below, by which the search orders and cuts.
#include "millwright/api/deploy_space.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

void add_once(Faults& faults, Fault fault) {
    const bool known = std::ranges::any_of(faults, [&](const Fault& f) {
        return f.at.file == fault.at.file && f.message == fault.message;
    });
    if (!known) faults.push_back(std::move(fault));
}

ServeQuestion question_on(const DeployQuestion& q, const std::string& server,
                          std::optional<WeightForm> form) {
    return {.model = q.model,
            .server = server,
            .engine = q.engine,
            .chips = q.most_chips,
            .precision = form,
            .cache = q.cache,
            .layout = q.layout,
            .limits = q.limits,
            .load = q.load};
}

std::string text_of(const DeployQuestion& q, const DeploySite& site, const ServePool& one,
                    std::int64_t budget) {
    // "1 replica of tensor 4": what follows the number
    std::string text = layout_text(one);
    text = text.substr(text.find("tensor"));
    if (budget != site.parts.replica.engine.max_batched_tokens) {
        text += fmt::format(", {} tokens a step", budget);
    }
    if (q.precisions.size() > 1) text += ", " + site.base.forms;
    return text;
}

/// Puts the candidate among the others, or says why it cannot do.
void add(const DeployQuestion& q, const Catalog& catalog, DeployCandidate c, DeploySpace& space) {
    space.size += std::max<std::int64_t>(0, c.most - c.least + 1);
    if (c.least > c.most) return;
    const auto lose = [&](const char* reason, std::string why) {
        space.lost.push_back(lost_of(c, reason, std::move(why)));
    };
    const std::string why = why_not(c.replica, c.site->base.span.longest);
    if (!why.empty()) return lose("no room", why);
    const MeanRequest mean = c.site->mean();
    const SteadyState steady = steady_state(c.replica, mean, q.promise.per_token);
    if (steady.running == 0) {
        return lose("tokens too slow", fmt::format("a token takes {} at best",
                                                   to_text(fastest_token(c.replica, mean))));
    }
    const double needed = std::ceil(c.site->rate() / (in_the_mean * steady.rate.si()));
    if (needed > real(c.most)) {
        const auto chips = static_cast<std::int64_t>(needed * c.chips());
        return lose("too few chips",
                    fmt::format("in the mean it takes {} at least", counted(chips, "chip")));
    }
    c.least = std::max(c.least, static_cast<std::int64_t>(needed));
    c.cheapest = yearly_of(catalog, c, c.least);
    space.candidates.push_back(std::move(c));
}

void add_all(const DeployQuestion& q, const Catalog& catalog, const DeploySite& site,
             DeploySpace& space) {
    for (const ServeWays& ways :
         layouts_within(site.parts.replica.model, q.layout, real(q.most_chips),
                        site.base.factory.server.domain.value)) {
        const ServePool one = pool_of(catalog, site.base, site.parts.replica, ways, 1);
        for (const std::int64_t budget :
             q.limits.max_batched_tokens ? std::vector{site.parts.replica.engine.max_batched_tokens}
                                         : budgets_of(site.parts.replica.engine)) {
            DeployCandidate c{.site = &site, .replica = one.fleet.replica};
            c.replica.engine.max_batched_tokens = budget;
            c.text = text_of(q, site, one, budget);
            c.most = static_cast<std::int64_t>(real(q.most_chips) / ways.chips());
            const double least = std::ceil(real(q.least_chips) / ways.chips());
            c.least = std::max<std::int64_t>(1, static_cast<std::int64_t>(least));
            add(q, catalog, std::move(c), space);
        }
    }
}

}  // namespace

double DeploySite::rate() const {
    if (base.asked.load.rate) return *base.asked.load.rate;
    const double seconds = base.span.last.si();
    return seconds > 0 ? real(base.span.count) / seconds : 0;
}

Result<DeploySpace> deploy_space(const DeployQuestion& q, const Setting& setting) {
    DeploySpace space;
    Faults faults;
    std::vector<std::optional<WeightForm>> forms(q.precisions.begin(), q.precisions.end());
    if (forms.empty()) forms.emplace_back();
    for (const std::string& server : q.servers) {
        for (const auto& form : forms) {
            auto site = std::make_unique<DeploySite>();
            site->base.asked = question_on(q, server, form);
            auto parts = serve_parts(setting.catalog, site->base);
            if (!parts) {
                for (Fault& fault : parts.error()) add_once(faults, std::move(fault));
                continue;
            }
            site->parts = std::move(*parts);
            space.sites.push_back(std::move(site));
        }
    }
    if (!faults.empty()) return failure(std::move(faults));
    for (const auto& site : space.sites) add_all(q, setting.catalog, *site, space);
    std::ranges::stable_sort(space.candidates, {}, &DeployCandidate::cheapest);
    return space;
}

LostDeployment lost_of(const DeployCandidate& c, std::string reason, std::string why) {
    return {c.site->base.asked.server, c.text, std::move(reason), std::move(why)};
}

ServeAnswer answer_with(const Catalog& catalog, const DeployCandidate& c, std::int64_t replicas) {
    ServeAnswer answer = c.site->base;
    answer.asked.chips = static_cast<std::int64_t>(real(replicas) * c.chips());
    // what can be built of the most chips can be of fewer
    set_factory(catalog, Server(answer.factory.server), answer);
    ServePool pool{.role = "all", .fleet = {c.replica, replicas}};
    pool.memory = memory_of(c.replica);
    answer.pools.push_back(std::move(pool));
    return answer;
}

Dollars yearly_of(const Catalog& catalog, const DeployCandidate& c, std::int64_t replicas) {
    return yearly_of(catalog, answer_with(catalog, c, replicas));
}

}  // namespace millwright
