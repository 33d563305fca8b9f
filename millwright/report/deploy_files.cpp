// Scripts are of plain sh and stop at the first failure; what only the site knows (ranks,
// addresses) comes in variables, without which they end with what is missing. `deploy_file_names`
// has every name that can be, by which files of an earlier answer are told: a new file is added
// there too.
#include "millwright/report/deploy_files.h"

#include <iterator>

#include <fmt/format.h>

#include "millwright/base/units.h"

namespace millwright {
namespace {

std::string expected(const LatencyCounts& waits, const Interval& band) {
    const Seconds time = waits.quantile(0.99);
    return fmt::format("{} ({} to {})", to_text(time), to_text(band.low * time),
                       to_text(band.high * time));
}

/// A replica on several servers has a branch for the rank of each.
std::string launch_script(const ReplicaLaunch& launch) {
    const std::string head = "#!/bin/sh\n";
    if (launch.commands.size() == 1) {
        return head + "set -e\n" + launch.command + "\n";
    }
    const std::size_t last = launch.commands.size() - 1;
    std::string text = head;
    text += fmt::format(
        "# One replica on {} servers. Run this on each with NODE_RANK, 0 on the first, which "
        "takes\n"
        "# the requests, to {} on the last, and HEAD_ADDRESS, at which the others reach the "
        "first.\n"
        "set -e\n"
        ": \"${{HEAD_ADDRESS:?address of the first server}}\"\n"
        "case \"${{NODE_RANK:?number of this server, 0 to {}}}\" in\n",
        launch.commands.size(), last, last);
    for (std::size_t rank = 0; rank <= last; ++rank) {
        text += fmt::format("{})\n    {}\n    ;;\n", rank, launch.commands[rank]);
    }
    return text +
           fmt::format("*)\n    echo \"NODE_RANK is 0 to {}\" >&2\n    exit 2\n    ;;\nesac\n",
                       last);
}

/// What takes requests in front of both pools, told where these are.
std::string door_script(std::string command) {
    for (const auto& [mark, variable] :
         {std::pair{"{prompts}", "\"$PROMPTS\""}, std::pair{"{answers}", "\"$ANSWERS\""}}) {
        const std::size_t at = command.find(mark);
        if (at != std::string::npos) command.replace(at, std::string(mark).size(), variable);
    }
    return "#!/bin/sh\n"
           "# In front of both pools. PROMPTS and ANSWERS are addresses, such as http://host:8000; "
           "for\n"
           "# further replicas the option of each is given again.\n"
           "set -e\n"
           ": \"${PROMPTS:?address of a replica of prompts}\"\n"
           ": \"${ANSWERS:?address of a replica of answers}\"\n" +
           command + "\n";
}

/// The first tool, or the one that the argument names.
std::string benchmark_script(const DeployAnswer& answer) {
    const std::vector<BenchmarkText>& all = answer.launch.benchmarks;
    std::string names, cases;
    for (const BenchmarkText& b : all) {
        const std::string name = b.tool.substr(0, b.tool.find(' '));
        names += (names.empty() ? "" : "|") + name;
        cases += fmt::format("{})\n    # {}\n", name, b.documented);
        if (!b.differs.empty())
            cases += fmt::format("    # differs from what was asked: {}\n", b.differs);
        cases += fmt::format("    {}\n    ;;\n", b.command);
    }
    const std::string first = all.front().tool.substr(0, all.front().tool.find(' '));
    return fmt::format(
        "#!/bin/sh\n"
        "# benchmark.sh [{}], against one door of all replicas on port 8000.\n"
        "# {}\n"
        "set -e\n"
        "case \"${{1:-{}}}\" in\n{}*)\n    echo \"tools: {}\" >&2\n    exit 2\n    ;;\nesac\n",
        names, expected_text(answer), first, cases, names);
}

}  // namespace

std::string expected_text(const DeployAnswer& a) {
    const ServeOutcome& o = a.best.front().served.outcome;
    return fmt::format(
        "expected p99, with the band of four measurements in five: first token {}, others {}",
        expected(o.first_token, a.first_token), expected(o.per_token, a.per_token));
}

std::vector<std::pair<std::string, std::string>> deploy_files(const DeployAnswer& answer) {
    std::vector<std::pair<std::string, std::string>> files;
    if (!answer.feasible()) return files;
    const LaunchText& launch = answer.launch;
    if (!launch.command.empty()) files.emplace_back("launch.sh", launch_script(launch));
    if (!launch.benchmarks.empty()) files.emplace_back("benchmark.sh", benchmark_script(answer));
    if (!launch.answers.command.empty()) {
        files.emplace_back("launch-answers.sh", launch_script(launch.answers));
        if (!launch.door.empty()) files.emplace_back("door.sh", door_script(launch.door));
    }
    for (const ReplicaLaunch* one : {static_cast<const ReplicaLaunch*>(&launch), &launch.answers}) {
        std::string options;
        for (const std::string& line : one->options) options += line + "\n";
        if (!options.empty()) files.emplace_back(one->options_path, options);
    }
    for (const Manifest& manifest : launch.manifests) {
        files.emplace_back(manifest.name, manifest.text);
    }
    return files;
}

std::vector<std::string> deploy_file_names() {
    std::vector<std::string> names{"launch.sh",    "launch-answers.sh", "door.sh",
                                   "benchmark.sh", "options.yaml",      "options-answers.yaml"};
    names.insert(names.end(), std::begin(manifest_names), std::end(manifest_names));
    return names;
}

}  // namespace millwright
