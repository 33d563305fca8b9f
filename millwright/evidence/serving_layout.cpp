// How a row's chips are shared out: instances of one kind, or workers for prompts and for tokens.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "millwright/evidence/sayings.h"
#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace {

/// Sizes of workers as a text has them; zero is not said.
struct SaidWorkers {
    std::int64_t count = 0, chips = 0, nodes = 0;
    std::int64_t tensor = 0, pipeline = 0, data = 0, expert = 0, expert_tensor = 0;
};

template <auto member>
void put_size(SaidWorkers& said, const Heard& heard) {
    said.*member = heard.whole();
}

using Workers = SaidWorkers;

/// Of one kind of worker: "6 prefill x (tp1 dp4 moe_tp1 ep4)", "decode 32 GPUs", "DEP8 x 2".
const Sayings<Workers>& worker_sayings() {
    static const Sayings<Workers> table{
        {"moe_tp", R"(\bmoe[-_ ]?tp\s*=?\s*(\d+))", put_size<&Workers::expert_tensor>},
        {"tp", R"((?:^|[^\w])tp\s*=?\s*(\d+))", put_size<&Workers::tensor>},
        {"pp", R"((?:^|[^\w])pp\s*=?\s*(\d+))", put_size<&Workers::pipeline>},
        {"dp", R"((?:^|[^\w])dp\s*=?\s*(\d+))", put_size<&Workers::data>},
        {"ep", R"((?:^|[^\w])ep\s*=?\s*(\d+))", put_size<&Workers::expert>},
        {"dep", R"((?:^|[^\w])dep\s*=?\s*(\d+))",
         [](Workers& said, const Heard& heard) { said.data = said.expert = heard.whole(); }},
        {"tep", R"((?:^|[^\w])tep\s*=?\s*(\d+))",
         [](Workers& said, const Heard& heard) { said.tensor = said.expert = heard.whole(); }},
        {"node", R"((\d+)\s*nodes?\b)", put_size<&Workers::nodes>},
        {"", R"((\d+)\s*(?:gpu|npu|chip|card|device|die)s?\b)", put_size<&Workers::chips>},
        {"", R"((\d+)\s*(?:x\s*)?(?:prefill|decode|instances?|workers?|replicas?|engines?)\b)",
         put_size<&Workers::count>},
        {"x", R"(\bx\s*(\d+)\b)",
         [](Workers& said, const Heard& heard) {
             if (said.count == 0) said.count = heard.whole();
         }},
    };
    return table;
}

/// Both kinds in a text: what stands at and behind each word until the other.
struct SaidSides {
    std::string prefill, decode;
};

/// "3P1D", "4p 9d": instances of each, sizes not said.
const Sayings<SaidSides>& short_sides() {
    static const Sayings<SaidSides> table{
        {"p", R"((?:^|[^\w])(\d+)p\s*[-+:/]?\s*(\d+)d\b)",
         [](SaidSides& sides, const Heard& heard) {
             sides.prefill = heard.text(1) + " prefill";
             sides.decode = heard.text(2) + " decode";
         }},
    };
    return table;
}

/// A part begins with the number before its word, if there is one.
std::size_t begin_of_part(const std::string& text, std::size_t word) {
    std::size_t at = word;
    while (at > 0 && text[at - 1] == ' ') --at;
    std::size_t digits = at;
    while (digits > 0 && std::isdigit(static_cast<unsigned char>(text[digits - 1])) != 0) --digits;
    return digits < at ? digits : word;
}

SaidSides sides_of(const std::string& low) {
    SaidSides sides;
    const std::size_t prefill = low.find("prefill"), decode = low.find("decode");
    if (prefill == std::string::npos && decode == std::string::npos) {
        short_sides().first(low, sides);
        return sides;
    }
    const auto part = [&](std::size_t from, std::size_t other) {
        if (from == std::string::npos) return std::string();
        const std::size_t begin = begin_of_part(low, from);
        if (other == std::string::npos || other < from) return low.substr(begin);
        return low.substr(begin, begin_of_part(low, other) - begin);
    };
    sides.prefill = part(prefill, decode);
    sides.decode = part(decode, prefill);
    return sides;
}

std::optional<RowWorkers> workers_of(const std::string& text, bool moe) {
    SaidWorkers said;
    if (text.empty() || worker_sayings().all(text, said) == 0) return std::nullopt;
    RowWorkers workers;
    RowLayout& layout = workers.layout;
    layout.pipeline = std::max<std::int64_t>(1, said.pipeline);
    layout.data = std::max<std::int64_t>(1, said.data);
    layout.expert = std::max<std::int64_t>(1, said.expert);
    workers.count = static_cast<double>(std::max<std::int64_t>(1, said.count));
    if (said.chips == 0 && said.nodes > 0) {
        said.chips = said.nodes * static_cast<std::int64_t>(chips_of_node);
    }
    const bool sized = said.tensor > 0 || said.data > 0 || said.expert > 0;
    if (!sized) {  // to be planned
        layout.chips = static_cast<double>(said.chips) / workers.count;
        return workers;
    }
    layout.tensor = std::max<std::int64_t>(1, said.tensor);
    if (said.data == 0 && said.tensor == 0) layout.data = layout.expert;
    complete_layout(layout, moe);
    if (said.expert_tensor > 0 && said.expert > 0) layout.expert_tensor = said.expert_tensor;
    if (said.chips > 0 && said.count == 0) {
        workers.count = std::max(1.0, std::floor(static_cast<double>(said.chips) / layout.chips));
    }
    return workers;
}

/// Expert ways of a row: a number, as many as tensors', or all where experts are spread.
std::int64_t expert_ways(const Cells& cells, const SaidFlags& flags, const RowLayout& layout) {
    const std::string cell = lower(cells.text("ep"));
    if (const auto number = number_of(cell); number && *number >= 1) {
        return static_cast<std::int64_t>(*number);
    }
    if (flags.expert) return *flags.expert;
    const bool all = flags.expert_parallel || contains(cell, "tp");
    return all ? layout.tensor * layout.data : 1;
}

void read_whole(const Cells& cells, const SaidFlags& flags, ServingRow& row) {
    RowLayout& layout = row.whole.layout;
    const bool moe = is_moe(row.model);
    const auto ways = [&](std::string_view column, const std::optional<std::int64_t>& flag,
                          std::int64_t otherwise) {
        const auto cell = cells.number(column);
        return cell && *cell >= 1 ? static_cast<std::int64_t>(*cell) : flag.value_or(otherwise);
    };
    layout.tensor = ways("tp", flags.tensor, 0);
    layout.pipeline = ways("pp", flags.pipeline, 1);
    layout.data = ways("dp", flags.data, 1);
    if (layout.tensor == 0) {
        layout.chips = row.chips;
        layout.data = 1;
        row.defaults.push_back("no layout is stated");
        return;
    }
    // requests are shared out over the chips that a column counts as tensor's
    if (flags.attention_data && moe && layout.data == 1 && layout.tensor > 1) {
        layout.data = layout.tensor;
        layout.tensor = 1;
        layout.attention_data = true;
    }
    layout.expert = expert_ways(cells, flags, layout);
    // dense replicas are instances of their own
    if (!moe) layout.data = 1;
    complete_layout(layout, moe);
    if (row.chips == 0) row.chips = layout.chips * static_cast<double>(ways("dp", {}, 1));
    if (row.chips < layout.chips) {
        row.defaults.push_back(
            fmt::format("{:.0f} chips, as many as the layout has", layout.chips));
        row.chips = layout.chips;
    }
    row.whole.count = std::max(1.0, std::floor(row.chips / layout.chips));
}

}  // namespace

void complete_layout(RowLayout& layout, bool moe) {
    const std::int64_t ways = layout.tensor * layout.data;
    if (!moe) {
        layout.expert = layout.expert_tensor = 1;
    } else if (layout.expert <= 1) {
        layout.expert = 1;
        layout.expert_tensor = std::max<std::int64_t>(1, ways);
    } else {
        layout.expert_tensor = std::max<std::int64_t>(1, ways / layout.expert);
    }
    layout.attention_data = layout.attention_data || (moe && layout.data > 1);
    layout.chips = static_cast<double>(std::max<std::int64_t>(1, ways) * layout.pipeline);
}

void read_layout(const Cells& cells, const SaidFlags& flags, ServingRow& row) {
    const std::string disagg = lower(trimmed(cells.text("disagg")));
    const bool apart = !disagg.empty() && !disagg.starts_with("no");
    if (!apart) return read_whole(cells, flags, row);
    const SaidSides sides = sides_of(disagg);
    const bool alone = sides.prefill.empty() != sides.decode.empty() || contains(disagg, " only");
    row.prefill = workers_of(sides.prefill, is_moe(row.model));
    row.decode = workers_of(sides.decode, is_moe(row.model));
    const auto chips = [](const std::optional<RowWorkers>& workers) {
        return workers ? workers->count * workers->layout.chips : 0.0;
    };
    // columns that count one side alone are of that side
    const bool sized = cells.number("tp").value_or(0) >= 1;
    if (sized && (alone || row.chips == chips(row.decode) || row.chips == chips(row.prefill))) {
        const bool of_prefill = contains(disagg, "prefill side") ||
                                (!contains(disagg, "decode") && !sides.prefill.empty());
        row.prefill = row.decode = std::nullopt;
        read_whole(cells, flags, row);
        row.load.form = of_prefill ? LoadForm::prefill : LoadForm::decode;
        return;
    }
    if (!row.prefill || !row.decode) {
        row.skipped = "the disaggregated layout cannot be read";
        return;
    }
    if (row.chips == 0) row.chips = chips(row.prefill) + chips(row.decode);
}

}  // namespace millwright
