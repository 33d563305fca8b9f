#include "report/trace.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json name_event(const char* what, std::int64_t thread, const std::string& name) {
    return {{"ph", "M"}, {"name", what}, {"pid", 1}, {"tid", thread}, {"args", {{"name", name}}}};
}

bool of_micro_batch(const Task& task) {
    return task.kind != TaskKind::data && task.kind != TaskKind::optimizer;
}

std::string slice_name(const Task& task) {
    if (!of_micro_batch(task)) return std::string(name_of(task.kind));
    return fmt::format("{} {}", name_of(task.kind), task.micro_batch);
}

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

}  // namespace

std::string trace_json(const std::vector<Task>& tasks, const std::string& title,
                       std::size_t limit) {
    std::int64_t kept = 0;  // micro-batches that are written
    std::int64_t most = 0;
    for (const Task& task : tasks) most = std::max(most, task.micro_batch + 1);
    kept = tasks.size() <= limit
               ? most
               : static_cast<std::int64_t>(static_cast<double>(most) * static_cast<double>(limit) /
                                           static_cast<double>(tasks.size()));
    Json events = Json::array();
    const std::string cut =
        kept < most ? fmt::format(" (first {} of {} micro-batches)", kept, most) : "";
    events.push_back(name_event("process_name", 0, title + cut));
    std::set<std::int64_t> stages;
    for (const Task& task : tasks) {
        if (stages.insert(task.stage).second) {
            events.push_back(
                name_event("thread_name", task.stage, fmt::format("stage {}", task.stage)));
        }
        if (task.micro_batch < kept) events.push_back(slice(task));
    }
    return Json{{"displayTimeUnit", "ms"}, {"traceEvents", events}}.dump();
}

}  // namespace millwright
