// How much of a datasheet attention and recurrent kernels reach: figures of a chip generation.
#pragma once

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// Fused attention (FlashAttention and its like) over whole sequences: blocks of queries over
/// processors. A peak share of zero: there is no such library.
template <template <class> class As>
struct AttentionFigures {
    As<double> peak_share{};       // of the dense BF16 rate, inside products
    As<double> fp8{1};             // rate of products of FP8 operands over that of BF16
    As<double> wide{1};            // rate of heads of 192 and more over narrower ones
    As<double> backward{1};        // rate of the backward pass's products over the forward's
    As<Seconds> block{};           // of a processor, to begin and end a block of queries
    As<Seconds> backward_block{};  // the same of the backward pass
    As<Seconds> start{};           // of a serving engine's operation, beside the launch
    bool follows_cache = false;    // queries are cast to the format of the cache
};

using AttentionKernels = AttentionFigures<Cited>;
using AttentionKernel = AttentionFigures<Bare>;

/// Attention of one new token a sequence to the keys of a cache. A memory share of zero: there are
/// no such kernels.
template <template <class> class As>
struct DecodeFigures {
    As<double> memory_share{};  // of memory bandwidth, of caches that take long to read
    As<Seconds> start{};        // of the operation, launch and rotary embedding included
    As<Seconds> split{};        // more where processors share a cache: the reduction
    As<Seconds> block{};        // of a processor for a sequence and a group of query heads
    As<Seconds> single{};       // the same of a head that has keys of its own
    As<Seconds> ramp{};         // until memory runs at its share, at most
    As<double> peak_share{};    // of the dense rate, in products of packed query heads
    As<double> parts{};         // most parts of one cache; zero: as many as processors
};

using DecodeKernels = DecodeFigures<Cited>;
using DecodeKernel = DecodeFigures<Bare>;

/// Recurrences in chunks of tokens. A share of zero: none were measured.
template <template <class> class As>
struct RecurrentFigures {
    As<double> share{};   // of the dense BF16 rate
    As<Seconds> start{};  // of all kernels of a layer's core
    As<Seconds> chunk{};  // from one chunk of a sequence to the next
};

using RecurrentKernels = RecurrentFigures<Cited>;
using RecurrentKernel = RecurrentFigures<Bare>;

template <template <class> class As>
struct Fields<AttentionFigures<As>> {
    using A = AttentionFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"peak_share", &A::peak_share, "share of the dense BF16 rate inside products",
              Need::required, reached_share},
        Field{"fp8", &A::fp8, "rate of products of FP8 operands over BF16", Need::optional,
              Range{0.5, 2}},
        Field{"wide", &A::wide, "rate of heads of 192 and more over narrower ones", Need::optional,
              Range{0.1, 1}},
        Field{"backward", &A::backward, "rate of the backward pass's products over the forward's",
              Need::optional, Range{0.05, 1}},
        Field{"block", &A::block, "time of a processor to begin and end a block of 128 queries",
              Need::required},
        Field{"backward_block", &A::backward_block, "the same of the backward pass"},
        Field{"start", &A::start, "time of a serving engine's operation beside the launch"},
        Field{"follows_cache", &A::follows_cache,
              "queries are cast to the format of the cache, so FP8 caches have FP8 products"},
    };
};

template <template <class> class As>
struct Fields<DecodeFigures<As>> {
    using D = DecodeFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"memory_share", &D::memory_share, "share of memory bandwidth in long reads",
              Need::required, reached_share},
        Field{"start", &D::start, "fixed time of the operation", Need::required},
        Field{"split", &D::split, "more where processors share a cache", Need::required},
        Field{"block", &D::block, "time of a processor for a sequence and a group of query heads",
              Need::required},
        Field{"single", &D::single, "the same of a head that has keys of its own"},
        Field{"ramp", &D::ramp, "until memory runs at its share, at most", Need::required},
        Field{"peak_share", &D::peak_share, "share of the dense rate in products", Need::required,
              reached_share},
        Field{"parts", &D::parts, "most parts of one cache; as many as processors if left out",
              Need::optional, counted(1, 1e6)},
    };
};

template <template <class> class As>
struct Fields<RecurrentFigures<As>> {
    using R = RecurrentFigures<As>;
    static constexpr auto table = std::tuple{
        Field{"share", &R::share, "share of the dense BF16 rate", Need::required, Range{0.001, 1}},
        Field{"start", &R::start, "fixed time of all kernels of a layer's core", Need::required},
        Field{"chunk", &R::chunk, "time from one chunk of a sequence to the next", Need::required},
    };
};

}  // namespace millwright
