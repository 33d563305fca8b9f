// What a step takes: parts of a table that fills as it is asked, so that kernels are timed once.
//
// The part for new tokens and the part of the sampler are kept for each number up to 256, and
// beyond at the ends of each 64, between which they are joined by lines; attention to caches for
// such numbers of sequences, at lengths a twelfth of an octave apart, by lines again: it is nearly
// a line in the length, so that the table is within 0.5 % of the kernels (a test), but
// where experts fill one more tile each within the same 64 tokens: there lines cross up to 4 %.
// Prompts' chunks are timed as they come, equal ones once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "millwright/serve/layer_times.h"

namespace millwright {

/// What one step holds, of one attention rank.
struct StepLoad {
    std::int64_t running = 0;  // sequences with one new token each (and drafts, if any)
    double cached = 0;         // tokens in their caches, all together
    std::span<const PromptChunk> chunks;
    std::int64_t prompts_ended = 0;  // chunks that end their prompt, whose first token is sampled
    std::int64_t sequences = 0;      // that the host looks after
    std::int64_t images = 0;         // of prompts begun, encoded before them
};

/// A table of one thread. Times do not hang on what was asked before.
class StepCost {
public:
    explicit StepCost(const Replica& replica);

    /// From a step's start to the next one's.
    Seconds step(const StepLoad& load);

    /// Of its kernels alone, without the host.
    PartTime kernels(const StepLoad& load);

private:
    struct Line {
        std::vector<PartTime> at;  // by the place on a grid; negative times are not known yet
    };
    struct ChunkHash {
        std::size_t operator()(const std::array<double, 2>& key) const;
    };

    PartTime tokens(double count);
    PartTime sampled(double count);
    PartTime cached(double sequences, double keys);
    PartTime chunk(const PromptChunk& chunk);
    PartTime encoded(double images);
    template <class Time>
    static PartTime between(Line& line, double place, Time&& time);
    Seconds with_host(const PartTime& kernels, const StepLoad& load) const;

    Replica replica_;
    Line tokens_, sampled_, encoded_;
    std::vector<double> steps_;  // lengths of caches after which times jump, rising
    std::vector<Line> cached_;   // by sequences
    std::unordered_map<std::array<double, 2>, PartTime, ChunkHash> chunks_;
};

}  // namespace millwright
