// Export-control metrics of one chip, as 15 CFR 774 supplement 1, ECCN 3A090 defines them.
#pragma once

#include <string>

#include "base/quantity.h"
#include "parts/chip.h"

namespace millwright {

/// What the tests compare. Bandwidths are totals of all directions, in GB/s.
struct ChipFacts {
    std::string chip;
    std::string vendor;
    bool prc_designed = false;
    bool data_centre = true;
    bool us_market_2026_01_15 = true;
    double tpp = 0;  // total processing performance: dense TOPS times bits, the highest
    std::string tpp_format;
    bool tpp_known = false;
    double area_mm2 = 0;  // applicable die area
    bool area_known = false;
    bool planar = false;  // every die planar: performance density undefined
    double dram_gbps = 0;
    bool dram_known = false;
    double io_gbps = 0;  // aggregate bidirectional transfer rate, other than to memory
    double fp64_tflops = 0, fp32_tflops = 0;
    std::string status;  // shipping, announced or never-shipped
    std::string launch;
};

/// Facts of a catalog chip; `host_per_direction` is its host link, zero if it has none.
ChipFacts facts_of(const Chip& chip, Bandwidth host_per_direction);

/// TPP over applicable die area; zero where the area is unknown or all dies are planar.
double performance_density(const ChipFacts& facts);

}  // namespace millwright
