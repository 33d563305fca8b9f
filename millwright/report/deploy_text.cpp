// Only the first `top` deployments have rows, and of those that lost for one reason on one server
// one example is told; JSON has all. Columns of server and weights are there where there are
// several. Commands are broken so that a shell takes them back as they were.
#include "millwright/report/deploy_text.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/report/deploy_files.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

std::string p99(const LatencyCounts& waits) { return to_text(waits.quantile(0.99)); }

std::string promised(const DeployAnswer& a) {
    const ServicePromise& p = a.asked.promise;
    std::string text;
    if (p.first_token > Seconds{}) text += to_text(p.first_token) + " to the first token";
    if (p.first_token > Seconds{} && p.per_token > Seconds{}) text += " and ";
    if (p.per_token > Seconds{}) text += to_text(p.per_token) + " for each that follows";
    return text;
}

std::string sentence(const DeployAnswer& a) {
    const std::string range =
        fmt::format("{} to {} chips", a.asked.least_chips, a.asked.most_chips);
    if (a.best.empty()) {
        std::string text = fmt::format("No deployment of {} on {} can do it", a.asked.model, range);
        if (a.lost.empty()) return text + ".";
        const LostDeployment& last = a.lost.back();
        return text + fmt::format("; {} on {}: {}.", last.text, last.server, last.why);
    }
    const Deployment& d = a.best.front();
    const ServeOutcome& o = d.served.outcome;
    if (!d.meets) {
        return fmt::format(
            "No deployment of {} on {} keeps {} (p99). The nearest, {} on {}, {}.", a.asked.model,
            range, promised(a), d.text, d.server,
            o.saturated ? "cannot keep up"
                        : fmt::format("takes {} and {}", p99(o.first_token), p99(o.per_token)));
    }
    if (a.asked.most) {
        return fmt::format(
            "{} of {} keep {:.4g} requests/s, as {}: {} to the first token and {} for others "
            "(p99), "
            "where {} are promised; {:.4g} $ per million output tokens, {} a year.",
            counted(std::llround(d.chips()), "chip"), d.server, d.rate.si(), d.text,
            p99(o.first_token), p99(o.per_token), promised(a), d.served.prices.output.in(unit::USD),
            to_text(d.yearly));
    }
    return fmt::format(
        "{} of {} do, as {}: {} to the first token and {} for others (p99), where {} are promised; "
        "{:.4g} $ per million output tokens, {} a year.",
        counted(std::llround(d.chips()), "chip"), d.server, d.text, p99(o.first_token),
        p99(o.per_token), promised(a), d.served.prices.output.in(unit::USD), to_text(d.yearly));
}

std::vector<std::string> row_of(const DeployAnswer& a, std::size_t i) {
    const Deployment& d = a.best[i];
    const ServeOutcome& o = d.served.outcome;
    // "2+1": of prompts and of answers, where these have pools of their own
    const auto of_pools = [&](auto&& figure_of) {
        std::string text;
        for (const ServePool& pool : d.served.pools) {
            text += fmt::format("{}{}", text.empty() ? "" : "+", figure_of(pool.fleet));
        }
        return text;
    };
    const auto way = [&](double ServeWays::*ways) {
        return of_pools([&](const Fleet& f) { return std::llround(f.replica.ways.*ways); });
    };
    const bool front = std::ranges::find(a.front, i) != a.front.end();
    const auto figure = [](double value) { return fmt::format("{:.3g}", value); };
    return {fmt::format("{}", std::llround(d.chips())),
            of_pools([](const Fleet& f) { return f.replicas; }),
            way(&ServeWays::tensor),
            way(&ServeWays::pipeline),
            way(&ServeWays::attention_data),
            way(&ServeWays::expert),
            of_pools([](const Fleet& f) { return f.replica.engine.max_batched_tokens; }),
            p99(o.first_token),
            p99(o.per_token),
            figure(o.output_tokens_per_s() / d.chips()),
            figure(d.tokens_of_user()),
            figure(d.served.prices.output.in(unit::USD)),
            fmt::format("{:.4g}", d.rate.si()),
            front ? "*" : ""};
}

/// The server is told where there are several.
std::string best_rows(const DeployAnswer& a) {
    std::vector<std::string> header{"chips",  "x",       "TP",       "PP",       "DP",
                                    "EP",     "budget",  "TTFT p99", "TPOT p99", "a chip",
                                    "a user", "$/M out", "rate",     "front"};
    std::string alignment = "rrrrrrrrrrrrrl";
    const bool several = a.asked.servers.size() > 1;
    if (several) {
        header.insert(header.begin() + 1, "server");
        alignment.insert(1, "l");
    }
    const bool forms = a.asked.precisions.size() > 1;
    if (forms) {
        header.insert(header.begin() + 1, "weights");
        alignment.insert(1, "l");
    }
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min(a.best.size(), a.asked.top); ++i) {
        rows.push_back(row_of(a, i));
        if (forms) rows.back().insert(rows.back().begin() + 1, a.best[i].served.forms);
        if (several) rows.back().insert(rows.back().begin() + 1, a.best[i].server);
    }
    return format_table(header, rows, alignment);
}

/// What lost for one reason on one server is told once, with the first of it.
std::string lost_text(const DeployAnswer& a) {
    std::map<std::pair<std::string, std::string>, std::vector<const LostDeployment*>> alike;
    for (const LostDeployment& l : a.lost) alike[{l.server, l.reason}].push_back(&l);
    std::string text;
    for (const auto& [key, all] : alike) {
        const auto& [server, reason] = key;
        text += wrapped("lost: ",
                        fmt::format("{} on {}, {}, such as {}: {}",
                                    counted(narrow<std::int64_t>(all.size()), "layout"), server,
                                    reason, all.front()->text, all.front()->why),
                        6);
    }
    return text;
}

/// A command over lines that a shell takes as one: lines end before options, never in quotes.
std::string shell_lines(const std::string& command) {
    constexpr std::size_t end = 2;  // a blank and a backslash
    std::string text, line = " ", word;
    bool in_quotes = false;
    const auto take = [&] {
        if (word.empty()) return;
        if (line.size() + 1 + word.size() + end > report_width && line.size() > end + 4) {
            text += line + " \\\n";
            line = "     ";
        }
        line += " " + word;
        word.clear();
    };
    for (const char c : command) {
        if (c == '\'') in_quotes = !in_quotes;
        if (c == ' ' && !in_quotes) {
            take();
        } else {
            word += c;
        }
    }
    take();
    return text + line + "\n";
}

/// How far from the best of the space it may be.
std::string gap_text(const DeployAnswer& a) {
    const std::optional<double> gap = a.gap();
    if (!gap) return "";
    return wrapped("",
                   fmt::format("No deployment of the space costs less than {} a year (the mean, "
                               "without chance): this one is within {:.0f} % of the cheapest.",
                               to_text(a.least_yearly), std::ceil(100 * *gap)),
                   0);
}

/// What one more server would add.
std::string extra_rows(const DeployAnswer& a) {
    if (a.extras.empty()) return "";
    std::vector<std::vector<std::string>> rows;
    for (const ExtraServers& e : a.extras) {
        if (!e.why_not.empty()) {
            rows.push_back({e.server, "-", "-", "-", "-", e.why_not});
            continue;
        }
        const double more = e.rate / a.best.front().rate;
        rows.push_back({e.server, fmt::format("{:.0f}", e.servers),
                        fmt::format("+{:.4g}", e.rate.si()), fmt::format("+{:.0f} %", 100 * more),
                        fmt::format("{:.4g}", e.rate.si() / e.yearly.in(1e6 * unit::USD)), e.text});
    }
    return "\n" + format_table({"one more", "servers", "requests/s", "", "a M$ a year", "as"}, rows,
                               "lrrrrl");
}

/// Commands of the replicas of one pool.
std::string replica_lines(const ReplicaLaunch& l) {
    std::string text;
    for (std::size_t rank = 0; rank < l.commands.size(); ++rank) {
        if (l.commands.size() > 1) text += fmt::format("on server {} of each:\n", rank);
        text += shell_lines(l.commands[rank]);
    }
    if (!l.options.empty()) text += fmt::format("with {}:\n", l.options_path);
    for (const std::string& line : l.options) text += "  " + line + "\n";
    return text;
}

std::string launch_lines(const DeployAnswer& a) {
    const LaunchText& l = a.launch;
    std::string text = "\n";
    if (!l.command.empty()) {
        const bool apart = !l.answers.command.empty();
        text += wrapped(apart ? "To start each replica of prompts (" : "To start each replica (",
                        l.documented + "):", 2);
        text += replica_lines(l);
        if (apart) text += "and each of answers:\n" + replica_lines(l.answers);
        if (apart && !l.door.empty()) {
            text += "in front of both, with their addresses:\n" + shell_lines(l.door);
        }
    }
    const BenchmarkText& b = l.benchmarks.front();
    text += wrapped("",
                    "To check it, behind one door" +
                        (b.differs.empty() ? std::string(":") : fmt::format(" ({}):", b.differs)),
                    2);
    return text + shell_lines(b.command) + wrapped("", expected_text(a), 2);
}

}  // namespace

std::string deploy_answer_text(const DeployAnswer& a, double seconds) {
    std::string text = wrapped("", sentence(a), 0);
    text += fmt::format("\n{} in the space, {} simulated in {:.2g} s\n",
                        counted(a.in_space, "deployment"), counted(a.simulated, "run"), seconds);
    text += gap_text(a);
    if (a.feasible()) text += "\n" + best_rows(a);
    if (a.feasible()) {
        text += wrapped("",
                        "x: replicas; TP, PP, DP, EP: tensor, pipeline, attention data and expert "
                        "ways of one; budget: tokens of a step; a chip, a user: output tokens a "
                        "second; rate: requests a second; front: no other has more of both",
                        0);
    }
    if (a.feasible()) text += extra_rows(a);
    if (a.feasible() && !a.launch.benchmarks.empty()) text += launch_lines(a);
    if (!a.lost.empty()) text += "\n" + lost_text(a);
    for (const std::string& note : a.notes) text += wrapped("note: ", note, 6);
    return text;
}

}  // namespace millwright
