// Layouts of a replica: what of one is given, and which to try for the rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// Ways of a layout that are given; zero: open.
struct LayoutPins {
    std::int64_t tensor = 0, pipeline = 0, expert = 0, attention_data = 0;
};

/// What of the pins cannot be for the model, by the command line's names; empty if all can.
Faults layout_faults(const Model& model, const LayoutPins& pins);

/// Layouts to try, those of fewest chips first. Open tensor ways are the powers of two that divide
/// the heads, up to the chips of a scale-up domain; where they and the stages are open, stages
/// double behind the last of them. Other open ways are one. The pins have no faults.
std::vector<ServeWays> layouts_of(const Model& model, const LayoutPins& pins, double domain);

/// Every layout of at most so many chips that deployments of the model come in, those of fewest
/// chips first: tensor ways within a scale-up domain, stages where that is full, and of a model
/// with experts attention ranks beside each other, whose experts are split as their attention is or
/// spread over all chips of a stage. Open ways are powers of two; pinned ones stand beside all of
/// them. The pins have no faults.
std::vector<ServeWays> layouts_within(const Model& model, const LayoutPins& pins, double chips,
                                      double domain);

/// Sequences of so many tokens that the cache of a replica holds beside each other.
double held_beside(const Replica& replica, std::int64_t tokens);

/// Token budgets of a step to try: the engine's own, and a small one, with which prompts are cut
/// finer; only its own where prompts are never cut.
std::vector<std::int64_t> budgets_of(const EngineSettings& engine);

/// "2 replicas of tensor 4, expert 4".
std::string ways_text(const ServeWays& ways, std::int64_t replicas);

/// The same replica in another layout, on no network yet.
Replica with_ways(Replica replica, const ServeWays& ways);

}  // namespace millwright
