// The figures that conditions compare. Each grows with the open figures in it, so its interval is
// made bound by bound: the lower bounds give the lower bound.
#include "millwright/rules/metrics.h"

#include <algorithm>
#include <array>

namespace millwright {
namespace {

Figure sum(const Figure& a, const Figure& b) { return {a.low + b.low, a.high + b.high}; }
Figure times(const Figure& a, double k) { return {a.low * k, a.high * k}; }

/// Things of the level that figures are of: quantities count packages, whatever the reading.
double things(const ChipFacts& f, const Party& party) { return party.quantity / f.level; }

/// PFLOPS in the rule's volume at the mean density of the hall; all of it in a smaller hall.
Figure peak_in(const Figure& tflops, double things, const Party& party, Volume volume) {
    constexpr double tera_in_peta = 1000;
    const double share = std::min(1.0, volume.in(unit::m3) / party.hall_m3);
    return times(tflops, things * share / tera_in_peta);
}

/// GB/s of a memory stack over the mm2 of its package; open where the package is not known.
Figure density_of_stack(const ChipFacts& f) {
    if (!f.package.known() || f.package.low <= 0) return {};
    return times(f.dram, 1 / f.package.low);
}

using F = const ChipFacts&;
using P = const Party&;
using V = Volume;

// In the order of Metric. Of a figure made of two, `missing` names one that is not known.
constexpr std::array<MetricRow, metric_count> metric_rows{{
    {.unit = "TPP",
     .missing = [](F) -> std::string_view { return "dense rate"; },
     .value = [](F f, P, V) { return f.tpp; },
     .rests_on = facts_of({Fact::tpp})},
    {.unit = "TPP/mm2",
     .missing = [](F f) -> std::string_view { return f.tpp.known() ? "die area" : "dense rate"; },
     .value = [](F f, P, V) { return performance_density(f); },
     .rests_on = facts_of({Fact::tpp, Fact::area})},
    {.unit = "GB/s of memory",
     .missing = [](F) -> std::string_view { return "memory bandwidth"; },
     .value = [](F f, P, V) { return f.dram; },
     .rests_on = facts_of({Fact::dram})},
    {.unit = "GB/s of I/O",
     .missing = [](F) -> std::string_view { return "I/O bandwidth"; },
     .value = [](F f, P, V) { return f.io; },
     .rests_on = facts_of({Fact::io})},
    {.unit = "GB/s of memory and I/O",
     .missing = [](F f) -> std::string_view {
         return f.dram.known() ? "I/O bandwidth" : "memory bandwidth";
     },
     .value = [](F f, P, V) { return sum(f.dram, f.io); },
     .rests_on = facts_of({Fact::dram, Fact::io})},
    {.unit = "GB/s/mm2",
     .missing = [](F) -> std::string_view { return "memory bandwidth and package area"; },
     .value = [](F f, P, V) { return density_of_stack(f); },
     .rests_on = facts_of({Fact::dram})},
    {.unit = "PFLOPS of FP64 in the rule's volume",
     .missing = [](F) -> std::string_view { return "FP64 rate"; },
     .value = [](F f, P party,
                 V volume) { return peak_in(f.fp64, things(f, party), party, volume); },
     .rests_on = {},
     .in_volume = true},
    {.unit = "PFLOPS of FP32 in the rule's volume",
     .missing = [](F) -> std::string_view { return "FP32 rate"; },
     .value = [](F f, P party,
                 V volume) { return peak_in(f.fp32, things(f, party), party, volume); },
     .rests_on = {},
     .in_volume = true},
    {.unit = "TPP",
     .missing = [](F) -> std::string_view { return "dense rate"; },
     .value = [](F f, P party, V) { return times(f.tpp, things(f, party)); },
     .rests_on = facts_of({Fact::tpp})},
}};

}  // namespace

const MetricRow& row_of(Metric metric) { return metric_rows[static_cast<std::size_t>(metric)]; }

Figure value_of(Metric metric, const ChipFacts& facts, const Party& party, Volume volume) {
    return row_of(metric).value(facts, party, volume);
}

bool is_asked(Metric metric, const ChipFacts& facts, const Party& party) {
    if (metric == Metric::density && facts.planar) return false;
    return !row_of(metric).in_volume || party.hall_m3 > 0;
}

}  // namespace millwright
