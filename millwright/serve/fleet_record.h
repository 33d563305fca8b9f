// What is kept of a run beside its outcome, where it is asked for.
#pragma once

#include <optional>
#include <vector>

#include "millwright/serve/simulate.h"
#include "millwright/serve/timeline.h"

namespace millwright {

/// What the first replica did from the beginning on.
struct ReplicaTrace {
    std::vector<ServeStep> steps;         // in the order of their begins
    std::vector<ServedRequest> requests;  // that came until then, in the order in which they came
    Seconds until;                        // all that begins before is there
    std::uint64_t left_out = 0;           // requests beyond the most that are kept
    bool whole = false;                   // until the last of the run's steps
};
inline constexpr std::size_t most_traced_steps = 20'000, most_traced_requests = 10'000;

struct FleetRecord {
    ServeTimeline timeline;             // of all replicas
    bool requests = false;              // whether what follows is asked for
    std::vector<ServedRequest> served;  // every answered request, in the order in which they came
    ReplicaTrace first;
};

/// Gathers the trace of a replica while it runs.
class TraceKeeper {
public:
    void add(const ServeStep& step);
    void add(const ServedRequest& one) { requests_.push_back(one); }
    /// The steps, as far as all are known, and the requests that came meanwhile.
    ReplicaTrace take();

private:
    std::vector<ServedRequest> requests_;
    std::vector<ServeStep> steps_;
    Seconds last_;                 // when the last step that was kept ended
    std::optional<Seconds> past_;  // when the first began that was not
};

}  // namespace millwright
