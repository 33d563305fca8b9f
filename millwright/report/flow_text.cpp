// Three times are compared in a row, so that each step has one cause: formula to timeline is the
// schedule played out, timeline to flows is sharing alone. A check that was not done has two keys
// and no nulls: nothing of it would have a meaning.
#include "millwright/report/flow_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A ratio by what it is above one.
std::string percent_more(double ratio) { return fmt::format("{:+.1f} %", 100 * (ratio - 1)); }
/// Of what a link could carry in the step.
std::string share(double part) { return fmt::format("{:.0f} %", 100 * part); }

const JsonTable<TrafficCheck>& traffic_table() {
    using T = TrafficCheck;
    static const JsonTable<T> table{
        "A kind of communication in a step",
        {{"traffic", "what exchanges", json_of<&T::traffic>},
         {"exchanges", "of a step", json_of<&T::count>},
         {"alone_s", "seconds of all, each alone", json_of<&T::alone>},
         {"shared_s", "the same with all groups at once", json_of<&T::shared>}}};
    return table;
}

const JsonTable<TierLoad>& tier_table() {
    using T = TierLoad;
    static const JsonTable<T> table{
        "A tier of the fabric",
        {{"tier", "its name", json_of<&T::tier>},
         {"links", "of it", json_of<&T::links>},
         {"mean_load", "bytes carried over what its links could carry in the step",
          json_of<&T::mean>},
         {"most_load", "of the fullest link", json_of<&T::most>}}};
    return table;
}

const JsonTable<HotLink>& link_table() {
    static const JsonTable<HotLink> table{
        "One of the fullest links",
        {{"link", "its name in the graph", json_of<&HotLink::name>},
         {"load", "bytes carried over what it could carry in the step", json_of<&HotLink::load>}}};
    return table;
}

const JsonTable<FlowCheck>& check_table() {
    using C = FlowCheck;
    static const JsonTable<C> table{
        "A step by flows",
        {{"done", "whether it was", json_of<&C::done>},
         {"placement", "of stages on servers", json_of<&C::placement>},
         {"micro_batches", "that were run: enough to fill the pipeline",
          json_of<&C::micro_batches>},
         {"closed_s", "by formula", json_of<&C::closed>},
         {"alone_s", "as a timeline, every exchange alone", json_of<&C::alone>},
         {"shared_s", "with all groups at once", json_of<&C::shared>},
         {"timeline_over_formula", "alone over closed, less one",
          [](const C& c) { return Json(c.timeline_over_formula()); }},
         {"sharing", "shared over alone, less one: never negative",
          [](const C& c) { return Json(c.sharing()); }},
         {"flows_over_formula", "shared over closed, less one",
          [](const C& c) { return Json(c.flows_over_formula()); }},
         {"disagreement", "an old name of `sharing`", [](const C& c) { return Json(c.sharing()); }},
         {"traffic", "by what exchanges",
          [](const C& c) { return list_json(traffic_table(), c.traffic); }},
         {"tiers", "of the fabric", [](const C& c) { return list_json(tier_table(), c.tiers); }},
         {"hot_links", "the fullest, five at most",
          [](const C& c) { return list_json(link_table(), c.hot); }},
         {"flows", "of the step", json_of<&C::flows>},
         {"classes", "of flows that are alike", json_of<&C::classes>},
         {"events", "of the simulation", json_of<&C::events>}}};
    return table;
}

}  // namespace

std::string flow_check_text(const FlowCheck& check) {
    if (!check.done) return "by flows: not checked, " + check.why_not + "\n";
    std::string text = fmt::format(
        "by flows, {} micro-batches, {}: {} by formula; {} as a timeline with every exchange\n"
        "  alone ({} over the formula); {} with all groups at once ({} by sharing, {} over the\n"
        "  formula); {} flows as {} classes, {} events\n\n",
        check.micro_batches, name_of(check.placement), to_text(check.closed), to_text(check.alone),
        percent_more(1 + check.timeline_over_formula()), to_text(check.shared),
        percent_more(1 + check.sharing()), percent_more(1 + check.flows_over_formula()),
        check.flows, check.classes, check.events);
    std::vector<std::vector<std::string>> rows;
    for (const TrafficCheck& t : check.traffic) {
        rows.push_back({std::string(name_of(t.traffic)), fmt::format("{:.0f}", t.count),
                        to_text(t.alone / t.count), to_text(t.shared / t.count),
                        percent_more(t.shared / t.alone)});
    }
    text += format_table({"traffic", "exchanges", "alone", "shared", "longer"}, rows, "lrrrr");
    rows.clear();
    for (const TierLoad& t : check.tiers) {
        rows.push_back({t.tier, fmt::format("{:.0f}", t.links), share(t.mean), share(t.most)});
    }
    text += "\n" + format_table({"tier", "links", "mean load", "fullest link"}, rows, "lrrr");
    rows.clear();
    for (const HotLink& h : check.hot) rows.push_back({h.name, share(h.load)});
    return text + "\n" + format_table({"hot link", "load"}, rows, "lr");
}

nlohmann::ordered_json flow_check_json(const FlowCheck& check) {
    if (!check.done) return {{"done", false}, {"why_not", check.why_not}};
    return object_json(check_table(), check);
}

std::vector<JsonObject> flow_check_objects() {
    JsonObject check = described(check_table());
    check.keys.emplace_back("why_not",
                            "where it was not done; then there is no other key but `done`");
    return {check, described(traffic_table()), described(tier_table()), described(link_table())};
}

}  // namespace millwright
