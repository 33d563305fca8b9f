// Laws of single kernels, over every chip of the catalog: none beats the sheet, none is faster with
// more to do, all are finite and positive.
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "millwright/compute/expert_layer.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

constexpr double slack = 1 + 1e-9;

struct Drawn {
    const Chip* chip;
    ChipRates rates;
    Product product;
};

double size_up_to(double most) {
    const double u = *rc::gen::inRange(0, 1000) / 1000.0;
    return std::floor(std::exp(u * std::log(most)));
}

/// A product of a format that the chip has, in bursts or under long load, fused or a call a group.
Drawn drawn() {
    const Catalog& catalog = built_in_catalog();
    Drawn d;
    d.chip = &catalog.chips[*rc::gen::inRange<std::size_t>(0, catalog.chips.size())];
    d.rates = resolve_rates(catalog, *d.chip);
    if (*rc::gen::arbitrary<bool>()) d.rates = at_burst_clock(d.rates);
    Product& p = d.product;
    p.precision = static_cast<Precision>(*rc::gen::inRange(0, static_cast<int>(precision_count)));
    if (d.rates.rate(p.precision) <= FlopRate{}) p.precision = Precision::bf16;
    RC_PRE(d.rates.rate(p.precision) > FlopRate{});
    RC_PRE(d.chip->memory_bandwidth.known());
    p.m = size_up_to(1e5);
    p.n = size_up_to(1e5);
    p.k = size_up_to(1e5);
    p.count = size_up_to(512);
    p.grouped = *rc::gen::arbitrary<bool>();
    p.output_bytes = *rc::gen::element(2.0, 4.0, 8.0);
    if (*rc::gen::arbitrary<bool>()) d.rates.grouped_calls = {4, 5 * unit::us};
    return d;
}

RC_GTEST_PROP(KernelLaw, NoProductBeatsTheSheet, ()) {
    const Drawn d = drawn();
    const Product& p = d.product;
    const double seconds = product_time(d.rates, p).si();
    RC_ASSERT(std::isfinite(seconds));
    RC_ASSERT(seconds > 0);
    const double sheet = rate(*d.chip, product_format(p.precision)).value.si();
    RC_ASSERT(seconds * slack >= 2 * p.m * p.n * p.k * p.count / sheet);
    const double operands = (p.m * p.k + p.n * p.k) * operand_bytes(p.precision);
    const double moved = p.count * (operands + p.m * p.n * p.output_bytes);
    RC_ASSERT(seconds * slack >= moved / d.chip->memory_bandwidth.value.si());
}

RC_GTEST_PROP(KernelLaw, MoreOfAProductTakesNoLess, ()) {
    const Drawn d = drawn();
    const Seconds before = product_time(d.rates, d.product);
    for (double Product::*size :
         {&Product::m, &Product::n, &Product::k, &Product::count, &Product::output_bytes}) {
        Product more = d.product;
        more.*size = std::ceil(more.*size * (1 + *rc::gen::inRange(1, 400) / 100.0));
        RC_ASSERT(slack * product_time(d.rates, more) >= before);
    }
}

// Of experts in one kernel and of plain products of as many: the same arithmetic. Calls a group are
// none of it: each is small enough to be split along k, which the batch of all of them is not.
RC_GTEST_PROP(KernelLaw, GroupsInOneKernelAreNoFasterThanABatch, ()) {
    Drawn d = drawn();
    d.rates.grouped_calls = {};
    // kernels of their own for a format can be better than the library's products
    const GroupedKernel& group = d.rates.group(d.product.precision, false);
    RC_PRE(group.depth_overhead >= 0 && group.memory <= 1);
    d.product.grouped = true;
    const Seconds grouped = product_time(d.rates, d.product);
    d.product.grouped = false;
    RC_ASSERT(slack * grouped >= product_time(d.rates, d.product));
}

RC_GTEST_PROP(KernelLaw, CastsMoveWhatTheyReadAndWrite, ()) {
    const Drawn d = drawn();
    const Precision precision = d.product.precision;
    if (precision == Precision::bf16) return;
    const double seconds = quantise_time(d.rates, precision, d.product.m, d.product.k).si();
    const double moved = d.product.m * d.product.k * (2 + operand_bytes(precision));
    RC_ASSERT(std::isfinite(seconds));
    RC_ASSERT(seconds * slack >= moved / d.chip->memory_bandwidth.value.si());
}

/// Routed experts of a rank, balanced.
ExpertLayer drawn_layer(const ExpertRouting& routing) {
    ExpertLayer layer;
    layer.hidden = size_up_to(16384);
    layer.inner = size_up_to(32768);
    layer.gated = *rc::gen::arbitrary<bool>();
    layer.load = fullest_rank(routing);
    return layer;
}

ExpertRouting drawn_routing() {
    ExpertRouting r;
    r.experts = static_cast<double>(1 << *rc::gen::inRange(0, 10));
    r.ranks = std::min(r.experts, static_cast<double>(1 << *rc::gen::inRange(0, 7)));
    r.top_k = std::min(r.experts, static_cast<double>(*rc::gen::inRange(1, 9)));
    r.tokens = size_up_to(1e5);
    return r;
}

RC_GTEST_PROP(KernelLaw, NoExpertsBeatTheSheetAndMoreTokensTakeNoLess, ()) {
    const Drawn d = drawn();
    ExpertRouting routing = drawn_routing();
    ExpertLayer layer = drawn_layer(routing);
    const Precision precision = d.product.precision;
    const Seconds time = expert_layer_time(d.rates, precision, layer);
    RC_ASSERT(std::isfinite(time.si()));
    const double weights = (layer.gated ? 3 : 2) * layer.hidden * layer.inner;
    const double sheet = rate(*d.chip, product_format(precision)).value.si();
    RC_ASSERT(time.si() * slack >= 2 * layer.load.rows * weights / sheet);
    const double read = layer.load.active * weights * operand_bytes(precision);
    RC_ASSERT(time.si() * slack >= read / d.chip->memory_bandwidth.value.si());
    routing.tokens *= 1 + *rc::gen::inRange(1, 400) / 100.0;
    layer.load = fullest_rank(routing);
    RC_ASSERT(slack * expert_layer_time(d.rates, precision, layer) >= time);
}

// The fullest has the mean at least, and no more than its experts can take; a single rank has all.
RC_GTEST_PROP(RoutingLaw, TheFullestRankLiesBetweenTheMeanAndWhatItsExpertsTake, ()) {
    ExpertRouting r = drawn_routing();
    r.tokens = size_up_to(1e4);
    r.exponent = *rc::gen::inRange(1, 200) / 100.0;
    const ExpertLoad load = fullest_rank(r);
    const double mean = std::max(1.0, r.tokens * r.top_k / r.ranks);
    RC_ASSERT(load.rows * slack >= mean);
    RC_ASSERT(load.rows <= slack * r.tokens * std::min(r.top_k, r.experts / r.ranks) + slack);
    RC_ASSERT(load.active >= 1);
    RC_ASSERT(load.active <= slack * r.experts / r.ranks);
    if (r.ranks == 1) RC_ASSERT(load.rows <= slack * mean);
    r.exponent = 0;
    RC_ASSERT(fullest_rank(r).rows == mean);
}

}  // namespace TEST_FILE
}  // namespace millwright
