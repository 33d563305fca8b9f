// The trace is read even where options are at fault, so that all is told at once. Without days the
// window ends with the last arrival, as chips that stand idle while the last jobs end would not
// say what the cluster does; jobs that come all but at once have no such window. A run has an end
// even if failures keep jobs from ever ending.
#include "millwright/api/jobs.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/api/goodput_causes.h"
#include "millwright/api/goodput_inputs.h"
#include "millwright/api/look_up.h"
#include "millwright/base/csv.h"
#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/intake/job_trace.h"

namespace millwright {
namespace {

/// Reads a question into a load, with all its faults.
class LoadReader {
public:
    LoadReader(const JobsQuestion& question, const Catalog& catalog)
        : q_(question), catalog_(catalog), faults_(question.faults) {}

    Result<JobsAnswer> read();

private:
    void fault(const char* option, std::string message, std::string_view hint) {
        faults_.push_back({{option, 0, 0}, std::move(message), std::string(hint)});
    }
    void note(std::string what) { answer_.notes.push_back(std::move(what)); }

    void read_cluster();
    void read_rate();
    void read_failures();
    void take_jobs(JobTrace trace);
    void set_times();
    void check_events();

    const JobsQuestion& q_;
    const Catalog& catalog_;
    JobsAnswer answer_;
    Faults faults_;
};

void LoadReader::read_cluster() {
    JobCluster& cluster = answer_.load.cluster;
    cluster.chips_per_server = q_.chips_per_server;
    const std::int64_t domain = q_.chips_per_domain.value_or(q_.chips);
    if (q_.chips <= 0 || q_.chips % q_.chips_per_server != 0) {
        fault("--chips",
              fmt::format("{} are no whole servers of {}", counted(q_.chips, "chip"),
                          q_.chips_per_server),
              "give a multiple of --chips-per-server");
    }
    if (q_.chips_per_domain && domain % q_.chips_per_server != 0) {
        fault("--chips-per-domain",
              fmt::format("a scale-up domain of {} is no whole servers of {}",
                          counted(domain, "chip"), q_.chips_per_server),
              "give a multiple of --chips-per-server");
    }
    cluster.servers = q_.chips / q_.chips_per_server;
    cluster.servers_per_domain = std::max<std::int64_t>(1, domain / q_.chips_per_server);
    answer_.load.rules = q_.rules;
    if (q_.rules.protects > Seconds{} && !q_.rules.preempts) {
        fault("--protect", "nobody is stopped for others", "give --preempt too, or leave it out");
    }
}

/// Failures of 1,000 nodes of eight chips in a day.
void LoadReader::read_rate() {
    double& rate = answer_.rate_per_1000_nodes_day;
    if (!q_.fleet.empty()) {
        const auto* fleet = look_up<MeasuredFleet>(catalog_, q_.fleet, "--fleet", faults_);
        if (fleet == nullptr) return;
        rate = fleet->rate.value;
        if (fleet->low.known()) {
            note(
                fmt::format("{} is a band of {:.3g} to {:.3g} failures of 1,000 nodes a day, of "
                            "which {:.3g} stand here",
                            fleet->name, fleet->low.value, fleet->high.value, rate));
        }
    }
    if (!q_.rate_per_1000_nodes_day) return;
    rate = *q_.rate_per_1000_nodes_day;
    if (q_.fleet.empty()) return;
    fault("--fleet", "how often servers fail is said twice",
          "give --fleet or --rate-per-1000-nodes-day");
}

void LoadReader::read_failures() {
    read_rate();
    const double rate = answer_.rate_per_1000_nodes_day;
    ClusterFailures& failures = answer_.load.failures;
    failures = {.rate = rate_of_nodes(rate, static_cast<double>(q_.chips_per_server)),
                .repair = q_.repair,
                .restart = q_.restart.value_or(Seconds{}),
                .period = q_.checkpoint_period,
                .cost = q_.checkpoint_cost.value_or(Seconds{})};
    const bool fails = rate > 0 || !q_.fleet.empty();
    if (fails && !q_.restart) {
        fault("--restart", "nothing says how long a restart takes",
              "--restart \"10 min\", from the chips given until the job works again");
    }
    if ((fails || q_.checkpoint_period) && !q_.checkpoint_cost) {
        fault("--checkpoint-cost", "nothing says what a checkpoint costs",
              "--checkpoint-cost 10s that a job waits for one");
    }
    if (rate == 0) {
        note("nothing fails, as no rate of failures is given");
        if (!q_.repair.is_zero()) note("repair changes nothing, as nothing fails");
        const bool saves = q_.rules.preempts || q_.checkpoint_period;
        if (!saves && (q_.restart || q_.checkpoint_cost)) {
            note("restart and checkpoint cost change nothing, as nothing stops a job");
        }
    }
    if (rate > 0 && q_.repair.is_zero()) note("a server is back at once, as no repair is given");
    if (rate > 0 && !q_.checkpoint_period) {
        note("each job has its best period between checkpoints, as none is given");
    }
    if (rate == 0 && q_.rules.preempts && !(q_.restart && q_.checkpoint_cost)) {
        note("a job that is stopped saves or starts again in no time, where none is given");
    }
}

/// Those that fit the cluster and its days.
void LoadReader::take_jobs(JobTrace trace) {
    answer_.format = trace.format;
    answer_.queues = std::move(trace.queues);
    answer_.notes.insert(answer_.notes.end(), trace.notes.begin(), trace.notes.end());
    std::int64_t too_large = 0, too_late = 0;
    bool domains_bind = false;
    for (TracedJob& job : trace.jobs) {
        const ClusterJob asked{.arrival = job.submitted,
                               .chips = job.chips,
                               .work = job.duration,
                               .priority = job.priority,
                               .queue = job.queue,
                               .one_domain = job.one_domain};
        domains_bind = domains_bind || (job.one_domain && job.chips > q_.chips_per_server);
        if (q_.days && asked.arrival >= *q_.days * unit::day) {
            ++too_late;
        } else if (!fits_cluster(answer_.load.cluster, asked)) {
            ++too_large;
        } else {
            answer_.load.jobs.push_back(asked);
            answer_.names.push_back(std::move(job.name));
        }
    }
    answer_.left_out = too_large + too_late;
    if (too_large > 0) note(counted(too_large, "job") + " too large for the cluster left out");
    if (too_late > 0) note(counted(too_late, "job") + " submitted after its days left out");
    if (domains_bind && !q_.chips_per_domain) {
        note("all servers are one scale-up domain, as no --chips-per-domain is given");
    }
    if (answer_.load.jobs.empty()) {
        fault("--chips", "no job of the trace fits the cluster",
              domains_bind ? "raise the chips, or --chips-per-domain" : "raise the chips");
    }
}

/// The window, and when the run ends at the latest.
void LoadReader::set_times() {
    ClusterLoad& load = answer_.load;
    if (load.jobs.empty()) return;
    if (q_.days) {
        load.window = *q_.days * unit::day;
        load.until = load.window;
        return;
    }
    const Seconds last = load.jobs.back().arrival;
    Seconds longest, chip_time;
    for (const ClusterJob& job : load.jobs) {
        longest = max(longest, job.work);
        chip_time += real(job.chips) * job.work;
    }
    // of jobs that come all but at once: zero, which is until they end
    load.window = last < 0.01 * longest ? Seconds{} : last;
    load.until = 10 * (last + chip_time / real(q_.chips) + longest);
}

void LoadReader::check_events() {
    const ClusterLoad& load = answer_.load;
    const double servers = real(load.cluster.servers);
    const double events = load.failures.rate * load.until * servers * real(q_.replications);
    if (events <= most_run_events) return;
    fault(q_.fleet.empty() ? "--rate-per-1000-nodes-day" : "--fleet",
          fmt::format("{:.3g} failures are too many to simulate", events),
          fmt::format("fewer days or replications: at most {:.3g} all together", most_run_events));
}

Result<JobsAnswer> LoadReader::read() {
    read_cluster();
    read_failures();
    auto trace = read_job_trace(q_.trace);
    if (!trace) append(faults_, std::move(trace.error()));
    if (!faults_.empty()) return failure(std::move(faults_));
    take_jobs(std::move(*trace));
    set_times();
    if (faults_.empty()) check_events();
    if (!faults_.empty()) return failure(std::move(faults_));
    return std::move(answer_);
}

}  // namespace

Result<JobsAnswer> jobs(const JobsQuestion& question, const Setting& setting) {
    auto answer = LoadReader(question, setting.catalog).read();
    if (!answer) return answer;
    ReplicationPlan plan{
        .replications = question.replications, .seed = question.seed, .threads = setting.threads};
    if (setting.progress) {
        plan.progress = [&setting](double share) { setting.progress("simulating", share); };
    }
    answer->figures = simulate_cluster(answer->load, plan);
    if (setting.progress) setting.progress("", 1);
    const auto unfinished = answer->figures.all.unfinished;
    if (unfinished > 0) {
        answer->notes.push_back(
            fmt::format("{:.4g} jobs had not ended when the run did, after {:.4g} days", unfinished,
                        answer->figures.end.in(unit::day)));
    }
    return answer;
}

std::string job_table(const JobsAnswer& answer) {
    std::string text =
        csv_line({"job_id", "queue", "priority", "chips", "submit_s", "start_s", "end_s", "wait_s",
                  "queued_s", "useful_s", "lost_s", "interruptions", "preemptions", "ended"});
    const auto seconds = [](Seconds time) { return fmt::format("{:.15g}", time.si()); };
    for (std::size_t i = 0; i < answer.names.size(); ++i) {
        const ClusterJob& job = answer.load.jobs[i];
        const JobFate& fate = answer.figures.fates[i];
        text +=
            csv_line({answer.names[i], answer.queues[job.queue], std::to_string(job.priority),
                      std::to_string(job.chips), seconds(job.arrival),
                      fate.started ? seconds(fate.start) : "", fate.ended ? seconds(fate.end) : "",
                      seconds(fate.start - job.arrival), seconds(fate.queued), seconds(fate.useful),
                      seconds(fate.lost), std::to_string(fate.interruptions),
                      std::to_string(fate.preemptions), fate.ended ? "yes" : "no"});
    }
    return text;
}

}  // namespace millwright
