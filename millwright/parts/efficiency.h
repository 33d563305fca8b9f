// How much of a datasheet rate kernels and collectives reach: measured curves, per family.
#pragma once

#include <string>
#include <string_view>

#include "millwright/base/curve.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/attention_figures.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// Matrix products y[m,n] = x[m,k] w[k,n] of one format, as tiles over processors. The terms are
/// those of docs/model.md, "Kernels"; all but `peak_share` say what keeps small ones below it.
/// A peak share of zero: there are no such kernels.
template <template <class> class As>
struct GemmFigures {
    As<double> peak_share{};      // of the dense rate inside a large tile
    As<double> tile_traffic{};    // columns; share falls as 1 / (1 + (c (1/bm + 1/bn))^2)
    As<double> depth_overhead{};  // columns of k that a tile's start and end cost
    As<double> rounding{};        // 1: whole waves of tiles, 0: persistent kernels
    As<double> knee{2};           // exponent that joins compute and memory time
    As<Seconds> split{};          // combining the parts of a product split along k
    As<Seconds> quantise{};       // fixed time of casting the activation
    As<double> quantise_bytes{};  // moved per element of the activation by that cast
    As<double> sustained{1};      // clock of these products under load, where it is its own
};

using GemmKernels = GemmFigures<Cited>;
using GemmKernel = GemmFigures<Bare>;

/// Grouped products of experts in one fused kernel against plain products of the same tiles, which
/// they cannot beat: they do the same arithmetic.
template <template <class> class As>
struct GroupedFigures {
    As<double> share{1};          // of the rate of plain products, one at most
    As<double> depth_overhead{};  // columns of k that a tile costs beyond plain products'
    As<Seconds> launch{};         // fixed time of the routed experts of a layer
    As<double> memory{1};         // rate at which weights are read over that of plain products
};

using GroupedKernels = GroupedFigures<Cited>;
using GroupedKernel = GroupedFigures<Bare>;

/// Efficiency of one chip generation's kernels. `like` names the family that stands in where this
/// one has no measurements: its overheads keep their time on a processor, its shares are scaled.
/// Figures are fitted to measured rows of one chip (`millwright calibrate`); factory/rates.cpp
/// carries them over to other chips of the family.
struct KernelFamily {
    std::string id;
    std::string name;
    std::string note;
    std::string like;
    Cited<double> scale;
    std::string measured_on;   // chip that was measured
    Cited<double> processors;  // of that chip: what tiles are spread over
    Cited<Seconds> launch;     // fixed time of a kernel in a stream
    Cited<double> sustained;   // clock under long full load over clock in a burst
    // power that products at full clock would draw, over the limit of a chip (the measured one, if
    // no other is named): under long load, and in the bursts that shares were measured in
    Cited<double> draw, burst_draw;
    std::string draw_of;
    Cited<double> memory_share;     // share of memory bandwidth that a long kernel reaches
    bool dependent_launch = false;  // kernels may begin behind the one before (griddepcontrol)
    // by recipe; one without a peak share is that of `like`, else the chip has none
    GemmKernels bf16, fp8, fp8_block, fp4;
    // of experts: of all formats, and where a format's own are another; `grouped_weights` where
    // weights alone are narrow and cast in the kernel
    GroupedKernels grouped, grouped_fp8, grouped_fp8_block, grouped_fp4, grouped_weights;
    // of a processor, of which softmax takes one for each score
    Cited<FlopRate> exponentials;
    AttentionKernels attention;          // fastest library in training use
    AttentionKernels flash_attention_2;  // where a recipe uses that release
    AttentionKernels flash_attention_1;
    AttentionKernels prefill;                        // of serving engines
    DecodeKernels decode, decode_fp8;                // by the cache's format
    DecodeKernels latent_decode, latent_decode_fp8;  // multi-latent attention, absorbed
    RecurrentKernels delta;                          // gated delta rule
};

template <std::same_as<KernelFamily> K>
struct Fields<K> {
    static constexpr auto table = std::tuple{
        Field{"name", &K::name, "name in full", Need::required},
        Field{"note", &K::note, "how the figures were made"},
        Field{"like", &K::like, "family whose kernels stand in"},
        Field{"scale", &K::scale, "factor on stand-in compute shares", Need::optional,
              Range{0.01, 2}},
        Field{"measured_on", &K::measured_on, "chip that was measured"},
        Field{"processors", &K::processors, "processors of the measured chip", Need::optional,
              positive},
        Field{"launch", &K::launch, "fixed time of a kernel"},
        Field{"sustained", &K::sustained, "clock under long load over burst clock", Need::optional,
              reached_share},
        Field{"draw", &K::draw,
              "power of long products at full clock over the limit of the chip of `draw_of`; 1 if "
              "left out",
              Need::optional, Range{0.1, 10}},
        Field{"burst_draw", &K::burst_draw,
              "the same in the bursts that shares were measured in; as `draw`, and 1 at most, if "
              "left out",
              Need::optional, Range{0.1, 10}},
        Field{"draw_of", &K::draw_of,
              "chip whose limit that is, and whose clock shares are at; if left out, the measured "
              "one"},
        Field{"memory_share", &K::memory_share, "share of memory bandwidth in long kernels",
              Need::optional, reached_share},
        Field{
            "dependent_launch", &K::dependent_launch,
            "whether a kernel may begin behind the one before it (programmatic dependent launch)"},
        Field{"exponentials", &K::exponentials, "exponentials a second of one processor",
              Need::optional, positive},
    };
};

template <template <class> class As>
struct Fields<GemmFigures<As>> {
    using G = GemmFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"peak_share", &G::peak_share, "share of the dense rate in large tiles",
              Need::required, reached_share},
        Field{"tile_traffic", &G::tile_traffic, "columns at which tile loads bind", Need::required},
        Field{"depth_overhead", &G::depth_overhead, "columns of k that a tile costs on top",
              Need::required},
        Field{"rounding", &G::rounding, "weight of whole waves of tiles", Need::required},
        Field{"knee", &G::knee, "exponent joining compute and memory time", Need::required,
              Range{1, 20}},
        Field{"split", &G::split, "combining a product split along k", Need::required},
        Field{"quantise", &G::quantise, "fixed time of casting the activation"},
        Field{"quantise_bytes", &G::quantise_bytes, "bytes moved per element by that cast"},
        Field{"sustained", &G::sustained, "clock of these products under load over burst clock",
              Need::optional, reached_share},
    };
};

template <template <class> class As>
struct Fields<GroupedFigures<As>> {
    using G = GroupedFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"share", &G::share, "rate over that of plain products, in one fused kernel",
              Need::required, Range{0.05, 1}},
        Field{"depth_overhead", &G::depth_overhead,
              "columns of k that a tile costs beyond those of plain products; less than zero where "
              "it costs fewer",
              Need::required, Range{-10'000, 10'000}},
        Field{"launch", &G::launch, "fixed time of the experts of a layer", Need::required},
        Field{"memory", &G::memory, "rate of reads of weights over that of plain products",
              Need::optional, Range{0.05, 2}},
    };
};

/// The tables inside a family's file, each with its key: read, shown and written alike.
template <class Family, class Visit>
    requires std::is_same_v<std::remove_const_t<Family>, KernelFamily>
void for_each_table(Family& family, Visit&& visit) {
    visit("gemm.bf16", family.bf16);
    visit("gemm.fp8", family.fp8);
    visit("gemm.fp8-block", family.fp8_block);
    visit("gemm.fp4", family.fp4);
    visit("grouped", family.grouped);
    visit("grouped_formats.fp8", family.grouped_fp8);
    visit("grouped_formats.fp8-block", family.grouped_fp8_block);
    visit("grouped_formats.fp4", family.grouped_fp4);
    visit("grouped_formats.weights", family.grouped_weights);
    visit("attention", family.attention);
    visit("flash_attention_2", family.flash_attention_2);
    visit("flash_attention_1", family.flash_attention_1);
    visit("prefill", family.prefill);
    visit("decode.bf16", family.decode);
    visit("decode.fp8", family.decode_fp8);
    visit("latent_decode.bf16", family.latent_decode);
    visit("latent_decode.fp8", family.latent_decode_fp8);
    visit("delta", family.delta);
}

/// The figures of a recipe's products.
inline GemmKernels& gemm_kernels(KernelFamily& family, Precision precision) {
    switch (precision) {
        case Precision::bf16: return family.bf16;
        case Precision::fp8: return family.fp8;
        case Precision::fp8_block: return family.fp8_block;
        case Precision::fp4: return family.fp4;
    }
    return family.bf16;
}

/// Efficiency of collectives over one kind of link: share of the one-way rate that the bus
/// bandwidth of nccl-tests reaches, over the bytes of one rank's chunk.
struct CollectiveFamily {
    // a link names its family by this
    std::string id;
    std::string name;
    std::string note;
    Cited<Seconds> base;                     // fixed time of a call
    Cited<Seconds> step;                     // time of one more rank in a ring
    Cited<Curve> ring, all_to_all, reduced;  // `reduced`: all-reduce in the switch
    Cited<double> crowding;                  // of trees, where others share the fabric
    // all-reduce by kernels of serving engines, inside a domain: each rank reads what all others
    // hold, or sums its part and hands it on; starts, and the share of the rate that they reach
    Cited<Seconds> one_shot, two_shot;
    Cited<double> kernel_share;
};

template <std::same_as<CollectiveFamily> C>
struct Fields<C> {
    static constexpr auto table = std::tuple{
        Field{"name", &C::name, "name in full", Need::required},
        Field{"note", &C::note, "how the curves were made"},
        Field{"base", &C::base, "fixed time of a call", Need::required},
        Field{"step", &C::step, "time of one more rank in a ring", Need::required},
        Field{"ring", &C::ring, "gather, scatter and ring all-reduce", Need::required},
        Field{"all_to_all", &C::all_to_all, "all-to-all"},
        Field{"in_network", &C::reduced, "all-reduce in the switch"},
        Field{"crowding", &C::crowding,
              "power of D/4 by which trees over D domains, more than four, are slower",
              Need::optional, fraction},
        Field{"one_shot", &C::one_shot,
              "start of an all-reduce in which each rank reads all others' buffers"},
        Field{"two_shot", &C::two_shot,
              "start of one in which each rank sums its part and hands it on"},
        Field{"kernel_share", &C::kernel_share, "share of the rate that these two reach",
              Need::optional, reached_share},
    };
};

}  // namespace millwright
