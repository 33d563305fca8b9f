// One replication of many jobs on one cluster, event by event. For cluster.cpp, which checks what
// it is given.
#pragma once

#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "millwright/reliability/cluster.h"
#include "millwright/reliability/forecast.h"
#include "millwright/reliability/job_lines.h"
#include "millwright/reliability/run_random.h"
#include "millwright/sim/events.h"

namespace millwright {

/// What comes. `number`: a job, or a server.
struct ClusterEvent {
    enum class Kind : std::uint8_t {
        leaves,   // a job is done, or has saved what it had
        ripens,   // a job has run for as long as it is protected
        fails,    // a server
        mended,   // likewise
        accounts  // the window ends
    };
    Kind kind = Kind::leaves;
    std::uint32_t number = 0;
    std::uint32_t start = 0;  // of the job, by its count: what is of an earlier one is void
};

class JobScheduler {
public:
    JobScheduler(const ClusterLoad& load, std::uint64_t seed, std::uint64_t replication);

    ClusterTally run();

private:
    enum class Phase : std::uint8_t { away, waits, runs, saves, done };
    /// Of one job.
    struct State {
        Seconds done;    // work that is kept
        Seconds since;   // it stands in line, or runs
        Seconds until;   // it gives its chips back, if nothing comes between
        Seconds worked;  // since it started, of one that saves
        std::vector<std::uint32_t> servers;
        ServerNeed need;
        std::uint32_t starts = 0;
        Phase phase = Phase::away;
    };
    /// What a run of a job from its start is made of.
    struct Run {
        Seconds restart, work, overhead;
    };

    // job_scheduler.cpp: what happens
    void happen(const ClusterEvent& event);
    void wind_failures();
    void join(std::uint32_t job);
    void leave(std::uint32_t job);
    void fail_one();
    void kill(std::uint32_t job);
    void give_back(std::uint32_t job);
    void pass_time(Seconds now);
    void close_books();
    void book(ChipUse use, Seconds chip_time);
    void book_run(std::uint32_t job, const Run& run, Seconds lost);
    void end_all();

    // job_starts.cpp: who starts
    void start_jobs();
    void start(std::uint32_t job, Promised promised);
    bool start_first();
    void promise_first();
    bool stop_others();
    std::optional<std::vector<std::uint32_t>> jobs_to_stop(std::uint32_t first);
    void stop(std::uint32_t job);
    void backfill();
    void withdraw();
    bool release_in_forecast(std::uint32_t number);
    ChipUse use_of_free() const;

    // a run of a job: how long, and what came of it
    Seconds left(std::uint32_t job) const { return load_.jobs[job].work - state_[job].done; }
    Seconds restart_of(std::uint32_t job) const;
    Seconds takes(std::uint32_t job) const;
    Seconds period_of(std::uint32_t job) const;
    double speed_of(std::uint32_t job) const;
    Run run_until(std::uint32_t job, Seconds now) const;
    Seconds kept_of(std::uint32_t job, Seconds worked) const;

    const ClusterLoad& load_;
    RunRandom random_;
    FreeServers free_;
    JobLines lines_;
    Forecast forecast_;
    EventQueue<ClusterEvent> events_;
    std::vector<State> state_;
    std::vector<std::vector<std::uint32_t>> jobs_on_;  // of each server
    ClusterTally tally_;
    Seconds now_;
    std::size_t arrived_ = 0, ended_ = 0;
    bool books_open_ = true;
    ChipUse free_use_ = ChipUse::none_waiting;

    /// Jobs that hold chips and servers that are away (numbered behind the jobs), by the time at
    /// which they give them back.
    std::set<std::pair<Seconds, std::uint32_t>> by_end_;
    /// Jobs that run, in the order in which they are stopped for others: priority, start back in
    /// time, job.
    std::set<std::tuple<std::int32_t, Seconds, std::uint32_t>> to_stop_;
    std::map<std::int32_t, std::int64_t> chips_by_priority_;  // of jobs that run
    std::set<std::uint32_t> saving_;

    // the promise to the first in line; `by_stops_`: others were stopped for it
    static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t promised_to_ = nobody;
    Seconds promised_at_;
    bool by_stops_ = false;
};

}  // namespace millwright
