// millwright jobs: many jobs on one cluster that fails.
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "millwright/api/jobs.h"
#include "millwright/base/faults.h"
#include "millwright/base/units.h"
#include "millwright/report/jobs_json.h"
#include "millwright/report/jobs_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

/// Options as typed.
struct JobsArguments {
    JobsQuestion question;
    std::string order = "fifo", backfill = "easy", placement = "pack";
    std::string protect, repair, restart, period, cost, out;
};

/// A time of an option; nothing where it is left out, zero where it is none.
std::optional<Seconds> time_of(const char* option, const std::string& text, Faults& faults) {
    if (text.empty()) return std::nullopt;
    std::string why;
    const auto time = parse_as<Seconds::dimension>(text, why);
    if (time && *time >= Seconds{}) return time;
    faults.push_back({{option, 0, 0},
                      time ? "a time is not less than zero" : why,
                      "a number with its unit, such as \"10 min\""});
    return Seconds{};
}

JobsQuestion question_of(const JobsArguments& a) {
    JobsQuestion q = a.question;
    Faults& faults = q.faults;
    q.rules.order = enum_named<JobOrder>(a.order).value();
    q.rules.backfill = enum_named<Backfill>(a.backfill).value();
    q.rules.placement = enum_named<ServerChoice>(a.placement).value();
    q.rules.protects = time_of("--protect", a.protect, faults).value_or(Seconds{});
    if (!a.repair.empty()) {
        auto repair = read_time_law(a.repair, {"--repair", 0, 0});
        if (repair) {
            q.repair = *repair;
        } else {
            append(faults, std::move(repair.error()));
        }
    }
    q.restart = time_of("--restart", a.restart, faults);
    q.checkpoint_cost = time_of("--checkpoint-cost", a.cost, faults);
    if (a.period != "auto") q.checkpoint_period = time_of("--checkpoint-period", a.period, faults);
    if (q.checkpoint_period && *q.checkpoint_period < 1 * unit::s && faults.empty()) {
        faults.push_back({{"--checkpoint-period", 0, 0},
                          "the period is shorter than a second",
                          "auto, or a time such as \"30 min\""});
    }
    return q;
}

/// Where the table of jobs goes: its folder, and its name there. Throws where it cannot, or where a
/// file is that is no such table.
std::pair<std::string, std::string> table_place(const std::string& path) {
    const std::filesystem::path file(path);
    if (!file.has_filename() || file.filename() == "." || file.filename() == "..") {
        throw UserFault{
            {{{"--out", 0, 0}, "'" + path + "' names no file", "give a path such as jobs.csv"}}};
    }
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    if (Faults faults = check_output(folder, {file.filename().string()}); !faults.empty()) {
        throw UserFault{std::move(faults)};
    }
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
        constexpr std::size_t limit = 2'000'000'000;
        const FileText there = read_file(path, limit);
        if (!there.ok || !there.text.starts_with("job_id,queue,priority,chips,submit_s,start_s,")) {
            throw UserFault{{{{path, 0, 0},
                              "the file is there, and is no table of jobs that this command wrote",
                              "choose another name for --out"}}};
        }
    }
    return {folder, file.filename().string()};
}

int run_jobs(const JobsArguments& a, const Common& common) {
    const JobsQuestion question = question_of(a);
    std::pair<std::string, std::string> place;
    if (!a.out.empty()) place = table_place(a.out);
    const JobsAnswer answer = value_or_throw(jobs(question, setting_of(common)));
    if (!a.out.empty()) write_or_throw(place.first, {{place.second, job_table(answer)}});
    std::cout << (common.json ? json_text(jobs_json(answer)) + "\n" : jobs_text(answer));
    return exit_done;
}

void add_cluster(CLI::App& command, JobsArguments& a) {
    JobsQuestion& q = a.question;
    constexpr std::int64_t most_chips = 10'000'000;
    const CLI::Range chips(std::int64_t{1}, most_chips);
    command.add_option("--chips", q.chips, "of the cluster")->required()->check(chips);
    command.add_option("--chips-per-server", q.chips_per_server, "8 if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1024}));
    command
        .add_option("--chips-per-domain", q.chips_per_domain,
                    "of a scale-up domain; all servers are one if left out")
        ->check(chips);
    command
        .add_option("--order", a.order,
                    "of jobs of one priority: who came first; who has the least work left; by\n"
                    "turns of queues, whichever was given the least chip time")
        ->check(CLI::IsMember(names_of<JobOrder>()));
    command
        .add_option("--backfill", a.backfill,
                    "whether others start while the first in line waits; easy, if left out:\n"
                    "where it starts no later for it")
        ->check(CLI::IsMember(names_of<Backfill>()));
    command
        .add_option("--backfill-depth", q.rules.depth,
                    "jobs behind the first that are looked at; 1000 if left out")
        ->check(CLI::Range(std::int64_t{0}, most_chips));
    command.add_flag("--preempt", q.rules.preempts,
                     "the first in line stops jobs of lower priority, which save first");
    command.add_option("--protect", a.protect,
                       "a job that runs for less than this is not stopped; 0 s if left out");
    command.add_option("--placement", a.placement, "on the fullest servers, or on the emptiest")
        ->check(CLI::IsMember(names_of<ServerChoice>()));
}

void add_failures(CLI::App& command, JobsArguments& a) {
    JobsQuestion& q = a.question;
    command
        .add_option("--fleet", q.fleet,
                    "fleet of the catalog whose rate of failures servers have; without one or a\n"
                    "rate nothing fails")
        ->type_name("FLEET");
    command
        .add_option("--rate-per-1000-nodes-day", q.rate_per_1000_nodes_day,
                    "failures of 1,000 nodes of eight chips in a day")
        ->check(between(0, 1e6));
    command.add_option("--repair", a.repair,
                       "time until a server is back, such as \"lognormal(4 h, 1)\"; 0 s if left "
                       "out");
    command.add_option("--restart", a.restart,
                       "time from the chips given until a job that was stopped works again");
    command.add_option("--checkpoint-cost", a.cost, "time that a job waits for a checkpoint");
    command.add_option("--checkpoint-period", a.period,
                       "time of work between them; auto, if left out: the best of each job");
    command.add_option("--days", q.days, "that the cluster runs for; until all jobs have ended")
        ->check(between(0.01, 36500));
    command.add_option("--replications", q.replications, "runs to simulate; 20 if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000}));
    command.add_option("--seed", q.seed, "of what is drawn; 1 if left out")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{9'000'000'000'000'000}));
    command.add_option("--out", a.out, "file for a table of each job, of the first replication")
        ->type_name("FILE");
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("jobs", "how long jobs wait for a cluster they share");
    command->footer(
        "\nA trace of jobs on servers that fail: waits by size and priority, interruptions, and\n"
        "where the time of the chips goes, those that idle because free chips are scattered among\n"
        "it. A trace is a table with columns job_id, submit_s, chips, duration_s, priority, "
        "queue,\n"
        "one_domain, or one of Helios, Acme or Philly. docs/jobs.md.\n"
        "Examples:\n"
        "  millwright jobs examples/jobs/trace.csv --chips 192\n"
        "  millwright jobs examples/jobs/trace.csv --chips 192 --preempt --protect 1h\n"
        "  millwright jobs examples/jobs/trace.csv --chips 192 --chips-per-domain 64 --fleet \\\n"
        "      llama-3 --repair 4h --restart 10min --checkpoint-cost 30s --out jobs.csv\n");
    auto a = std::make_shared<JobsArguments>();
    command->add_option("trace", a->question.trace, "table of jobs")->required()->type_name("FILE");
    add_cluster(*command, *a);
    add_failures(*command, *a);
    command->callback([a, &common, &exit_code] { exit_code = run_jobs(*a, common); });
}

const Registered registered({CommandGroup::designs, "jobs", add});

}  // namespace
}  // namespace millwright::app
