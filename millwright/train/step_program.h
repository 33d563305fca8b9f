// One training step as work and exchanges of all its groups at once, for the flow engine.
//
// An actor is a pipeline stage with all its ranks, which do the same. Its passes stand in the order
// of the schedule. Communication is put in as seconds that it takes alone, by the closed form, and
// as flows between the ranks that it really joins, scaled so that they take those seconds with
// nothing else on the fabric and never less: what the fabric adds is only what groups take from
// each other. Of each kind the part that the closed form leaves exposed goes before the work of a
// pass, the hidden part beside it.
#pragma once

#include "millwright/collective/program.h"
#include "millwright/train/groups.h"
#include "millwright/train/step.h"

namespace millwright {

/// What running a step by flows may cost (millwright/collective/program.h): some ten seconds.
constexpr std::uint64_t most_step_visits = 500'000'000;

/// Exchanges of a program by what they are for.
enum class Traffic : std::uint8_t { tensor, context, expert, pipeline, data };

template <>
struct EnumNames<Traffic> {
    static constexpr std::array<std::string_view, 5> names{"tensor", "context", "expert",
                                                           "pipeline", "data"};
};

/// What the flow engine runs, and what each of its exchanges is for.
struct StepProgram {
    Program program;
    std::vector<Traffic> traffic;  // of each exchange
};

/// With `alone` every exchange takes its own time and no flows. The ranks of the plan are endpoints
/// from zero on; nodes of exchanges say the seconds that they take alone.
StepProgram step_program(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                         Placement placement, bool alone);

}  // namespace millwright
