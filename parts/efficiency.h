// How much of a datasheet rate kernels and collectives reach: measured curves, per family.
#pragma once

#include <string>
#include <string_view>

#include "base/curve.h"
#include "base/fields.h"
#include "base/quantity.h"
#include "parts/precision.h"

namespace millwright {

/// Matrix products y[m,n] = x[m,k] w[k,n] in one format. `rows` is the share of the dense rate
/// over m with n and k large; `columns` and `depth` are factors over n and k, 1 when large.
struct GemmCurves {
    Cited<Curve> rows, columns, depth;
};

/// Efficiency of one chip generation's kernels. `like` names the family whose measured curves
/// stand in where this one has none, times `scale`.
struct KernelFamily {
    std::string id;
    std::string name;
    std::string note;
    std::string like;
    Cited<double> scale;
    std::string measured_on;  // chip whose power and rate the curves belong to
    Cited<Seconds> launch;    // fixed time of a kernel, launch gap included
    Cited<double> sustained;  // clock under long full load over clock in a burst
    GemmCurves bf16, fp8, fp8_block, fp4;
    Cited<Curve> grouped;    // grouped product over plain product, by rows per expert
    Cited<Curve> attention;  // causal forward, share of the dense BF16 rate, by sequence
    Cited<double> backward;  // attention backward rate over forward rate
    Cited<Curve> memory;     // share of memory bandwidth, by bytes moved
};

template <>
struct Fields<KernelFamily> {
    using K = KernelFamily;
    static constexpr auto table = std::tuple{
        Field{"name", &K::name, "name in full", Need::required},
        Field{"note", &K::note, "how the curves were made"},
        Field{"like", &K::like, "family whose curves stand in"},
        Field{"scale", &K::scale, "factor on stand-in compute curves", Need::optional,
              Range{0.01, 2}},
        Field{"measured_on", &K::measured_on, "chip that was measured"},
        Field{"launch", &K::launch, "fixed time of a kernel"},
        Field{"sustained", &K::sustained, "clock under long load over burst clock", Need::optional,
              fraction},
        Field{"grouped", &K::grouped, "grouped product over plain, by rows per expert"},
        Field{"attention.forward", &K::attention, "causal forward share, by sequence"},
        Field{"attention.backward", &K::backward, "backward rate over forward rate", Need::optional,
              fraction},
        Field{"memory", &K::memory, "share of memory bandwidth, by bytes moved"},
    };
};

template <>
struct Fields<GemmCurves> {
    static constexpr auto table = std::tuple{
        Field{"rows", &GemmCurves::rows, "share of the dense rate over m"},
        Field{"columns", &GemmCurves::columns, "factor over n"},
        Field{"depth", &GemmCurves::depth, "factor over k"},
    };
};

inline GemmCurves& gemm_curves(KernelFamily& family, Precision precision) {
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
    std::string id;
    std::string name;
    std::string note;
    Cited<Seconds> base;                     // fixed time of a call
    Cited<Seconds> step;                     // time of one more rank in a ring
    Cited<Curve> ring, all_to_all, reduced;  // `reduced`: all-reduce in the switch
};

template <>
struct Fields<CollectiveFamily> {
    using C = CollectiveFamily;
    static constexpr auto table = std::tuple{
        Field{"name", &C::name, "name in full", Need::required},
        Field{"note", &C::note, "how the curves were made"},
        Field{"base", &C::base, "fixed time of a call", Need::required},
        Field{"step", &C::step, "time of one more rank in a ring", Need::required},
        Field{"ring", &C::ring, "gather, scatter and ring all-reduce", Need::required},
        Field{"all_to_all", &C::all_to_all, "all-to-all"},
        Field{"in_network", &C::reduced, "all-reduce in the switch"},
    };
};

}  // namespace millwright
