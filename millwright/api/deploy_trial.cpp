#include "millwright/api/deploy_trial.h"

#include <cmath>

#include <fmt/format.h>

#include "millwright/api/serve_load.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::int64_t most_seeds = 8;

}  // namespace

RequestsAnew requests_of_seed(const DeploySite& site, std::int64_t seed) {
    if (seed == 0) return site.parts.requests;
    std::vector<std::string> notes;
    LoadAsked load = site.base.asked.load;
    load.seed += static_cast<std::uint64_t>(seed);
    return requests_anew(load, notes).value();
}

std::vector<ServeOutcome> runs_over_seeds(const DeployQuestion& q,
                                          const std::function<ServeOutcome(std::int64_t)>& run,
                                          Deployment& d) {
    std::vector<ServeOutcome> runs;
    double sum = 0, squares = 0;
    const std::int64_t seeds = q.load.trace.empty() ? most_seeds : 1;
    for (d.seeds = 0; d.seeds < seeds;) {
        runs.push_back(run(d.seeds));
        ++d.seeds;
        const double late = lateness(runs.back(), q.promise);
        if (!std::isfinite(late)) break;
        sum += late;
        squares += late * late;
        const double mean = sum / real(d.seeds);
        if (mean <= 0) break;  // nothing that is promised was waited for
        d.width = std::sqrt(std::max(0.0, squares / real(d.seeds) - mean * mean)) / mean;
        const double error = d.seeds > 1 ? 3 * d.width / std::sqrt(real(d.seeds - 1)) : 0.25;
        if (std::abs(1 / mean - 1) > error) break;
    }
    return runs;
}

std::string why_late(const Deployment& d) {
    const ServeOutcome& o = d.served.outcome;
    const std::string with = fmt::format("{} of them ", counted(std::llround(d.chips()), "chip"));
    if (o.dropped > 0) return with + "drop requests";
    if (o.saturated) return with + "cannot keep up";
    return with + fmt::format("take {} to the first token and {} for others (p99)",
                              to_text(o.first_token.quantile(0.99)),
                              to_text(o.per_token.quantile(0.99)));
}

}  // namespace millwright
