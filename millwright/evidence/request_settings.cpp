// A table of arguments: where each stands, its name, what it sets. It is gone through in order,
// so that what stands later wins and expert ways are made of the ways above them. Numbers out of
// range change nothing and are no fault; names that the table lacks are passed over.
#include "millwright/evidence/request_settings.h"

#include <functional>

#include <nlohmann/json.hpp>

#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

/// One argument: where it stands, and what it sets.
struct Argument {
    std::string_view where, name;
    std::function<void(RequestLog&, const Json&)> set;
};

std::int64_t count_of(const Json& value) {
    const double number = value.is_number() ? value.get<double>() : 0;
    return number >= 1 && number < 1e12 ? static_cast<std::int64_t>(number) : 0;
}

std::string text_of(const Json& value) {
    return value.is_string() ? printable(value.get<std::string>()) : "";
}

template <auto member>
Argument text(std::string_view where, std::string_view name) {
    return {where, name, [](RequestLog& log, const Json& value) { log.*member = text_of(value); }};
}

template <auto member>
Argument ways(std::string_view name) {
    return {"engine_kwargs", name, [](RequestLog& log, const Json& value) {
                // three of them multiply without leaving 64 bits
                const std::int64_t count = count_of(value);
                if (count > 0 && count <= 1'000'000) log.layout.*member = count;
            }};
}

template <auto member>
Argument count(std::string_view where, std::string_view name) {
    return {where, name, [](RequestLog& log, const Json& value) {
                if (const std::int64_t count = count_of(value)) log.settings.*member = count;
            }};
}

template <auto member, bool negated = false>
Argument flag(std::string_view where, std::string_view name) {
    return {where, name, [](RequestLog& log, const Json& value) {
                if (value.is_boolean()) log.settings.*member = value.get<bool>() != negated;
            }};
}

Argument share(std::string_view where, std::string_view name) {
    return {where, name, [](RequestLog& log, const Json& value) {
                const double share = value.is_number() ? value.get<double>() : 0;
                if (share > 0 && share <= 1) log.settings.memory_share = share;
            }};
}

Argument version(std::string_view name, std::string_view engine) {
    return {"", name, [engine](RequestLog& log, const Json& value) {
                log.engine = std::string(engine) + " " + text_of(value);
            }};
}

constexpr std::string_view kwargs = "engine_kwargs", cache = "kv_cache", machine = "hardware";

using L = RequestLog;
using S = EngineOverrides;

/// What stands later wins: the engine's own account of its cache over what it was asked for.
const std::vector<Argument>& arguments() {
    static const std::vector<Argument> table{
        version("vllm_version", "vllm"),
        version("sglang_version", "sglang"),
        version("tensorrt_llm_version", "tensorrt-llm"),
        text<&L::engine>("", "engine"),
        text<&L::model>("", "model"),
        text<&L::model>(kwargs, "model"),
        text<&L::model>(kwargs, "model_path"),
        text<&L::dtype>(kwargs, "dtype"),
        text<&L::quantization>(kwargs, "quantization"),
        text<&L::cache_dtype>(kwargs, "kv_cache_dtype"),
        ways<&RowLayout::tensor>("tensor_parallel_size"),
        ways<&RowLayout::tensor>("tp_size"),
        ways<&RowLayout::pipeline>("pipeline_parallel_size"),
        ways<&RowLayout::pipeline>("pp_size"),
        ways<&RowLayout::data>("data_parallel_size"),
        ways<&RowLayout::data>("dp_size"),
        ways<&RowLayout::expert>("expert_parallel_size"),
        ways<&RowLayout::expert>("ep_size"),
        {kwargs, "enable_expert_parallel",
         [](L& log, const Json& value) {
             if (value.is_boolean() && value.get<bool>()) {
                 log.layout.expert = std::max<std::int64_t>(1, log.layout.tensor) * log.layout.data;
             }
         }},
        {kwargs, "enable_dp_attention",
         [](L& log, const Json& value) {
             log.layout.attention_data = value.is_boolean() && value.get<bool>();
         }},
        count<&S::max_sequences>(kwargs, "max_num_seqs"),
        count<&S::max_sequences>(kwargs, "max_running_requests"),
        count<&S::max_batched_tokens>(kwargs, "max_num_batched_tokens"),
        count<&S::max_batched_tokens>(kwargs, "chunked_prefill_size"),
        count<&S::block_size>(kwargs, "block_size"),
        count<&S::block_size>(cache, "block_size"),
        count<&S::largest_graph>(kwargs, "cuda_graph_max_bs"),
        share(kwargs, "gpu_memory_utilization"),
        share(kwargs, "mem_fraction_static"),
        share(cache, "gpu_memory_utilization"),
        flag<&S::prefix_cache>(kwargs, "enable_prefix_caching"),
        flag<&S::prefix_cache, true>(kwargs, "disable_radix_cache"),
        flag<&S::prefix_cache>(cache, "enable_prefix_caching"),
        flag<&S::chunked>(kwargs, "enable_chunked_prefill"),
        flag<&S::plans_ahead>(kwargs, "async_scheduling"),
        flag<&S::graphs, true>(kwargs, "enforce_eager"),
        flag<&S::graphs, true>(kwargs, "disable_cuda_graph"),
        {kwargs, "speculative_config",
         [](L& log, const Json& value) { log.speculation = speculation_in(value.dump()); }},
        {cache, "num_gpu_blocks",
         [](L& log, const Json& value) {
             if (const std::int64_t count = count_of(value)) log.cache_blocks = count;
         }},
        text<&L::chip>(machine, "device_name"),
        text<&L::chip>("", "chip"),
    };
    return table;
}

const Json* at(const Json& root, std::string_view where) {
    if (where.empty()) return &root;
    const auto found = root.find(where);
    return found != root.end() && found->is_object() ? &*found : nullptr;
}

}  // namespace

void read_log_settings(std::string_view text, const std::string& file, RequestLog& log,
                       Faults& faults) {
    const Json root = Json::parse(text, nullptr, false);
    if (!root.is_object()) {
        faults.push_back({{file, 1, 1}, "is no object of JSON", "write the engine's settings"});
        return;
    }
    if (at(root, kwargs) == nullptr) {
        faults.push_back({{file, 1, 1},
                          "lacks 'engine_kwargs'",
                          "put the engine's arguments there, by the engine's own names"});
        return;
    }
    log.layout.tensor = 1;
    for (const Argument& argument : arguments()) {
        const Json* object = at(root, argument.where);
        if (object == nullptr) continue;
        const auto value = object->find(argument.name);
        if (value != object->end()) argument.set(log, *value);
    }
    log.layout.chips = static_cast<double>(log.layout.tensor * log.layout.pipeline) *
                       static_cast<double>(log.layout.data);
}

}  // namespace millwright
