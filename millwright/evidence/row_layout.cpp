// The order counts: ways first, then data ways of the chips that these leave, the batch, the
// schedule, which needs micro-batches, and sharding, which needs data and context ranks. What
// cannot be run as printed becomes the next that can, if there is one, and is told; a batch is
// rounded up for its time, and its printed number is what tokens are counted by.
#include "millwright/evidence/row_layout.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/text_pattern.h"
#include "millwright/evidence/phrases.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

constexpr double largest_printed = 1e9;

/// What the sharding of a row is printed as.
std::string sharding_text(const Cells& cells) {
    return lower(cells.text("zero_fsdp") + "; " + cells.text("zero"));
}

/// Ranks of a sharding group where it is smaller than all that hold the same weights; zero for all.
/// FSDP2 counts data ranks, whose context ranks share too; a transposed group splits what the other
/// has left.
std::int64_t shard_group_of(const Cells& cells, const Word& said, TrainingRow& row) {
    static const TextPattern group(R"((?:group|shard|fsdp2?) (\d+))"),
        transposed(R"(transpose (\d+))");
    const std::string printed = sharding_text(cells);
    const Plan& p = row.plan;
    const std::int64_t ranks = p.data * p.context;
    double size = 0;
    if (const auto found = group.find(printed)) {
        size = printed_number(found->groups[1], "zero_fsdp", row);
        if (has_phrase(printed, "fsdp2")) size *= static_cast<double>(p.context);
        if (const auto left = transposed.find(printed)) {
            size *= printed_number(left->groups[1], "zero_fsdp", row);
        }
    } else if (said.shard_inside_domain == Said::yes) {
        size = row.context.network.domain;
    }
    const auto whole = static_cast<std::int64_t>(std::min(size, largest_printed));
    return whole >= 1 && whole < ranks && ranks % whole == 0 ? whole : 0;
}

/// States as the row shares them; zero-1 where it says nothing. Beside a pipeline some releases
/// keep the weights of FSDP gathered.
void read_sharding(const Cells& cells, const Framework& framework, const Word& said,
                   TrainingRow& row) {
    Plan& p = row.plan;
    p.sharding = said.sharding.empty() ? Sharding::zero_1 : *enum_named<Sharding>(said.sharding);
    p.shard_group = shard_group_of(cells, said, row);
    if (p.sharding != Sharding::zero_3 || p.pipeline == 1) return;
    if (framework.row_pipelined_fsdp == Sharding::zero_3) return;
    p.sharding = framework.row_pipelined_fsdp;
    row.defaults.push_back("weights stay gathered beside a pipeline");
}

/// As many sequences as the row says, or one micro-batch of each rank. The memory of a pipeline is
/// that of a full one.
void fill_batch(const Cells& cells, TrainingRow& row) {
    Plan& p = row.plan;
    const std::int64_t one = p.data * p.micro_batch;
    const bool printed = cells.number("global_batch").value_or(0) >= 1;
    if (printed) {
        p.global_batch = ways(cells, "global_batch");
    } else if (p.pipeline > 1) {
        if (row.metric != "memory_gb") {
            row.skipped = "not usable: a pipeline without a global batch";
        }
        p.global_batch = 2 * p.pipeline * p.virtual_stages * one;
        row.defaults.push_back("a full pipeline");
    } else {
        p.global_batch = one;
        row.defaults.push_back("one micro-batch a step");
    }
}

/// A batch that the ranks cannot share alike takes as long as the next one that they can; what was
/// printed is what is counted.
void take_whole_batches(TrainingRow& row) {
    Plan& p = row.plan;
    row.batch = static_cast<double>(p.global_batch);
    if (p.global_batch < p.data) {
        row.skipped =
            fmt::format("not usable: {} sequences on {} replicas", p.global_batch, p.data);
        p.global_batch = p.data * p.micro_batch;
        return;
    }
    if (p.global_batch < p.data * p.micro_batch) {
        p.micro_batch = p.global_batch / p.data;
        row.defaults.push_back(fmt::format("micro-batch {}, of the batch", p.micro_batch));
    }
    const std::int64_t at_once = p.data * p.micro_batch;
    const std::int64_t left = p.global_batch % at_once;
    if (left == 0) return;
    p.global_batch += at_once - left;
    row.defaults.push_back("a batch of whole micro-batches");
}

/// The schedule that the row names, where its plan has what that needs.
void read_schedule(const Word& said, TrainingRow& row) {
    Plan& p = row.plan;
    if (p.pipeline == 1) p.virtual_stages = 1;
    p.schedule = usual_schedule(p.virtual_stages);
    if (said.schedule.empty() || p.pipeline == 1) return;
    Plan named = p;
    named.schedule = *enum_named<Schedule>(said.schedule);
    const bool takes = takes_virtual_stages(named.schedule, named.virtual_stages);
    if (takes && has_stages(named) && fills_rounds(named)) {
        p = named;
    } else {
        row.defaults.push_back(
            fmt::format("{} in place of {}", name_of(p.schedule), said.schedule));
    }
}

}  // namespace

bool has_layout(const Cells& cells, const Word& said, double chips) {
    constexpr std::array columns{"tp",  "pp", "vp",          "cp",        "ep",
                                 "etp", "dp", "micro_batch", "grad_accum"};
    return chips <= 1 || !said.sharding.empty() ||
           std::ranges::any_of(columns, [&](const char* c) { return cells.number(c).has_value(); });
}

double printed_number(const std::string& digits, const char* column, TrainingRow& row) {
    const double number = number_of(digits).value_or(largest_printed + 1);
    if (number <= largest_printed) return number;
    row.skipped = fmt::format("not usable: {} in {} is too large", excerpt(digits), column);
    return 1;
}

void read_batch(const Cells& cells, TrainingRow& row) {
    row.plan.global_batch = ways(cells, "global_batch");
    row.batch = static_cast<double>(row.plan.global_batch);
}

void read_layout(const Cells& cells, const Framework& framework, const Word& said,
                 TrainingRow& row) {
    Plan& p = row.plan;
    p.tensor = ways(cells, "tp");
    p.pipeline = ways(cells, "pp");
    p.virtual_stages = ways(cells, "vp");
    p.context = ways(cells, "cp");
    p.expert = ways(cells, "ep");
    p.expert_tensor = ways(cells, "etp");
    p.micro_batch = ways(cells, "micro_batch");
    const auto chips = static_cast<std::int64_t>(row.chips);
    const std::int64_t model_ways = p.tensor * p.pipeline * p.context;
    p.data = std::max<std::int64_t>(1, chips / model_ways);
    if (cells.number("dp").value_or(0) * static_cast<double>(model_ways) == row.chips) {
        p.data = ways(cells, "dp");
    } else {
        row.defaults.push_back("data ways from the chips");
    }
    fill_batch(cells, row);
    if (!cells.number("micro_batch")) {
        const bool whole = framework.row_takes_whole_batch;
        if (whole) p.micro_batch = std::max<std::int64_t>(1, p.global_batch / p.data);
        row.defaults.push_back(whole ? "one micro-batch a step" : "micro-batch 1");
    }
    take_whole_batches(row);
    read_schedule(said, row);
    read_sharding(cells, framework, said, row);
}

}  // namespace millwright
