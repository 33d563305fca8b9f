// Why a replay does not end: the chain of nodes that wait for each other, in words. A chain may be
// as long as the trace, so its first nodes are told.
#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/trace/trace_program.h"

namespace millwright {
namespace {

/// "rank 3 node 7 (send)", with the job where there are several.
std::string told(NodeRef id, const std::vector<Replayed>& jobs) {
    // actors of all jobs are one list, job after job
    std::uint32_t rank = id.actor;
    std::size_t job = 0;
    while (job + 1 < jobs.size() && rank >= jobs[job].ranks) rank -= jobs[job++].ranks;
    const auto& ranks = jobs[job].trace->ranks;
    const ChakraNode& node = ranks[rank % ranks.size()][id.node];
    const std::string of_job = jobs.size() > 1 ? fmt::format("job {} ", job) : "";
    return fmt::format("{}rank {} node {} ({})", of_job, rank, node.id, node.name);
}

}  // namespace

Fault stall_fault(const Stall& stall, const std::vector<Replayed>& jobs,
                  const std::string& folder) {
    constexpr std::size_t most = 12;
    const std::size_t told_nodes = std::min(most, stall.chain.size());
    std::string text =
        fmt::format("{} never start{}: {}", counted(stall.unfinished, "node"),
                    stall.unfinished == 1 ? "s" : "", told(stall.chain.front(), jobs));
    for (std::size_t i = 1; i < told_nodes; ++i) {
        text += (i == 1 ? " waits for " : ", which waits for ") + told(stall.chain[i], jobs);
    }
    if (told_nodes < stall.chain.size()) {
        text += fmt::format(", and so on over {} more", stall.chain.size() - told_nodes);
    }
    const std::string link = stall.chain.size() > 1 ? ", which waits for " : " waits for ";
    text += link + (stall.circle ? told(stall.chain.front(), jobs) : "a party that never comes");
    return {{folder, 0, 0},
            std::move(text),
            stall.circle ? "the nodes wait for each other in a circle: let one of them come first"
                         : "do all ranks of a group have its collectives?"};
}

}  // namespace millwright
