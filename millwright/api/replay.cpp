// All traces are read before the fabric is made, as they say how many endpoints it has. Each
// becomes a program on endpoints of its own, and the programs are joined and executed at once, so
// that jobs share links and nothing else. A link that cuts ranks off and too many flows show only
// deep in the run; they are thrown there and become faults here.
#include "millwright/api/replay.h"

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/faults.h"
#include "millwright/base/require.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// Time of a node on a chip: the longer of its operations and its memory traffic. Traces do not say
/// in which format a node computes, so all take the rate of large BF16 products. Zero for a node
/// that has neither; those keep the duration of the trace.
Seconds roofline(const ChipRates& rates, const ChakraNode& node) {
    const auto bf16 = static_cast<std::size_t>(Precision::bf16);
    const FlopRate peak = rates.sustained * rates.gemm[bf16].peak_share * rates.dense[bf16];
    const Seconds compute = peak > FlopRate{} ? node.operations / peak : Seconds{};
    return max(compute, node.tensor / (rates.memory_share * rates.memory_bandwidth));
}

/// What all traces have in common. Every name of the question that stands for nothing is told.
Result<TraceOptions> options_of(const ReplayQuestion& q, const Setting& setting) {
    TraceOptions options = q.options;
    Faults faults = fabric_name_faults(q.fabric, setting);
    const Chip* chip = nullptr;
    if (!q.chip.empty()) chip = look_up<Chip>(setting.catalog, q.chip, "--chip", faults);
    if (!faults.empty()) return failure(std::move(faults));
    if (chip == nullptr) return options;
    options.work = [rates = resolve_rates(setting.catalog, *chip)](const ChakraNode& node) {
        return roofline(rates, node);
    };
    return options;
}

/// All jobs on the endpoints of one fabric: a trace each, and the options that put it there.
struct Jobs {
    std::vector<ChakraTrace> traces;
    std::vector<TraceOptions> options;
    std::uint32_t endpoints = 0;
};

/// Every folder is read even where names are at fault, so that all faults come at once. Spread jobs
/// take turns: rank r of job j is endpoint r * jobs + j, up to the ranks of the largest job.
Result<Jobs> jobs_of(const ReplayQuestion& q, const Setting& setting) {
    Jobs jobs;
    const auto count = narrow<std::uint32_t>(q.folders.size());
    std::uint32_t most = 0;
    const auto common = options_of(q, setting);
    Faults faults = common ? Faults{} : common.error();
    for (const std::string& folder : q.folders) {
        auto trace = read_chakra(folder);
        if (!trace) append(faults, std::move(trace.error()));
        if (!faults.empty()) continue;
        jobs.traces.push_back(std::move(*trace));
        TraceOptions options = *common;
        const std::uint32_t ranks = ranks_of(jobs.traces.back(), options);
        options.first = q.spread ? narrow<std::uint32_t>(jobs.options.size()) : jobs.endpoints;
        options.step = q.spread ? count : 1;
        jobs.options.push_back(std::move(options));
        jobs.endpoints += ranks;
        most = std::max(most, ranks);
    }
    if (!faults.empty()) return failure(std::move(faults));
    if (q.spread) jobs.endpoints = most * count;
    return jobs;
}

/// Messages are named by their two ends, and a line for each pair would be too many: they are one
/// kind.
std::map<std::string, ExchangeKind> kinds_of(const Program& program,
                                             const ProgramOutcome& outcome) {
    std::map<std::string, ExchangeKind> kinds;
    for (const ExchangeRecord& r : outcome.exchanges) {
        const bool message = program.exchanges[r.exchange.index()].name.starts_with("message ");
        ExchangeKind& kind =
            kinds[message ? "messages" : program.exchanges[r.exchange.index()].name];
        ++kind.count;
        kind.bytes += r.size;
        kind.sum += r.end - r.start;
        kind.waited += r.start - r.met;
        kind.longest = max(kind.longest, r.end - r.start);
    }
    return kinds;
}

Result<ReplayAnswer> replayed(const ReplayQuestion& q, const Setting& setting) {
    auto jobs = jobs_of(q, setting);
    if (!jobs) return failure(jobs.error());
    auto on = fabric(q.fabric, jobs->endpoints, setting);
    if (!on) return failure(on.error());
    ReplayAnswer answer{.fabric = std::move(*on)};
    Program all;
    std::vector<Replayed> replayed;
    for (std::size_t i = 0; i < jobs->traces.size(); ++i) {
        jobs->options[i].channels = answer.fabric.channels;
        auto program = program_of(jobs->traces[i], answer.fabric.graph, jobs->options[i]);
        if (!program) return failure(program.error());
        append(all, std::move(*program));
        replayed.push_back({&jobs->traces[i], ranks_of(jobs->traces[i], jobs->options[i])});
    }
    answer.outcome = execute(answer.fabric.graph, all, q.symmetry);
    const Stall& stall = answer.outcome.stall;
    if (!stall.chain.empty()) return failure(stall_fault(stall, replayed, q.folders.front()));
    answer.kinds = kinds_of(all, answer.outcome);
    return answer;
}

}  // namespace

double ReplayAnswer::load(LinkId link) const {
    const Bytes could = fabric.graph.capacity[link] * outcome.total;
    return could > Bytes{} ? outcome.link_bytes[link] / could : 0;
}

Result<ReplayAnswer> replay(const ReplayQuestion& question, const Setting& setting) try {
    return replayed(question, setting);
} catch (const CutOff& cut) {
    return failure({{"--fabric", 0, 0}, cut.what(), cut_off_hint});
} catch (const TooLarge& large) {
    return failure({{"--ranks", 0, 0}, large.what(), "replay fewer ranks"});
}

}  // namespace millwright
