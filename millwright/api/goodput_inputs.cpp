// Sections are read one after another and their faults gathered. Causes come before the period,
// which hangs on their rates; only a job without faults so far has its best period worked out,
// and levels and the number of events are checked against that. How long a restart takes and what
// a checkpoint costs decide the answer, so nothing here stands in for them.
#include "millwright/api/goodput_inputs.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/goodput_causes.h"
#include "millwright/api/goodput_choice.h"
#include "millwright/api/goodput_notes.h"
#include "millwright/base/faults.h"
#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace {

/// Numbers that options gave are held against the ranges of the file's keys too.
template <class Section>
void check_ranges(Section& section, Faults& faults) {
    for_each_field<Section>([&](const auto& field) {
        auto& written = section.*field.member;
        double value = 0;
        if constexpr (requires { written.value.si(); }) {
            value = written.value.si();
        } else if constexpr (requires { static_cast<double>(written.value); }) {
            value = static_cast<double>(written.value);
        } else {
            return;
        }
        if (!written.given || (value >= field.range.low && value <= field.range.high)) return;
        faults.push_back({written.at, fmt::format("'{}' cannot be {:.6g}", field.key, value),
                          fmt::format("it is the {}", field.doc)});
        written = {};
    });
}

class InputReader {
public:
    InputReader(const GoodputText& text, const Catalog& catalog)
        : text_(text), catalog_(catalog), faults_(text.faults) {}

    Result<GoodputInputs> read();

private:
    void fault(const Place& at, std::string message, std::string hint) {
        faults_.push_back({at, std::move(message), std::move(hint)});
    }
    /// The law written, or the one that stands where none is.
    TimeLaw law(const Written<std::string>& written, Seconds otherwise = {}) {
        if (!written.given) return constantly(otherwise);
        auto read = read_time_law(written.value, written.at);
        if (read) return *read;
        append(faults_, std::move(read.error()));
        return {};
    }
    /// Where something is missing: the option, or the file.
    Place missing(const char* option) const {
        return {text_.file.empty() ? option : text_.file, 0, 0};
    }
    Place whole() const { return missing("--chips"); }

    void read_job();
    void read_recovery();
    void read_checkpoints();
    void read_level(const GoodputLevelText& written);
    void read_spares();
    void read_planned(const MeasuredFleet* fleet);
    void read_causes();
    void check_said();
    void check_lengths();
    void check_levels();
    void check_events();
    void choose_period();

    const GoodputText& text_;
    const Catalog& catalog_;
    Faults faults_;
    GoodputInputs inputs_;
    BlastSizes blasts_;
};

void InputReader::read_job() {
    const GoodputJobText& job = text_.job;
    FleetJob& into = inputs_.job;
    if (!job.chips.given) {
        fault(whole(), "nothing says how many chips the job runs on", "give chips, such as 16384");
    }
    inputs_.chips = job.chips.given ? job.chips.value : 8;
    blasts_.chips_per_server = job.chips_per_server.given ? job.chips_per_server.value : 8;
    const auto servers = [&](const Written<std::int64_t>& chips, std::int64_t otherwise) {
        const std::int64_t held = chips.given ? chips.value : otherwise;
        return std::max<std::int64_t>(1,
                                      held / std::max<std::int64_t>(1, blasts_.chips_per_server));
    };
    const std::int64_t per = std::max<std::int64_t>(1, blasts_.chips_per_server);
    into.servers = std::max<std::int64_t>(1, (inputs_.chips + per - 1) / per);
    blasts_.servers = {0,
                       1,
                       servers(job.chips_per_rack, 72),
                       servers(job.chips_per_leaf, 256),
                       servers(job.chips_per_row, 1152),
                       into.servers};
    into.horizon = (job.days.given ? job.days.value : 30) * unit::day;
    into.policy = choice_of(job.policy, RecoveryPolicy::restart, faults_);
    const bool smaller =
        into.policy == RecoveryPolicy::replica_drop || into.policy == RecoveryPolicy::elastic;
    into.replicas = smaller ? 8 : 1;
    if (smaller && job.replicas.given) into.replicas = job.replicas.value;
    if (smaller && (into.replicas < 2 || into.replicas > into.servers)) {
        fault(job.replicas.given ? job.replicas.at : whole(),
              fmt::format("{} replicas on {} servers cannot drop out one by one", into.replicas,
                          into.servers),
              "two or more, each of a server or more");
    }
    if (job.missing_one.given) into.missing_one = job.missing_one.value;
    into.derating = job.derating.value;
    into.data_stall = job.data_stall.value;
    into.start = law(job.start);
    for (const GoodputImbalanceText& one : text_.imbalances) {
        into.imbalances.push_back({one.name.value, one.chance.given ? one.chance.value : 1,
                                   one.slowdown.value, one.variation.value});
    }
}

void InputReader::read_recovery() {
    const GoodputRecoveryText& recovery = text_.recovery;
    RecoveryPath& path = inputs_.job.path;
    path.reschedule = law(recovery.restart);
    // a swap is never worth more than the restart that it stands in for
    const Seconds usual = 3 * unit::minute;
    const Seconds restart = path.reschedule.mean;
    path.stall = law(recovery.stall, recovery.restart.given ? min(usual, restart) : usual);
    path.detect = law(recovery.detect);
    path.hang = law(recovery.hang_timeout, 30 * unit::minute);
    path.decide = law(recovery.decide);
    path.evict = law(recovery.evict);
    path.warm_up = law(recovery.warm_up);
    path.misdiagnosed = recovery.misdiagnosed.value;
    inputs_.job.rejoin = law(recovery.repair);
}

void InputReader::read_level(const GoodputLevelText& written) {
    const BlastRadius radius = choice_of(written.survives, BlastRadius::site, faults_);
    CheckpointLevel level{.name = written.name.value,
                          .every = written.every.given ? written.every.value : 1,
                          .blocking = written.cost.value,
                          .writing = written.writing.value,
                          .load = law(written.load)};
    level.survives = blasts_.servers[static_cast<std::size_t>(radius)];
    inputs_.job.checkpoints.levels.push_back(std::move(level));
}

/// One level by [checkpoint], or those of [[level]].
void InputReader::read_checkpoints() {
    const GoodputCheckpointText& written = text_.checkpoint;
    const bool both = written.size.given != written.bandwidth.given;
    if (both) {
        fault(written.size.given ? written.size.at : written.bandwidth.at,
              "a size of checkpoints and their bandwidth say something only together",
              "give both, or the cost itself");
    }
    const bool sized = written.size.given && written.bandwidth.given;
    const Seconds time = sized ? written.size.value / written.bandwidth.value : Seconds{};
    const bool beside = written.asynchronous.value;
    if (written.over_fabric.value && !text_.plan.model.given) {
        fault(written.over_fabric.at, "a job without a plan has no exchanges to slow down",
              "give [plan] with a model and a server, or what a checkpoint costs");
    }
    if (sized && (beside ? written.writing.given : written.cost.given)) {
        fault(written.size.at, "the time of a checkpoint is given twice",
              "leave out the size with its bandwidth, or the time");
    }
    for (const GoodputLevelText& level : text_.levels) read_level(level);
    if (!text_.levels.empty()) {
        if (written.cost.given || written.writing.given || written.load.given || sized) {
            fault(text_.levels.front().at, "[checkpoint] has times, and so has a [[level]]",
                  "with levels, [checkpoint] says the period alone");
        }
        return;
    }
    inputs_.job.checkpoints.levels.push_back(
        {.name = "remote",
         .blocking = sized && !beside ? time : written.cost.value,
         .writing = sized && beside ? time : written.writing.value,
         .load = law(written.load)});
}

void InputReader::read_spares() {
    const GoodputSpareText& spares = text_.spares;
    if (!spares.standbys.given && !spares.servers.given) {
        for (const auto* law : {&spares.wait, &spares.restock}) {
            if (law->given) fault(law->at, "there are no spares", "give standbys or servers");
        }
        return;
    }
    SparePool pool{.standbys = spares.standbys.value,
                   .spares = spares.servers.value,
                   .wait = law(spares.wait)};
    if (spares.restock.given) pool.restock = law(spares.restock);
    const std::int64_t all = pool.standbys + pool.spares;
    if (all > inputs_.job.servers) {
        fault(spares.servers.given ? spares.servers.at : spares.standbys.at,
              fmt::format("{} spare servers for a job of {}", all, inputs_.job.servers),
              "spares are servers, not chips, and no more than the job has");
    }
    inputs_.job.pool = std::move(pool);
    const GoodputRepairText& repair = text_.repair;
    inputs_.job.repair = {.automatic = law(repair.automatic),
                          .goes_on = repair.goes_on.value,
                          .manual = law(repair.manual),
                          .fails_automatic = repair.fails_automatic.value,
                          .fails_manual = repair.fails_manual.value};
}

/// No time of a recovery or a checkpoint is as long as the run.
void InputReader::check_lengths() {
    const GoodputRecoveryText& r = text_.recovery;
    const Seconds horizon = inputs_.job.horizon;
    const auto check = [&](const Place& at, const char* what, Seconds time) {
        if (time < horizon) return;
        fault(at,
              fmt::format("{} of {} is no shorter than the run of {}", what, to_text(time),
                          to_text(horizon)),
              "raise the days, or check the unit");
    };
    const RecoveryPath& path = inputs_.job.path;
    if (r.restart.given) check(r.restart.at, "a restart", path.reschedule.mean);
    if (r.stall.given) check(r.stall.at, "a stall", path.stall.mean);
    const auto& cost = text_.checkpoint.cost;
    if (cost.given) check(cost.at, "a checkpoint", cost.value);
}

/// Every so often as is written, else as often as the fleet did.
void InputReader::read_planned(const MeasuredFleet* fleet) {
    const GoodputPlannedText& planned = text_.planned;
    if (!planned.every.given && !planned.takes.given) return;
    const bool of_fleet = !planned.every.given && fleet != nullptr;
    const Seconds every = of_fleet ? fleet->planned_every.value : planned.every.value;
    const Place& at = planned.takes.given ? planned.takes.at : planned.every.at;
    if (!planned.takes.given || every == Seconds{}) {
        fault(at, "planned stops have a time between them and a length",
              "every = \"1 day\", takes = \"20 min\"");
        return;
    }
    inputs_.job.planned = {every, law(planned.takes)};
    if (inputs_.job.planned.takes.mean < every) return;
    fault(at, "a planned stop is no shorter than the time between them", "check the unit");
}

void InputReader::read_causes() {
    auto causes = goodput_causes(text_, {inputs_.chips, blasts_}, catalog_);
    if (!causes) {
        append(faults_, std::move(causes.error()));
        return;
    }
    inputs_.job.causes = std::move(causes->causes);
    inputs_.job.lemons = causes->lemons;
    const MeasuredFleet* fleet = causes->fleet;
    inputs_.notes = radius_notes(text_, blasts_, fleet);
    read_planned(fleet);
    if (fleet == nullptr || !causes->own_rate || !fleet->low.known()) return;
    inputs_.band = RateBand{fleet->low.value, fleet->high.value};
}

/// What decides the answer has no value of its own: how long a restart takes and what a checkpoint
/// costs, where the policy has them.
void InputReader::check_said() {
    const RecoveryPolicy policy = inputs_.job.policy;
    const GoodputRecoveryText& r = text_.recovery;
    const bool any =
        r.restart.given || r.detect.given || r.decide.given || r.evict.given || r.warm_up.given;
    const bool restarts = policy == RecoveryPolicy::restart ||
                          policy == RecoveryPolicy::hot_update ||
                          (policy == RecoveryPolicy::standby && inputs_.job.pool);
    if (restarts && !any) {
        fault(missing("--restart"), "nothing says how long a restart takes",
              "restart = \"10 min\", from the failure until the job works again");
    }
    const GoodputCheckpointText& c = text_.checkpoint;
    const bool costs = c.cost.given || c.writing.given || c.size.given || !text_.levels.empty();
    if (policy != RecoveryPolicy::replica_drop && !costs) {
        fault(missing("--checkpoint-cost"), "nothing says what a checkpoint costs",
              "cost = \"10 s\" that the job waits for one");
    }
    for (const GoodputLevelText& level : text_.levels) {
        if (level.cost.given || level.writing.given) continue;
        fault(level.at, "nothing says what a checkpoint of this level costs",
              "give cost, that the job waits for it, or writing, beside the job");
    }
}

/// "auto", "simulated" or a time.
void InputReader::choose_period() {
    const Written<std::string>& written = text_.checkpoint.period;
    CheckpointScheme& scheme = inputs_.job.checkpoints;
    scheme.period = least_period;
    if (written.given && written.value != "auto" && written.value != "simulated") {
        inputs_.choice = PeriodChoice::given;
        std::string why;
        const auto period = parse_as<Seconds::dimension>(written.value, why);
        if (period && *period >= least_period) {
            scheme.period = *period;
        } else {
            fault(written.at, period ? "the period is shorter than a second" : why,
                  "auto, simulated, or a time such as \"5 min\"");
        }
        return;
    }
    if (written.given && written.value == "simulated") inputs_.choice = PeriodChoice::simulated;
}

/// A level cannot begin its next checkpoint before the last one is whole.
void InputReader::check_levels() {
    for (const CheckpointLevel& level : inputs_.job.checkpoints.levels) {
        const Seconds gap = static_cast<double>(level.every) * inputs_.job.checkpoints.period;
        if (level.writing <= gap) continue;
        if (inputs_.choice != PeriodChoice::given) {
            inputs_.job.checkpoints.period = level.writing / static_cast<double>(level.every);
            continue;
        }
        fault(text_.checkpoint.period.at,
              fmt::format("a checkpoint is written for {}, longer than the {} until the next",
                          to_text(level.writing), to_text(gap)),
              "raise the period, or the bandwidth");
    }
    // only the last level is asked when all else is lost
    if (inputs_.job.checkpoints.levels.back().survives < inputs_.job.servers) {
        fault(text_.levels.back().survives.at, "the last [[level]] does not survive all failures",
              "put the safest level last, with survives = \"site\"");
    }
}

void InputReader::check_events() {
    const FleetJob& job = inputs_.job;
    double rate = 0;
    for (const FailureCause& cause : job.causes) {
        rate += cause.rate.si() * static_cast<double>(std::max<std::int64_t>(1, cause.servers));
    }
    const Seconds cycle = job.checkpoints.period;
    double events = rate * job.horizon.si();
    if (job.checkpoints.levels.size() > 1) events += job.horizon / cycle / 10;
    if (job.planned.every > Seconds{}) events += job.horizon / job.planned.every;
    events *= static_cast<double>(inputs_.replications);
    if (events <= most_run_events) return;
    if (!std::isfinite(events)) events = most_run_events * 1e9;
    fault(whole(), fmt::format("{:.3g} failures and stops are too many to simulate", events),
          fmt::format("fewer days or replications: at most {:.3g} all together", most_run_events));
}

Result<GoodputInputs> InputReader::read() {
    inputs_.name = text_.name.value;
    const GoodputRunText& run = text_.run;
    if (run.replications.given) inputs_.replications = run.replications.value;
    if (run.seed.given) inputs_.seed = static_cast<std::uint64_t>(run.seed.value);
    inputs_.until_width = run.until_width.value;
    read_job();
    read_recovery();
    read_checkpoints();
    read_spares();
    check_said();
    check_lengths();
    read_causes();
    choose_period();
    if (!faults_.empty()) return failure(in_order(std::move(faults_)));
    if (inputs_.choice != PeriodChoice::given) {
        inputs_.job.checkpoints.period = closed_best_period(inputs_.job);
    }
    check_levels();
    check_events();
    append_notes(text_, inputs_);
    if (!faults_.empty()) return failure(in_order(std::move(faults_)));
    return std::move(inputs_);
}

}  // namespace

/// A number out of its range counts as not given from here on.
Result<GoodputInputs> goodput_inputs(const GoodputText& written, const Catalog& catalog) {
    GoodputText text = written;
    for_each_section(text, [&](const char*, auto& section) { check_ranges(section, text.faults); });
    return InputReader(text, catalog).read();
}

}  // namespace millwright
