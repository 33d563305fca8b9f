// What a rank computes and exchanges in one pass of a micro-batch, forward or backward: through a
// layer, a stage, or all that it holds. Passes add up: a stage's is the sum of its layers'.
#pragma once

#include <array>

#include "millwright/train/context.h"

namespace millwright {

/// Compute of one pass, or of a step, by parts of the layer.
using BlockTimes = std::array<Seconds, block_count>;

/// Seconds of communication of a pass: what is waited for, and what hides behind work.
struct Parts {
    Seconds exposed, hidden;

    Seconds wire() const { return exposed + hidden; }
    void add(double count, const Parts& more) {
        exposed += count * more.exposed;
        hidden += count * more.hidden;
    }
};

/// What is waited for of `wire` seconds, and what hides, up to `overlap` of it behind a window.
inline Parts parts_of(const TrainAssumptions& assume, Seconds wire, double overlap,
                      Seconds window) {
    const Seconds exposed = left_exposed(assume, wire, overlap, window);
    return {exposed, max(wire - exposed, Seconds{})};
}

/// How often the groups of a rank are called in a pass, and what goes round.
struct Calls {
    double gathers = 0, scatters = 0;  // of a layer's activations, by the tensor group
    double dispatches = 0;             // to experts, or back from them
    Bytes handed_on;                   // keys and values, or states, round the context group

    void add(double count, const Calls& more) {
        gathers += count * more.gathers;
        scatters += count * more.scatters;
        dispatches += count * more.dispatches;
        handed_on += count * more.handed_on;
    }
};

/// One pass, in seconds. Everything in it adds up, so shares and multiples of passes are passes
/// too.
struct Pass {
    BlockTimes blocks{};
    Seconds compute;   // sum of the above
    Seconds repeated;  // compute of forward passes that are made again
    Seconds host;      // waits for the host to launch kernels
    Parts tensor, context, expert;
    Calls calls;

    /// With nothing of other ranks to wait for.
    Seconds work() const { return compute + repeated + host; }
    /// Communication with the groups of the layer that is waited for.
    Seconds exposed() const { return tensor.exposed + expert.exposed + context.exposed; }
    /// With all that is waited for but messages of the pipeline.
    Seconds time() const { return work() + exposed(); }

    void add(double count, const Pass& more) {
        for (std::size_t b = 0; b < block_count; ++b) blocks[b] += count * more.blocks[b];
        compute += count * more.compute;
        repeated += count * more.repeated;
        host += count * more.host;
        tensor.add(count, more.tensor);
        context.add(count, more.context);
        expert.add(count, more.expert);
        calls.add(count, more.calls);
    }
};

/// Both ways.
struct Passes {
    Pass forward, backward;
    Seconds weight_gradient;  // part of the backward pass's compute, so not to be added to it

    void add(double count, const Passes& more) {
        forward.add(count, more.forward);
        backward.add(count, more.backward);
        weight_gradient += count * more.weight_gradient;
    }
};

}  // namespace millwright
