#include "millwright/report/flow_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

/// A ratio by what it is above one.
std::string percent_more(double ratio) { return fmt::format("{:+.1f} %", 100 * (ratio - 1)); }
/// Of what a link could carry in the step.
std::string share(double part) { return fmt::format("{:.0f} %", 100 * part); }

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
    using Json = nlohmann::ordered_json;
    if (!check.done) return {{"done", false}, {"why_not", check.why_not}};
    Json traffic = Json::array();
    for (const TrafficCheck& t : check.traffic) {
        traffic.push_back({{"traffic", name_of(t.traffic)},
                           {"exchanges", t.count},
                           {"alone_s", t.alone.si()},
                           {"shared_s", t.shared.si()}});
    }
    Json tiers = Json::array();
    for (const TierLoad& t : check.tiers) {
        tiers.push_back(
            {{"tier", t.tier}, {"links", t.links}, {"mean_load", t.mean}, {"most_load", t.most}});
    }
    Json hot = Json::array();
    for (const HotLink& h : check.hot) {
        hot.push_back({{"link", h.name}, {"load", h.load}});
    }
    return {{"done", true},
            {"placement", name_of(check.placement)},
            {"micro_batches", check.micro_batches},
            {"closed_s", check.closed.si()},
            {"alone_s", check.alone.si()},
            {"shared_s", check.shared.si()},
            {"timeline_over_formula", check.timeline_over_formula()},
            {"sharing", check.sharing()},
            {"flows_over_formula", check.flows_over_formula()},
            {"disagreement", check.sharing()},  // the older name
            {"traffic", traffic},
            {"tiers", tiers},
            {"hot_links", hot},
            {"flows", check.flows},
            {"classes", check.classes},
            {"events", check.events}};
}

}  // namespace millwright
