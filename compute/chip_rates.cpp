#include "compute/chip_rates.h"

namespace millwright {
namespace {

double gemm_share(const GemmEfficiency& curves, double m, double n, double k) {
    return value(curves.rows, m) * value(curves.columns, n) * value(curves.depth, k);
}

Seconds product_time(const ChipRates& chip, Precision precision, double m, double n, double k,
                     double count, double share) {
    const Flops work = 2 * m * n * k * count * unit::flop;
    const double operand = operand_bytes(precision);
    const Bytes traffic = count * ((m * k + n * k) * operand + 2 * m * n) * unit::B;
    const Seconds compute = work / (chip.rate(precision) * share * chip.sustained);
    const Seconds memory = traffic / (chip.memory_bandwidth * value(chip.memory, traffic.si()));
    return chip.launch + max(compute, memory);
}

}  // namespace

Seconds gemm_time(const ChipRates& chip, Precision precision, double m, double n, double k,
                  double count) {
    const auto& curves = chip.gemm[static_cast<std::size_t>(precision)];
    return product_time(chip, precision, m, n, k, count, gemm_share(curves, m, n, k));
}

Seconds grouped_gemm_time(const ChipRates& chip, Precision precision, double m, double n, double k,
                          double count) {
    const auto& curves = chip.gemm[static_cast<std::size_t>(precision)];
    const double share = gemm_share(curves, m, n, k) * value(chip.grouped, m);
    return product_time(chip, precision, m, n, k, count, share);
}

Seconds attention_time(const ChipRates& chip, Flops flops, double length, Bytes traffic,
                       bool backward) {
    const double pass = backward ? chip.attention_backward : 1.0;
    const double share = value(chip.attention, length) * pass * chip.sustained;
    const Seconds compute = flops / (chip.rate(Precision::bf16) * share);
    return chip.launch + max(compute, traffic / chip.memory_bandwidth);
}

Seconds memory_time(const ChipRates& chip, Bytes traffic) {
    return chip.launch + traffic / (chip.memory_bandwidth * value(chip.memory, traffic.si()));
}

}  // namespace millwright
