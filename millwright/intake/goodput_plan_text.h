// [plan] of a run of goodput: the model that the job trains, on what.
#pragma once

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// With a model and a server the best plan says what a step is worth, how large a checkpoint is,
/// and which chips fail together.
struct GoodputPlanText {
    Written<std::string> model, server, fabric, framework;
    Written<Precision> precision;
    Written<std::int64_t> global_batch, sequence;
    Written<Dollars> chip_hour;
    Written<Watts> power_cap;
};

template <std::same_as<GoodputPlanText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"model", &P::model, "model of the catalog, or the path of a config.json"},
        Field{"server", &P::server, "server or rack of the catalog"},
        Field{"fabric", &P::fabric,
              "fabric of the catalog, a topology, or a file; rail-fat-tree if left out"},
        Field{"framework", &P::framework, "training framework; by the chip's maker if left out"},
        Field{"precision", &P::precision, "of the products of matrices; bf16 if left out"},
        Field{"global_batch", &P::global_batch, "sequences a step; 1024 if left out",
              Need::optional, counted(1, 1e8)},
        Field{"sequence", &P::sequence, "tokens of a sequence; 4096 if left out", Need::optional,
              counted(1, 1e8)},
        Field{"chip_hour", &P::chip_hour,
              "price of an hour of a chip, in place of its cost at the site us", Need::optional,
              Range{0, 1e6}},
        Field{"power_cap", &P::power_cap,
              "power limit of each chip, below its own: clocks fall as they do on other limits",
              Need::optional, positive},
    };
};

}  // namespace millwright
