// Times are rounded to whole nanoseconds before they are subtracted, so that slices that follow
// each other meet exactly. Slices of a request are nested by id, not by thread, since requests
// overlap. Events become text at once and are sorted stably by time: the end of one stays before
// the begin of the next that was added after it.
#include "millwright/report/serve_trace.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr int serve_process = 1;

/// Whole nanoseconds, so that what follows begins where what was before ends.
double nanoseconds(Seconds time) { return std::round(time.in(unit::ns)); }

/// Events by time; those of one moment in the order in which they were added.
class Events {
public:
    explicit Events(Seconds until) : until_(nanoseconds(until)) {}

    void name(const char* what, std::int64_t thread, const std::string& text) {
        names_.push_back({{"ph", "M"},
                          {"name", what},
                          {"pid", serve_process},
                          {"tid", thread},
                          {"args", {{"name", text}}}});
    }

    void step(const ServeStep& s) {
        const double begin = nanoseconds(s.begin);
        const double end = nanoseconds(s.begin + s.duration);
        add(begin, {{"ph", "X"},
                    {"name", step_name(s)},
                    {"pid", serve_process},
                    {"tid", s.lane + 1},
                    {"ts", begin / 1000},
                    {"dur", (std::min(end, until_) - begin) / 1000},
                    {"args",
                     {{"prompt_tokens", s.prompt_tokens},
                      {"answering", s.answering},
                      {"blocks", std::round(s.blocks)}}}});
        counters(begin, s);
    }

    void request(const ServedRequest& r) {
        const Json asked{{"prompt", r.prompt}, {"output", r.output}, {"cached", r.cached}};
        begin(r, "request", r.arrival, asked);
        part(r, "queue", r.arrival, r.scheduled);
        part(r, "prefill", r.scheduled, r.first_token);
        part(r, "answer", r.first_token, r.end);
        end(r, "request", r.end);
    }

    std::string text() {
        std::ranges::stable_sort(events_, {}, &Event::at);
        std::string all = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n";
        for (const Json& one : names_) all += json_text(one, -1) + ",\n";
        for (const Event& one : events_) all += one.text + ",\n";
        all.resize(all.size() - 2);
        return all + "\n]}\n";
    }

private:
    struct Event {
        double at;
        std::string text;
    };

    static std::string step_name(const ServeStep& s) {
        if (s.prompts == 0) return fmt::format("decode {}", s.answering);
        if (s.answering == 0) return fmt::format("prefill {}", s.prompts);
        return fmt::format("prefill {} + decode {}", s.prompts, s.answering);
    }

    void add(double at, const Json& event) { events_.push_back({at, json_text(event, -1)}); }

    void counters(double at, const ServeStep& s) {
        const auto counter = [&](const char* name, const Json& values) {
            add(at, {{"ph", "C"},
                     {"name", fmt::format("{}, lane {}", name, s.lane + 1)},
                     {"pid", serve_process},
                     {"tid", 0},
                     {"ts", at / 1000},
                     {"args", values}});
        };
        counter("sequences", {{"running", s.running}, {"waiting", s.waiting}});
        counter("cache", {{"percent", std::round(1e4 * s.cache_share) / 100}});
    }

    void edge(const char* phase, const ServedRequest& r, const char* name, double at, Json args) {
        Json event{{"ph", phase},          {"cat", "request"}, {"id", r.index},  {"name", name},
                   {"pid", serve_process}, {"tid", 0},         {"ts", at / 1000}};
        if (!args.is_null()) event["args"] = std::move(args);
        add(at, event);
    }

    void begin(const ServedRequest& r, const char* name, Seconds at, Json args) {
        edge("b", r, name, nanoseconds(at), std::move(args));
    }

    void end(const ServedRequest& r, const char* name, Seconds at) {
        edge("e", r, name, std::min(until_, nanoseconds(at)), nullptr);
    }

    void part(const ServedRequest& r, const char* name, Seconds from, Seconds to) {
        if (nanoseconds(from) >= until_) return;
        begin(r, name, from, nullptr);
        end(r, name, to);
    }

    double until_;
    std::vector<Json> names_;
    std::vector<Event> events_;
};

}  // namespace

std::string traced_text(const ServeAnswer& answer) {
    const ReplicaTrace& first = answer.record.first;
    const ServePool& pool = answer.pools.back();
    std::string text = fmt::format("replica 1 of {}", pool.fleet.replicas);
    if (answer.pools.size() > 1) text += " for " + pool.role;
    if (first.whole) {
        text += ", the whole run";
    } else {
        text += fmt::format(", its first {} of {}", to_text(first.until),
                            to_text(answer.outcome.seconds));
    }
    if (first.left_out > 0) {
        text += fmt::format(", without {}", counted(first.left_out, "later request"));
    }
    return text;
}

std::string serve_trace_json(const ServeAnswer& answer) {
    const ReplicaTrace& first = answer.record.first;
    // replies of the last requests come a little after the last step
    Seconds until = first.until;
    if (first.whole) {
        for (const ServedRequest& r : first.requests) until = max(until, r.end);
    }
    Events events(until);
    events.name("process_name", 0, traced_text(answer));
    std::set<std::size_t> lanes;
    for (const ServeStep& step : first.steps) lanes.insert(step.lane);
    for (const std::size_t lane : lanes) {
        const auto thread = static_cast<std::int64_t>(lane) + 1;
        events.name("thread_name", thread, fmt::format("steps, lane {}", thread));
    }
    for (const ServeStep& step : first.steps) events.step(step);
    for (const ServedRequest& request : first.requests) events.request(request);
    return events.text();
}

}  // namespace millwright
