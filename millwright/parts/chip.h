// An accelerator as its datasheet gives it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// Whom it is sold to. Parts for the cloud are rented, not sold.
enum class Market { global, china, cloud };

template <>
struct EnumNames<Market> {
    static constexpr std::array<std::string_view, 3> names{"global", "china", "cloud"};
};

/// Whether it is on sale; `unstated` of a chip that is no part of the catalog.
enum class ChipStatus { shipping, announced, never_shipped, unstated };

template <>
struct EnumNames<ChipStatus> {
    static constexpr std::array<std::string_view, 4> names{"shipping", "announced", "never-shipped",
                                                           "unstated"};
};

/// Technology of the memory; `HBM (HiBL)` and `HBM (HiZQ)` are Huawei's own stacks.
/// For display and for readers: bandwidth and capacity are figures of their own.
enum class MemoryKind {
    unknown,
    ddr4,
    ddr5,
    gddr5,
    gddr6,
    gddr6x,
    gddr7,
    hbm,
    hbm2,
    hbm2e,
    hbm3,
    hbm3e,
    hbm4,
    hbm4e,
    hibl,
    hizq,
    lpddr3,
    lpddr4,
    lpddr4x,
    lpddr5,
    lpddr5x,
    lpddr6,
    sram
};

template <>
struct EnumNames<MemoryKind> {
    static constexpr std::array<std::string_view, 23> names{
        "unknown", "DDR4",   "DDR5",    "GDDR5",  "GDDR6",   "GDDR6X", "GDDR7",      "HBM",
        "HBM2",    "HBM2e",  "HBM3",    "HBM3e",  "HBM4",    "HBM4e",  "HBM (HiBL)", "HBM (HiZQ)",
        "LPDDR3",  "LPDDR4", "LPDDR4x", "LPDDR5", "LPDDR5X", "LPDDR6", "SRAM"};
};

/// One accelerator package. Rates are dense (no sparsity); bandwidths say their direction.
struct Chip {
    // identity: whose it is decides which rules, kernels and frameworks apply
    std::string id;  // file name, the name scenarios use
    std::string name;
    std::vector<std::string> aliases;
    std::string vendor;
    std::string designed_in;  // country code of the designer, for export rules
    std::string generation;   // kernel-efficiency family, a file in data/kernels
    std::string fleet;        // of it or of a sister, whose failures were published; or none
    Market market = Market::global;
    std::string launch;  // 2024, 2024-02, 2024-Q2, 2024-H2 or 2024-2025
    ChipStatus status = ChipStatus::unstated;
    // judgements that some rules turn on
    bool marketed_for_data_centre = false;
    bool sold_in_us = false;
    std::string note;
    std::string bf16_from;  // the format whose rate stands in for BF16, where the chip has none

    Cited<double> processors;  // streaming multiprocessors, compute units, cores
    // rates; one that is unknown stands for a format that the chip lacks or that nobody published
    Cited<FlopRate> fp64, fp32, tf32, bf16, fp8, fp6, fp4, int8;
    Cited<FlopRate> exponentials;    // in softmax; by its family's processors if left out
    Cited<FlopRate> fp4_compressed;  // with adaptive compression, counted in no plan
    MemoryKind memory_kind = MemoryKind::unknown;
    Cited<Bytes> memory_capacity;
    Cited<Bytes> memory_reported;  // by the driver, where makers mean other gigabytes
    Cited<Bandwidth> memory_bandwidth;
    // both directions of both links together are the I/O that rules compare
    std::string scale_up_link;  // a link of the catalog; empty if none
    Cited<Bandwidth> scale_up_per_direction;
    std::string host_link;
    Cited<Watts> power;
    // dies as rules count them; unknown areas leave performance density open
    std::string process;
    Cited<Area> applicable_area;  // logic dies on non-planar nodes
    Cited<Area> compute_area;     // without input/output dies, where those are apart
    Cited<double> dies;           // logic dies of the package
    bool planar = false;          // no non-planar die: performance density undefined
    // of the chip by itself: servers have prices of their own, charges at import are shares of this
    Cited<Dollars> price;
    Cited<DollarRate> rental;
};

template <std::same_as<Chip> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use, for look-up"},
        Field{"vendor", &P::vendor, "maker", Need::required},
        Field{"designed_in", &P::designed_in, "country code of the designer", Need::required},
        Field{"generation", &P::generation, "kernel-efficiency family", Need::required},
        Field{"fleet", &P::fleet,
              "fleet whose failures were published, of such chips or of ones with the same die"},
        Field{"market", &P::market, "global, china or cloud", Need::required},
        Field{"launch", &P::launch, "when first sold, such as 2024, 2024-02, 2024-Q2 or 2024-H2"},
        Field{"status", &P::status, "shipping, announced or never-shipped", Need::required},
        Field{"marketed_for_data_centre", &P::marketed_for_data_centre,
              "designed or marketed for data centres", Need::required},
        Field{"sold_in_us", &P::sold_in_us, "on the United States market on 2026-01-15"},
        Field{"note", &P::note, "what to know about the figures"},
        Field{"processors", &P::processors, "multiprocessors, compute units or cores",
              Need::optional, counted(1, 1e7)},
        Field{"rate.fp64", &P::fp64, "dense FP64 rate, tensor units included", Need::optional,
              positive},
        Field{"rate.fp32", &P::fp32, "FP32 vector rate", Need::optional, positive},
        Field{"rate.tf32", &P::tf32, "dense TF32 rate", Need::optional, positive},
        Field{"rate.bf16", &P::bf16, "dense BF16 rate", Need::optional, positive},
        Field{"rate.bf16_from", &P::bf16_from,
              "the format whose rate stands in for BF16, such as fp16, where the chip has none"},
        Field{"rate.fp8", &P::fp8, "dense FP8 rate", Need::optional, positive},
        Field{"rate.fp6", &P::fp6, "dense FP6 rate", Need::optional, positive},
        Field{"rate.fp4", &P::fp4, "dense FP4 rate", Need::optional, positive},
        Field{"rate.int8", &P::int8, "dense INT8 rate", Need::optional, positive},
        Field{"rate.fp4_compressed", &P::fp4_compressed,
              "FP4 rate that rests on adaptive compression", Need::optional, positive},
        Field{"rate.exponentials", &P::exponentials,
              "exponentials a second, where they are not its family's", Need::optional, positive},
        Field{"memory.kind", &P::memory_kind, "memory technology"},
        Field{"memory.capacity", &P::memory_capacity, "memory capacity", Need::optional, positive},
        Field{"memory.reported", &P::memory_reported,
              "memory that the driver reports; the capacity if left out"},
        Field{"memory.bandwidth", &P::memory_bandwidth, "memory bandwidth", Need::optional,
              positive},
        Field{"scale_up.link", &P::scale_up_link, "link of the scale-up fabric"},
        Field{"scale_up.per_direction", &P::scale_up_per_direction,
              "scale-up bandwidth of the chip, one direction", Need::optional, positive},
        Field{"host.link", &P::host_link, "link to the host"},
        Field{"power.tdp", &P::power, "thermal design power"},
        Field{"die.process", &P::process, "manufacturing process"},
        Field{"die.applicable", &P::applicable_area, "non-planar logic die area"},
        Field{"die.compute", &P::compute_area, "die area without input/output dies"},
        Field{"die.count", &P::dies, "logic dies of the package", Need::optional, counted(1, 64)},
        Field{"die.planar", &P::planar, "every die is planar"},
        Field{"price.purchase", &P::price, "price of one chip"},
        Field{"price.rental", &P::rental,
              "rent of one for an hour, on a contract of a year or longer, or on demand where the "
              "title of its source says so"},
    };
};

/// Dense rate of a format; unknown where the chip lacks it or nobody published it.
inline const Cited<FlopRate>& rate(const Chip& chip, Format format) {
    switch (format) {
        case Format::fp64: return chip.fp64;
        case Format::fp32: return chip.fp32;
        case Format::tf32: return chip.tf32;
        case Format::bf16: return chip.bf16;
        case Format::fp8: return chip.fp8;
        case Format::fp6: return chip.fp6;
        case Format::fp4: return chip.fp4;
        case Format::int8: return chip.int8;
    }
    return chip.bf16;
}

}  // namespace millwright
