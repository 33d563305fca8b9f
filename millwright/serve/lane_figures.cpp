// What a lane notes of its steps, and tells those who listen.
#include <algorithm>

#include "millwright/serve/lane.h"

namespace millwright {

void ServeLane::account(const StepLoad& load, Seconds time) {
    ++steps;
    busy += time;
    const double share = blocks_used() / capacity_;
    most_cache = std::max(most_cache, share);
    cache_seconds += share * time.si();
    running_seconds += static_cast<double>(running()) * time.si();
    if (steps_) tell(load, time, share);
}

/// Waiting are those that came before the step began: later ones are not there yet.
void ServeLane::tell(const StepLoad& load, Seconds time, double cache_share) const {
    double tokens = 0;
    for (const PromptChunk& chunk : chunks_) tokens += chunk.queries;
    steps_({.begin = step_began_,
            .duration = time,
            .prompt_tokens = tokens,
            .prompts = static_cast<std::int64_t>(chunks_.size()),
            .answering = load.running,
            .running = load.sequences,
            .waiting = static_cast<std::int64_t>(waiting()),
            .blocks = cache_share * capacity_,
            .cache_share = cache_share});
}

/// Those that began while others waited for their next tokens have waited for less.
void ServeLane::note_gaps() {
    double others = answering();
    for (const Fresh& one : fresh_) {
        if (slots_[one.slot].stay != one.stay) continue;
        between_tokens.add(now_ - one.at);
        --others;
    }
    between_tokens.add(now_ - last_answer_, others);
}

}  // namespace millwright
