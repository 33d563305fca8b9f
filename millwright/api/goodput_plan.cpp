// The best plan is searched first, and with a power cap once more on a chip of its own in a copy
// of the catalog. But for idle chips its figures go only where nothing is written, with the
// server's place for later faults. A restart that stood in has loading within it. A bandwidth
// that was used up here is taken out, as alone it would be a fault.
#include "millwright/api/goodput_plan.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/reliability/time_law.h"
#include "millwright/train/step.h"

namespace millwright {
namespace {

/// Steps that wait for exchanges while the network cards carry a checkpoint too wait longer by the
/// part of their rate that it takes: in all, so much of the time that writing takes.
Seconds held_up_by(const PlanAnswer& plan, const UsefulTime& time, Bandwidth storage) {
    const StepTimes times = evaluate(plan.context, plan.found.best.plan).times;
    const Seconds exchanged = times.data + times.pipeline + times.expert + times.context;
    const Bandwidth port = plan.context.network.outer.per_chip;
    const Bandwidth taken = 1 / real(chips_used(plan.found.best.plan)) * storage;
    if (!(port > Bandwidth{})) return {};
    // what a port has left is a tenth at least: writing gives way then
    const double left = std::max(0.1, 1 - taken / port);
    const double longer = exchanged / times.total * (1 / left - 1);
    return longer / (1 + longer) * time.writing;
}

class GoodputPlanner {
public:
    GoodputPlanner(GoodputText& text, std::vector<std::string>& notes, const Setting& setting)
        : text_(text), notes_(notes), setting_(setting) {}

    Result<PlannedJob> read() {
        if (Faults faults = check(); !faults.empty()) return failure(std::move(faults));
        auto found = plan(question(), setting_);
        if (!found) return failure(placed(std::move(found.error())));
        if (!found->found.feasible) return failure({too_large(*found)});
        const Seconds uncapped = found->found.best.step;
        if (text_.plan.power_cap.given) {
            found = capped(found->factory.server.id, found->factory.chip);
            if (!found) return failure(std::move(found.error()));
            slower_ = found->found.best.step / uncapped - 1;
            note(slower_ > 1e-6
                     ? fmt::format("the power cap makes steps {:.3g} % longer", 100 * slower_)
                     : std::string("the power cap changes nothing: kernels of such chips do not "
                                   "come to it"));
        }
        const UsefulTime time = useful(*found, RecoveryPolicy::restart);
        if (Faults faults = check(time); !faults.empty()) return failure(std::move(faults));
        stand_in_sizes(*found);
        stand_in_recovery(time, useful(*found, RecoveryPolicy::standby).restart);
        stand_in_checkpoint(*found, time);
        return planned(*found, time);
    }

private:
    Place whole() const { return {text_.file.empty() ? "--model" : text_.file, 0, 0}; }

    Faults check() const {
        Faults faults;
        const GoodputPlanText& p = text_.plan;
        if (p.model.given != p.server.given) {
            faults.push_back({p.model.given ? p.model.at : p.server.at,
                              "a plan is of a model on servers",
                              "model = \"llama-3.1-405b\", server = \"hgx-h100\""});
        }
        if (!text_.job.chips.given) {
            faults.push_back({whole(), "nothing says how many chips the job runs on",
                              "give chips, such as 16384"});
        }
        return faults;
    }

    /// What the plan makes of storage.
    Faults check(const UsefulTime& time) const {
        const GoodputCheckpointText& c = text_.checkpoint;
        Faults faults;
        const Seconds horizon = (text_.job.days.given ? text_.job.days.value : 30) * unit::day;
        if (time.load >= horizon) {
            faults.push_back({c.bandwidth.given ? c.bandwidth.at : whole(),
                              fmt::format("a checkpoint of {} is written for longer than the run",
                                          to_text(time.checkpoint)),
                              "a bandwidth of all chips together, such as \"2 TB/s\""});
        }
        if (c.over_fabric.value && (c.cost.given || c.writing.given || c.size.given)) {
            faults.push_back({c.over_fabric.at,
                              "what a checkpoint costs is given, with what exchanges wait for it",
                              "leave out over_fabric, or cost, writing and size"});
        }
        return faults;
    }

    PlanQuestion question() const {
        const GoodputPlanText& p = text_.plan;
        PlanQuestion q{.model = p.model.value, .server = p.server.value};
        if (p.fabric.given) q.fabric = p.fabric.value;
        q.framework = p.framework.value;
        q.chips = text_.job.chips.value;
        if (p.global_batch.given) q.global_batch = p.global_batch.value;
        if (p.sequence.given) q.sequence = p.sequence.value;
        if (p.precision.given) q.precision = p.precision.value;
        return q;
    }

    /// Faults of `plan` stand at its options; here at the places of what was written.
    Faults placed(Faults faults) const {
        const GoodputPlanText& p = text_.plan;
        const std::array<std::pair<const char*, Place>, 5> places{{{"--model", p.model.at},
                                                                   {"--server", p.server.at},
                                                                   {"--fabric", p.fabric.at},
                                                                   {"--framework", p.framework.at},
                                                                   {"", p.server.at}}};
        for (Fault& fault : faults) {
            const auto place =
                std::ranges::find(places, fault.at.file, &std::pair<const char*, Place>::first);
            if (place != places.end()) fault.at = place->second;
        }
        return faults;
    }

    /// The plan again on a server of chips with a lower limit, in a catalog that lives as long as
    /// the planner.
    Result<PlanAnswer> capped(const std::string& of, const Chip& chip) {
        const Written<Watts>& cap = text_.plan.power_cap;
        if (!chip.power.known()) {
            return failure(
                {{cap.at, chip.name + " has no known power limit", "leave the cap out"}});
        }
        if (cap.value > chip.power.value) {
            return failure({{cap.at,
                             fmt::format("{} is above the {} that {} may draw", to_text(cap.value),
                                         to_text(chip.power.value), chip.name),
                             "give a cap below it"}});
        }
        catalog_ = setting_.catalog;
        // a chip of its own, as the clocks of others may be held against this one's
        Chip held = chip;
        held.id += "-capped";
        held.power.value = cap.value;
        for (Server& server : catalog_.servers) {
            if (server.id == of) server.chip = held.id;
        }
        catalog_.chips.push_back(std::move(held));
        Setting with = setting_;
        with.catalog = catalog_;
        return plan(question(), with);
    }

    Fault too_large(const PlanAnswer& found) const {
        const std::string hint = found.fewest > 0
                                     ? fmt::format("the fewest that hold it are {}", found.fewest)
                                     : std::string("choose a chip with more memory");
        return {text_.job.chips.at,
                fmt::format("no plan of {} fits {} of {}", text_.plan.model.value,
                            counted(text_.job.chips.value, "chip"), text_.plan.server.value),
                hint};
    }

    UsefulTime useful(const PlanAnswer& found, RecoveryPolicy policy) const {
        const Catalog& catalog = setting_.catalog;
        ReliabilityAsked asked{.policy = policy};
        const MeasuredFleet* fleet = find_part(catalog.fleets, text_.failures.fleet.value);
        if (fleet != nullptr) asked.fleet = fleet->id;
        if (text_.checkpoint.bandwidth.given) asked.storage = text_.checkpoint.bandwidth.value;
        return useful_time(UsefulTimeQuestion{catalog, asked, found.factory, found.context,
                                              real(chips_used(found.found.best.plan))});
    }

    template <class T>
    void stand_in(Written<T>& written, T value) {
        if (!written.given) written = {std::move(value), text_.plan.server.at, true};
    }
    void note(std::string what) { notes_.push_back(std::move(what)); }

    void stand_in_sizes(const PlanAnswer& found) {
        GoodputJobText& job = text_.job;
        const std::int64_t used = chips_used(found.found.best.plan);
        if (used < job.chips.value) {
            note(
                fmt::format("the best plan uses {} of {}", used, counted(job.chips.value, "chip")));
            job.chips.value = used;
        }
        const auto server = static_cast<std::int64_t>(found.factory.server.chips.value);
        constexpr std::int64_t smallest_rack = 32;  // chips, of a server that is a rack
        stand_in(job.chips_per_server, server);
        if (server >= smallest_rack) stand_in(job.chips_per_rack, server);
        const std::vector<Tier>& tiers = found.factory.network.tiers;
        if (tiers.empty() || job.chips_per_leaf.given) return;
        const auto leaf =
            static_cast<std::int64_t>(std::min(tiers.front().reach, real(job.chips.value)));
        if (leaf < 1) return;
        stand_in(job.chips_per_leaf, leaf);
        note(fmt::format("a leaf is of {} by the fabric", counted(leaf, "chip")));
    }

    /// A policy that is none is told later.
    void stand_in_recovery(const UsefulTime& time, Seconds stall) {
        GoodputFailureText& f = text_.failures;
        const bool rated = f.mtbf.given || f.rate.given || f.rate_per_1000_nodes_day.given ||
                           f.fleet.given || !text_.causes.empty();
        if (!rated) {
            stand_in(f.fleet, time.fleet);
            note(fmt::format("failures are as of the fleet {}", time.fleet));
        }
        GoodputRecoveryText& r = text_.recovery;
        const bool any =
            r.restart.given || r.detect.given || r.decide.given || r.evict.given || r.warm_up.given;
        const auto policy = enum_named<RecoveryPolicy>(text_.job.policy.value);
        const bool restarts = !text_.job.policy.given || policy == RecoveryPolicy::restart;
        const bool smaller =
            policy == RecoveryPolicy::replica_drop || policy == RecoveryPolicy::elastic;
        if (!smaller && !any) {
            stand_in(r.restart, to_text(constantly(time.restart)));
            restart_stood_in_ = true;
            note(of_fleets("a restart", time.restart));
        }
        if (!restarts && !r.stall.given) {
            stand_in(r.stall, to_text(constantly(stall)));
            note(of_fleets("a stall", stall));
        }
    }
    static std::string of_fleets(const char* what, Seconds takes) {
        return fmt::format("{} takes {:.3g} min, as of the fleets in the catalog", what,
                           takes.in(unit::minute));
    }

    void stand_in_checkpoint(const PlanAnswer& found, const UsefulTime& time) {
        GoodputCheckpointText& c = text_.checkpoint;
        const bool said = c.cost.given || c.writing.given || c.size.given || !text_.levels.empty();
        if (!said) {
            const Seconds held = c.over_fabric.value
                                     ? held_up_by(found, time, time.checkpoint / time.load)
                                     : Seconds{};
            stand_in(c.cost, time.waits + held);
            if (time.writing > Seconds{}) stand_in(c.writing, time.writing);
            note(fmt::format("a checkpoint of {} holds steps up for {} and is written in {}",
                             to_text(time.checkpoint), to_text(time.waits + held),
                             to_text(time.load)));
        }
        // of a restart that stood in loading is a part
        if (text_.levels.empty() && !restart_stood_in_) {
            stand_in(c.load, to_text(constantly(time.load)));
        }
        if (!c.size.given) c.bandwidth = {};
    }

    PlannedJob planned(const PlanAnswer& found, const UsefulTime& time) const {
        const Candidate& best = found.found.best;
        const Dollars hour =
            real(1) / found.factory.chips * (unit::hour / unit::year) * found.yearly;
        return {
            .model = text_.plan.model.value,
            .server = text_.plan.server.value,
            .plan = describe(best.plan),
            .shortly = abbreviate(best.plan),
            .power_cap = text_.plan.power_cap.value,
            .slower = slower_,
            .swing = real(chips_used(best.plan)) / found.factory.server.chips.value *
                     found.factory.server.power.value,
            .chips = chips_used(best.plan),
            .step = best.step,
            .tokens_per_s = real(best.plan.global_batch) * found.context.sequence / best.step.si(),
            .checkpoint = time.checkpoint,
            .storage = time.checkpoint / time.load,
            .chip_hour = text_.plan.chip_hour.given ? text_.plan.chip_hour.value : hour};
    }

    GoodputText& text_;
    std::vector<std::string>& notes_;
    const Setting& setting_;
    Catalog catalog_;  // with the cap
    double slower_ = 0;
    bool restart_stood_in_ = false;
};

}  // namespace

Result<PlannedJob> plan_goodput(GoodputText& text, std::vector<std::string>& notes,
                                const Setting& setting) {
    return GoodputPlanner(text, notes, setting).read();
}

}  // namespace millwright
