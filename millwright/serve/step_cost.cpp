// A line has places, numbered by whole numbers, between which times are joined. Where times jump
// (another tile, another way to read long caches) two places stand side by side, so that no line
// crosses the jump. Places of lengths are linear within octaves, found by exponent and fraction.
// Small steps without prompts run as graphs, whose launches cost the host nothing.
#include "millwright/serve/step_cost.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "millwright/compute/attention_kernels.h"
#include "millwright/serve/vision.h"

namespace millwright {
namespace {

constexpr double exact = 256;  // counts that have a place each
// Tiles of products are 64 rows at the least, and another one may be another wave of processors:
// beyond `exact` the first and the last count of each 64 have a place, so that no line crosses a
// step.
constexpr double tile = 64;
constexpr double shortest = 1;  // keys at the first place of a line of lengths
constexpr double octave = 12;   // places for each doubling of the length
/// Chunks that are kept; a stream of prompts of all lengths would fill memory else.
constexpr std::size_t most_chunks = 1 << 16;

constexpr PartTime unknown{Seconds::from_si(-1), 0, {}, {}};

/// Counts are whole.
double place_of_count(double count) {
    if (count <= exact) return count;
    const double beyond = count - exact - 1;
    const double tiles = std::floor(beyond / tile);
    return exact + 1 + 2 * tiles + (beyond - tile * tiles) / (tile - 1);
}
double count_at(double place) {
    if (place <= exact) return place;
    const double beyond = place - exact - 1;
    const double tiles = std::floor(beyond / 2);
    return exact + 1 + tile * tiles + (tile - 1) * (beyond - 2 * tiles);
}

// Places of lengths are lines within octaves, so that no logarithm is taken for every step.
double even_place_of(double keys) {
    const double share = keys / shortest;
    if (share <= 1) return 0;
    const int power = std::ilogb(share);
    return octave * (power + std::ldexp(share, -power) - 1);
}
double keys_at_even(double place) {
    const double power = std::floor(place / octave);
    return shortest * std::ldexp(1 + place / octave - power, static_cast<int>(power));
}
/// Keys beyond which caches take a step more: several processors share one, or an index chooses.
/// Lengths that have no place of their own are left out.
std::vector<double> steps_of(const Model& model) {
    std::vector<double> steps{longest_whole_cache};
    const auto indexed = static_cast<double>(model.index_keys.value);
    const double place = even_place_of(indexed);
    if (indexed > longest_whole_cache && place == std::floor(place)) steps.push_back(indexed);
    return steps;
}

/// The place after that of a step is of the next longer caches, so that no line crosses it.
double place_of_keys(double keys, const std::vector<double>& steps) {
    double place = even_place_of(keys);
    for (const double step : steps) place += keys > step ? 1 : 0;
    return place;
}
double keys_at(double place, const std::vector<double>& steps) {
    for (const double step : steps) {
        const double last = even_place_of(step);
        if (place <= last) break;
        --place;
        if (place <= last) return std::nextafter(step, HUGE_VAL);
    }
    return keys_at_even(place);
}

/// Graphs are held for whole numbers of sequences, to which smaller steps are padded.
double padded(const EngineSettings& e, std::int64_t running) {
    if (running > e.largest_graph) return static_cast<double>(running);
    if (running <= 2) return static_cast<double>(running);
    const std::int64_t step = running <= 4 ? 4 : e.graph_step;
    return static_cast<double>((running + step - 1) / step * step);
}

}  // namespace

StepCost::StepCost(const Replica& replica) : replica_(replica), steps_(steps_of(replica.model)) {}

std::size_t StepCost::ChunkHash::operator()(const std::array<double, 2>& key) const {
    const std::uint64_t a = std::bit_cast<std::uint64_t>(key[0]) * 0x9E3779B97F4A7C15U;
    return a ^ (std::bit_cast<std::uint64_t>(key[1]) * 0xC2B2AE3D27D4EB4FU) ^ (a >> 29U);
}

template <class Time>
PartTime StepCost::between(Line& line, double place, Time&& time) {
    const double low = std::floor(place);
    const double share = place - low;
    const auto index = static_cast<std::size_t>(low);
    if (line.at.size() < index + 2) line.at.resize(index + 2, unknown);
    const auto at = [&](std::size_t i) -> const PartTime& {
        PartTime& known = line.at[i];
        if (known.time < Seconds{}) known = time(static_cast<double>(i));
        return known;
    };
    if (share <= 0) return at(index);
    PartTime sum = (1 - share) * at(index);
    return sum += share * at(index + 1);
}

PartTime StepCost::tokens(double count) {
    return between(tokens_, place_of_count(count),
                   [&](double place) { return token_time(replica_, count_at(place)); });
}

PartTime StepCost::sampled(double count) {
    return between(sampled_, place_of_count(count),
                   [&](double place) { return sample_time(replica_, count_at(place)); });
}

PartTime StepCost::encoded(double images) {
    return between(encoded_, place_of_count(images),
                   [&](double place) { return vision_time(replica_, count_at(place)); });
}

PartTime StepCost::cached(double sequences, double keys) {
    const double place = place_of_count(sequences);
    const auto index = static_cast<std::size_t>(place);
    if (cached_.size() < index + 2) cached_.resize(index + 2);
    const auto of = [&](std::size_t i) {
        const double drafted = 1 + replica_.engine.speculation.depth;
        return between(cached_[i], place_of_keys(keys, steps_), [&](double at) {
            return cache_time(replica_, count_at(static_cast<double>(i)), keys_at(at, steps_),
                              drafted);
        });
    };
    const double share = place - static_cast<double>(index);
    if (share <= 0) return of(index);
    PartTime sum = (1 - share) * of(index);
    return sum += share * of(index + 1);
}

PartTime StepCost::chunk(const PromptChunk& c) {
    const std::array key{c.queries, c.keys};
    if (const auto known = chunks_.find(key); known != chunks_.end()) return known->second;
    const PartTime time = chunk_time(replica_, c);
    if (chunks_.size() < most_chunks) chunks_.emplace(key, time);
    return time;
}

PartTime StepCost::kernels(const StepLoad& load) {
    const double drafted = 1 + replica_.engine.speculation.depth;
    const bool prompts = !load.chunks.empty();
    const double running =
        prompts ? static_cast<double>(load.running) : padded(replica_.engine, load.running);
    double count = running * drafted;
    for (const PromptChunk& c : load.chunks) count += c.queries;
    PartTime sum = tokens(count);
    if (load.running > 0) {
        sum += cached(static_cast<double>(load.running),
                      load.cached / static_cast<double>(load.running));
    }
    for (const PromptChunk& c : load.chunks) sum += chunk(c);
    if (load.images > 0) sum += encoded(static_cast<double>(load.images));
    const double ends = running * drafted + static_cast<double>(load.prompts_ended);
    if (ends > 0) sum += sampled(ends);
    // of halves that take turns either what is computed or what is exchanged is waited for
    sum.time = min(sum.time, max(sum.computed, sum.exchanged));
    return sum;
}

Seconds StepCost::with_host(const PartTime& kernels, const StepLoad& load) const {
    const EngineSettings& e = replica_.engine;
    const EngineFigures<Bare>& f = e.figures;
    const bool graphed = load.chunks.empty() && load.running <= e.largest_graph;
    const Seconds busy = graphed ? kernels.time : max(kernels.time, kernels.kernels * f.launch);
    const auto sampled = static_cast<double>(load.running + load.prompts_ended);
    const Seconds host = f.step + static_cast<double>(load.sequences) * f.sequence +
                         e.structured_share * sampled * f.grammar;
    return max(busy, f.hidden * host) + (1 - f.hidden) * host;
}

Seconds StepCost::step(const StepLoad& load) {
    PartTime sum = kernels(load);
    const Speculation& s = replica_.engine.speculation;
    if (s.depth > 0 && load.running > 0) {
        // a drafted token passes one layer more, as prediction blocks do (DeepSeek-V3)
        const double layers = std::max(1.0, static_cast<double>(replica_.model.layers.value));
        sum.time += s.depth / layers * sum.time;
    }
    return with_host(sum, load);
}

}  // namespace millwright
