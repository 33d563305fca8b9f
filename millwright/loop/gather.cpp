// Events go in cohorts, born on one day and alike in their waits so far, through a line for each
// stage, first come first served; a cohort is split where capacity ends within it. Stages are
// gone through from the last to the first, so that what leaves one in a day enters the next on
// the day after. Fractions of capacities and means are carried on: counts stay whole.
#include "millwright/loop/gather.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/loop/loop_streams.h"

namespace millwright {
namespace {

/// Events that were born on one day and waited alike.
struct EventCohort {
    std::int64_t born = 0, entered = 0, events = 0;
    std::array<std::int64_t, first_run_stage> waited{}, worked{};
};
using Cohorts = std::vector<EventCohort>;

/// Whole numbers whose sum keeps within one of the sum of what was asked.
class WholePart {
public:
    std::int64_t take(double amount) {
        rest_ += amount;
        const double whole = std::floor(rest_);
        rest_ -= whole;
        return narrow<std::int64_t>(whole);
    }

private:
    double rest_ = 0;
};

/// Shares of counts, drawn or by their mean.
class ShareOf {
public:
    ShareOf(double share, DailyCounts counts, RandomStream stream)
        : share_(share), counts_(counts), stream_(stream) {}

    std::int64_t of(std::int64_t events) {
        if (share_ >= 1 || share_ <= 0) return share_ >= 1 ? events : 0;
        if (counts_ == DailyCounts::mean) return mean_.take(static_cast<double>(events) * share_);
        const auto n = narrow<std::uint64_t>(events);
        return narrow<std::int64_t>(stream_.at(asked_++).binomial(n, share_));
    }

private:
    double share_;
    DailyCounts counts_;
    RandomStream stream_;
    WholePart mean_;
    std::uint64_t asked_ = 0;
};

class DailyStages {
public:
    DailyStages(const DataLoop& loop, std::uint64_t seed, std::uint64_t replication)
        : loop_(loop),
          births_(stream_of(LoopDraw::births, seed, replication)),
          kept_(loop.curation.kept, loop.counts, stream_of(LoopDraw::kept, seed, replication)),
          automatic_(loop.labels.automatic, loop.counts,
                     stream_of(LoopDraw::automatic, seed, replication)) {}

    GatheredData run();

private:
    StageTally& tally(LoopStage stage) { return data_.stages[static_cast<std::size_t>(stage)]; }
    std::deque<EventCohort>& line(LoopStage stage) {
        return lines_[static_cast<std::size_t>(stage)];
    }

    void enter(LoopStage stage, const Cohorts& cohorts);
    void count_there(LoopStage stage, std::int64_t besides = 0);
    Cohorts serve(LoopStage stage, std::optional<double> capacity);
    void leave(LoopStage stage, EventCohort& cohort);
    Cohorts captured();
    void overwrite();
    Cohorts curate();
    Cohorts label(const Cohorts& arrived);
    void gather_run();
    void close_run();

    const DataLoop& loop_;
    RandomStream births_;
    ShareOf kept_, automatic_;
    WholePart mean_births_;
    std::array<WholePart, first_run_stage> capacities_;
    std::array<std::deque<EventCohort>, first_run_stage> lines_;
    std::array<std::int64_t, first_run_stage> there_{};
    GatheredData data_;
    std::int64_t day_ = 0;
};

/// In a day: more than can ever wait.
constexpr double most_served = 1e17;

bool is_late(std::int64_t day, std::int64_t days) { return 2 * day >= days; }

void DailyStages::enter(LoopStage stage, const Cohorts& cohorts) {
    StageTally& t = tally(stage);
    const bool late = is_late(day_, loop_.days) && day_ < loop_.days;
    for (EventCohort cohort : cohorts) {
        if (cohort.events == 0) continue;
        cohort.entered = day_;
        t.in += cohort.events;
        t.offered += static_cast<double>(cohort.events);
        if (late) t.late_offered += static_cast<double>(cohort.events);
        there_[static_cast<std::size_t>(stage)] += cohort.events;
        line(stage).push_back(cohort);
    }
}

/// Of a day, once all have come; `besides` are of those the ones that stand in no line.
void DailyStages::count_there(LoopStage stage, std::int64_t besides) {
    StageTally& t = tally(stage);
    const std::int64_t there = there_[static_cast<std::size_t>(stage)] + besides;
    const auto number = static_cast<double>(there);
    t.most = std::max(t.most, there);
    t.area += number;
    if (4 * day_ >= 3 * loop_.days) {
        t.fourth += number;
    } else if (is_late(day_, loop_.days)) {
        t.third += number;
    }
}

void DailyStages::leave(LoopStage stage, EventCohort& cohort) {
    const auto at = static_cast<std::size_t>(stage);
    cohort.waited[at] = day_ - cohort.entered;
    cohort.worked[at] = 1;
    StageTally& t = tally(stage);
    t.stayed += static_cast<double>(cohort.events) * static_cast<double>(day_ + 1 - cohort.entered);
}

/// The first in line, as many as there is capacity for: they leave at the day's end.
Cohorts DailyStages::serve(LoopStage stage, std::optional<double> capacity) {
    const auto at = static_cast<std::size_t>(stage);
    StageTally& t = tally(stage);
    std::int64_t room = there_[at];
    if (capacity) {
        room = capacities_[at].take(std::min(*capacity, most_served));
        t.capacity += static_cast<double>(room);
        if (is_late(day_, loop_.days)) t.late_capacity += static_cast<double>(room);
    }
    Cohorts served;
    auto& waiting = line(stage);
    while (room > 0 && !waiting.empty()) {
        EventCohort taken = waiting.front();
        taken.events = std::min(taken.events, room);
        waiting.front().events -= taken.events;
        if (waiting.front().events == 0) waiting.pop_front();
        room -= taken.events;
        there_[at] -= taken.events;
        leave(stage, taken);
        t.busy += static_cast<double>(taken.events);
        served.push_back(taken);
    }
    return served;
}

Cohorts DailyStages::captured() {
    const double mean = events_on(loop_.fleet, day_);
    const std::int64_t events =
        loop_.counts == DailyCounts::mean
            ? mean_births_.take(mean)
            : narrow<std::int64_t>(births_.at(narrow<std::uint64_t>(day_)).poisson(mean));
    data_.triggered += events;
    data_.vehicle_days += vehicles_on(loop_.fleet, day_);
    return {EventCohort{.born = day_, .events = events}};
}

/// In the morning, whatever has waited on board for too long.
void DailyStages::overwrite() {
    auto& waiting = line(LoopStage::upload);
    StageTally& t = tally(LoopStage::upload);
    while (!waiting.empty() && day_ - waiting.front().entered > loop_.fleet.keep_days) {
        const EventCohort& old = waiting.front();
        t.dropped += old.events;
        t.stayed += static_cast<double>(old.events) * static_cast<double>(day_ - old.entered);
        there_[static_cast<std::size_t>(LoopStage::upload)] -= old.events;
        waiting.pop_front();
    }
}

Cohorts DailyStages::curate() {
    Cohorts kept = serve(LoopStage::curation, loop_.curation.a_day);
    StageTally& t = tally(LoopStage::curation);
    for (EventCohort& cohort : kept) {
        const std::int64_t stays = kept_.of(cohort.events);
        t.out += stays;
        t.dropped += cohort.events - stays;
        cohort.events = stays;
    }
    return kept;
}

/// Those that no person sees are done on the day on which they come.
Cohorts DailyStages::label(const Cohorts& arrived) {
    StageTally& t = tally(LoopStage::labels);
    Cohorts done, by_people;
    std::int64_t automatic = 0;
    for (EventCohort cohort : arrived) {
        EventCohort own = cohort;
        own.events = automatic_.of(cohort.events);
        cohort.events -= own.events;
        by_people.push_back(cohort);
        if (own.events == 0) continue;
        own.entered = day_;
        leave(LoopStage::labels, own);
        automatic += own.events;
        done.push_back(own);
    }
    t.in += automatic;
    data_.automatic += automatic;
    enter(LoopStage::labels, by_people);
    count_there(LoopStage::labels, automatic);
    const Cohorts labelled = serve(LoopStage::labels, loop_.labels.a_day);
    done.insert(done.end(), labelled.begin(), labelled.end());
    for (const EventCohort& cohort : done) t.out += cohort.events;
    return done;
}

void DailyStages::close_run() {
    constexpr auto at = static_cast<std::size_t>(LoopStage::gathering);
    GatheredRun run{.ready = day_, .events = there_[at]};
    std::map<std::int64_t, std::int64_t> births;
    StageTally& t = tally(LoopStage::gathering);
    for (EventCohort& cohort : line(LoopStage::gathering)) {
        const auto events = static_cast<double>(cohort.events);
        cohort.waited[at] = day_ - cohort.entered;
        t.stayed += events * static_cast<double>(cohort.waited[at]);
        for (std::size_t i = 0; i < first_run_stage; ++i) {
            run.waited[i] += events * static_cast<double>(cohort.waited[i]);
            run.worked[i] += events * static_cast<double>(cohort.worked[i]);
        }
        births[cohort.born] += cohort.events;
    }
    for (const auto& [born, events] : births) run.births.push_back({born, events});
    t.out += run.events;
    there_[at] = 0;
    line(LoopStage::gathering).clear();
    data_.runs.push_back(std::move(run));
}

/// In the morning, with all that was labelled by then.
void DailyStages::gather_run() {
    const std::int64_t ready = there_[static_cast<std::size_t>(LoopStage::gathering)];
    const LoopTraining& training = loop_.training;
    const bool due =
        training.threshold ? ready >= *training.threshold : day_ % training.every.value_or(1) == 0;
    if (ready > 0 && due) close_run();
}

GatheredData DailyStages::run() {
    require(loop_.training.threshold || loop_.training.every, "something says when a run begins");
    Cohorts uploaded, curated, labelled;
    for (; day_ < loop_.days; ++day_) {
        enter(LoopStage::gathering, labelled);
        gather_run();
        count_there(LoopStage::gathering);
        labelled = label(curated);
        enter(LoopStage::curation, uploaded);
        count_there(LoopStage::curation);
        curated = curate();
        overwrite();
        enter(LoopStage::upload, captured());
        count_there(LoopStage::upload);
        uploaded = serve(LoopStage::upload, uploads_on(loop_.fleet, day_));
        for (const EventCohort& cohort : uploaded) tally(LoopStage::upload).out += cohort.events;
    }
    enter(LoopStage::curation, uploaded);
    enter(LoopStage::labels, curated);
    enter(LoopStage::gathering, labelled);
    gather_run();
    for (std::size_t i = 0; i < first_run_stage; ++i) {
        StageTally& t = data_.stages[i];
        t.left = there_[i];
        for (const EventCohort& cohort : lines_[i]) {
            t.staying += static_cast<double>(cohort.events) *
                         static_cast<double>(loop_.days - cohort.entered);
        }
    }
    return std::move(data_);
}

}  // namespace

GatheredData gather(const DataLoop& loop, std::uint64_t seed, std::uint64_t replication) {
    return DailyStages(loop, seed, replication).run();
}

}  // namespace millwright
