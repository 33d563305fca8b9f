// One replication: a job on a fleet, from event to event. Between events time passes in closed
// form: periods of work with their checkpoints are counted, not walked. A failure takes a few
// draws, so that a year with 20,000 of them takes milliseconds.
#pragma once

#include <vector>

#include "millwright/reliability/failure_clocks.h"
#include "millwright/reliability/fleet_job.h"
#include "millwright/reliability/progress.h"
#include "millwright/reliability/run_random.h"
#include "millwright/reliability/run_tally.h"
#include "millwright/reliability/server_fleet.h"
#include "millwright/sim/events.h"

namespace millwright {

/// Runs one replication of the job. The same bits for the same seed and replication.
/// The horizon and the period are more than zero, and there is a level of checkpoints.
RunTally run_job(const FleetJob& job, std::uint64_t seed, std::uint64_t replication);

/// What happens at a known time.
enum class RunEventKind : std::uint8_t {
    repaired,
    delivered,
    refill,
    rejoin,
    slow_ends,
    found,
    planned_stop
};

/// An event with what it is about.
struct RunEvent {
    RunEventKind kind = RunEventKind::repaired;
    ServerClass server;     // repaired
    std::uint64_t one = 0;  // slow_ends, found: which episode
    std::size_t cause = 0;
};

/// A stretch of a recovery. One that needs servers does not begin before they are there.
struct RecoveryPhase {
    Badput badput = Badput::infrastructure_recovery;
    Seconds left;
    bool needs_servers = false;
};

/// The last two checkpoints of a level: the later one may not be whole yet.
struct LevelState {
    Seconds saved_at, work, work_before;
};

/// A slow-down, or wrong numbers that nobody has seen yet.
struct RunEpisode {
    std::uint64_t one = 0;
    std::size_t cause = 0;
    Seconds began, clean;  // silent: work when it began, and of the last checkpoint before it
};

/// A part of the speed that is lost.
struct SpeedLoss {
    std::size_t account = 0;
    Badput badput = Badput::other;
    double share = 0;
};

/// The state of a replication; `run_job` makes one and runs it.
class JobRun {
public:
    JobRun(const FleetJob& job, std::uint64_t seed, std::uint64_t replication);
    RunTally run();

private:
    // time that passes (job_run.cpp)
    void advance(Seconds to);
    void pass_phase(Seconds to);
    void go_on();
    void work(Seconds to);
    bool work_many(Seconds to);
    void save(Seconds to);
    void begin_save();
    void end_save();
    void book_work(Seconds time);
    void book(std::size_t account, Badput badput, Seconds time);
    void set_speed();
    void lose_speed(double share, std::size_t account, Badput badput);
    std::size_t account(RunAccount which) const;

    // what happens (job_events.cpp)
    void strike(std::size_t cause);
    void happen(const RunEvent& event);
    void begin_slow(std::size_t cause);
    void begin_silent(std::size_t cause);
    void find_silent(std::uint64_t one);
    void stop_as_planned();
    void interrupt(std::size_t cause);
    bool goes_on_smaller() const;
    void drop_replicas(std::size_t cause);
    void take_out_servers(std::size_t cause);
    void send_to_repair(ServerClass server);
    void supply();
    void rejoin_later(std::size_t cause);
    void rejoin(std::size_t cause);
    void set_exposure();
    bool is_blocked() const;

    // the way back (job_recovery.cpp)
    void recover(std::size_t cause, bool rewinds, bool quick, const TimeLaw& load);
    void add_phase(const TimeLaw& law, Badput badput, Draw& draw);
    std::size_t surviving_level(std::int64_t servers) const;
    Seconds whole_work(const LevelState& state, const CheckpointLevel& level) const;
    void rewind_to(Seconds work, std::size_t cause);

    const FleetJob& job_;
    RunRandom random_;
    FailureClocks clocks_;
    ServerFleet fleet_;
    EventQueue<RunEvent> events_;
    RunTally tally_;
    ProgressSampler progress_;

    Seconds now_, work_;  // work at full speed that would outlive a failure, if saved
    Seconds period_left_, saving_left_;  // until the next checkpoint; of the one that is written
    bool saving_ = false, rewound_ = false;
    std::uint64_t checkpoints_ = 0;
    std::vector<LevelState> levels_;

    std::vector<RecoveryPhase> phases_;
    std::size_t at_phase_ = 0, blamed_ = 0;  // who is blamed for the phases

    std::int64_t missing_ = 0;              // servers that the job or a replica waits for
    std::vector<std::size_t> out_;          // causes by which replicas are out
    std::vector<std::size_t> want_server_;  // of those, which wait for servers
    bool standby_came_ = false;             // all servers of the last failure were standbys
    std::vector<RunEpisode> slow_, silent_;
    std::uint64_t episodes_ = 0;
    double speed_ = 1, imbalance_ = 1;  // a step takes so many times as long
    std::vector<SpeedLoss> losses_;
};

}  // namespace millwright
