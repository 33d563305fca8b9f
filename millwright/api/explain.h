// Why a job costs another amount on another factory, or takes another time: terms that sum to the
// difference (base/split.h).
//
//   training-cost  tokens x chip time of a token x yearly cost of a chip / share that counts
//   training-time  tokens x chip time of a token / chips used / share that counts / hours a day
//   output-price   time of an output token / sequences at once of a chip x yearly cost of a chip
//                  x share of the cost that output tokens bear
//   output-rate    chips x sequences at once of a chip / time of an output token
//
// Chip time of a token, time of an output token and yearly cost are sums: of the step's ledger, of
// the token's and of the factory's. The share is of time on steps that count.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/split.h"
#include "millwright/study/study.h"

namespace millwright {

/// What is explained: dollars and days of a training run by the chips that its plan uses, dollars
/// of a million output tokens, and output tokens a second of all chips.
enum class Explained : std::uint8_t { training_cost, training_time, output_price, output_rate };

/// One figure on both sides. It is what reports of the jobs say, but for rounding.
struct Explanation {
    Explained figure = Explained::training_cost;
    double a = 0, b = 0;           // USD, days, USD, tokens a second
    std::vector<SplitTerm> terms;  // that sum to b - a, largest first; ties in their order
};

/// The same on both sides, but for rounding.
bool is_alike(const Explanation& explanation);

/// A job on two factories. Where it cannot be explained `why_not` says so, without figures.
struct JobExplanation {
    std::string factory_a, factory_b, job;
    std::string why_not;
    std::vector<Explanation> figures;
};

/// Every job that both factories have, by name, in the order of A's.
std::vector<JobExplanation> explain_jobs(const FactoryReport& a, const FactoryReport& b);

}  // namespace millwright

template <>
struct millwright::EnumNames<millwright::Explained> {
    static constexpr std::array<std::string_view, 4> names{"training-cost", "training-time",
                                                           "output-price", "output-rate"};
};
