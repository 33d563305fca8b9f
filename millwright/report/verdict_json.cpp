// Ids of authorities are keys beside those that stand here. A key that is added here goes into
// `keys_of_answers` (millwright/intake/rule_query.cpp) too, which keeps authorities from taking its
// name.
#include "millwright/report/verdict_json.h"

#include <nlohmann/json.hpp>

#include "millwright/report/json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A known figure as a number, an open one as its bounds.
Json interval_json(const Figure& figure) {
    if (figure.known()) return number_json(figure.low);
    return Json::array({known_json(figure.low), known_json(figure.high)});
}

/// `limit` and `value` are in the unit of the figure (Metric, millwright/parts/rule.h).
Json test_json(const TestResult& t) {
    return {{"rule", t.rule},
            {"paragraph", t.paragraph},
            {"figure", name_of(t.metric)},
            {"comparison", name_of(t.comparison)},
            {"limit", t.limit},
            {"value", interval_json(t.value)},
            {"holds", name_of(t.holds)}};
}

}  // namespace

Json class_json(const Outcome& o) { return o.cls.empty() ? Json(nullptr) : Json(o.cls); }

Json codes_json(const Verdict& v) {
    Json json;
    for (const Outcome& o : v.outcomes) json[o.authority] = o.code;
    json["class"] = class_json(v.lead());
    return json;
}

Json answers_json(const Verdict& v) {
    Json list = Json::array();
    for (const Outcome& o : v.outcomes) {
        list.push_back({{"authority", o.authority},
                        {"label", o.label},
                        {"asks", name_of(o.asks)},
                        {"code", o.code},
                        {"class", class_json(o)},
                        {"confidence", name_of(o.confidence)},
                        {"tier", o.open ? "open" : name_of(o.tier)},
                        {"rule", o.rule},
                        {"reason", o.reason},
                        {"conditions", o.conditions}});
    }
    return list;
}

Json verdict_json(const Verdict& v) {
    Json citations = Json::array();
    for (const Citation& c : v.citations) {
        citations.push_back({{"rule", c.rule}, {"text", c.text}});
    }
    Json tests = Json::array();
    for (const TestResult& t : v.tests) tests.push_back(test_json(t));
    Json charges = Json::array();
    for (const Charge& c : v.charges) charges.push_back({{"rule", c.rule}, {"price", c.price}});
    Json json = codes_json(v);
    json["rule"] = v.lead().rule;
    json["reason"] = v.lead().reason;
    json["conditions"] = v.lead().conditions;
    json["licences_issued"] = v.lead().licences;
    for (const Outcome& o : v.outcomes) {
        if (&o != &v.lead()) json[o.authority + "_reason"] = o.reason;
    }
    json.update(Json{{"supply", name_of(v.supply)},
                     {"supply_reason", v.supply_reason},
                     {"confidence", name_of(v.lead().confidence)},
                     {"by_text", v.by_text},
                     {"needs", v.needs},
                     {"open", v.open},
                     {"would_decide", v.would_decide},
                     {"unsettled", v.open},
                     {"charges", charges},
                     {"chain", v.chain},
                     {"tests", tests},
                     {"citations", citations},
                     {"answers", answers_json(v)}});
    return json;
}

}  // namespace millwright
