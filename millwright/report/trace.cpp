#include "millwright/report/trace.h"
#include "millwright/report/json_text.h"

#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// Metadata ("M"): the name of a process or thread.
Json name_event(const char* what, int process, std::int64_t thread, const std::string& name) {
    return {
        {"ph", "M"}, {"name", what}, {"pid", process}, {"tid", thread}, {"args", {{"name", name}}}};
}

/// Kinds before `data` are passes; the later ones are of the whole step.
bool of_micro_batch(const Task& task) { return task.kind < TaskKind::data; }

std::string slice_name(const Task& task) {
    if (!of_micro_batch(task)) return std::string(name_of(task.kind));
    return fmt::format("{} {}", name_of(task.kind), task.micro_batch);
}

/// A complete event ("X"), with its begin and its length in one.
Json slice(const Task& task) {
    Json args = Json::object();
    if (of_micro_batch(task)) args = {{"micro_batch", task.micro_batch}, {"chunk", task.chunk}};
    return {{"ph", "X"},
            {"name", slice_name(task)},
            {"cat", name_of(task.kind)},
            {"pid", 1},
            {"tid", task.stage},
            {"ts", task.start.in(unit::us)},
            {"dur", task.duration.in(unit::us)},
            {"args", args}};
}

/// Layers stand in a process of their own, for their clock is another: each kind begins at zero.
void add_layers(const std::vector<LayerTask>& layers, Json& events) {
    if (layers.empty()) return;
    events.push_back(name_event("process_name", 2, 0, "one layer, one micro-batch, forward"));
    std::map<std::string, std::int64_t> threads;
    for (const LayerTask& task : layers) {
        const auto thread = static_cast<std::int64_t>(threads.size());
        const auto [at, fresh] = threads.try_emplace(task.layer, thread);
        if (fresh) events.push_back(name_event("thread_name", 2, thread, task.layer));
        events.push_back({{"ph", "X"},
                          {"name", task.name},
                          {"pid", 2},
                          {"tid", at->second},
                          {"ts", task.start.in(unit::us)},
                          {"dur", task.duration.in(unit::us)}});
    }
}

}  // namespace

std::string trace_json(const std::vector<Task>& tasks, const std::vector<LayerTask>& layers,
                       const std::string& title) {
    Json events = Json::array();
    events.push_back(name_event("process_name", 1, 0, title));
    std::set<std::int64_t> stages;
    for (const Task& task : tasks) {
        if (stages.insert(task.stage).second) {
            events.push_back(
                name_event("thread_name", 1, task.stage, fmt::format("stage {}", task.stage)));
        }
        events.push_back(slice(task));
    }
    add_layers(layers, events);
    return json_text(Json{{"displayTimeUnit", "ms"}, {"traceEvents", events}}, -1);
}

}  // namespace millwright
