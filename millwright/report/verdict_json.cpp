// Ids of authorities are keys beside those that stand here. A key that is added here goes into
// `keys_of_answers` (millwright/intake/rule_query.cpp) too, which keeps authorities from taking its
// name.
#include "millwright/report/verdict_json.h"

#include <nlohmann/json.hpp>

#include "millwright/report/json_table.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A known figure as a number, an open one as its bounds; an end without a bound is null.
Json interval_json(const Figure& figure) {
    if (figure.known()) return known_json(figure.low);
    return Json::array({known_json(figure.low), known_json(figure.high)});
}

Json tier_json(const Outcome& o) { return o.open ? "open" : name_of(o.tier); }

const JsonTable<TestResult>& test_table() {
    using T = TestResult;
    static const JsonTable<T> table{
        "A test of a rule",
        {{"rule", "its id", json_of<&T::rule>},
         {"paragraph", "of its text", json_of<&T::paragraph>},
         {"figure", "what is compared", json_of<&T::metric>},
         {"comparison", "how", json_of<&T::comparison>},
         {"limit", "with what, in the figure's unit", json_of<&T::limit>},
         {"value", "a number, or `[low, high]` of an open figure",
          [](const T& t) { return interval_json(t.value); }},
         {"holds", "whether it does", json_of<&T::holds>}}};
    return table;
}

const JsonTable<Charge>& charge_table() {
    static const JsonTable<Charge> table{
        "A charge on the price",
        {{"rule", "that asks for it", json_of<&Charge::rule>},
         {"price", "item of the catalog", json_of<&Charge::price>}}};
    return table;
}

const JsonTable<Citation>& citation_table() {
    static const JsonTable<Citation> table{
        "A citation",
        {{"rule", "its id", json_of<&Citation::rule>},
         {"text", "the words of its file", json_of<&Citation::text>}}};
    return table;
}

const JsonTable<Outcome>& outcome_table() {
    using O = Outcome;
    static const JsonTable<O> table{
        "An authority's answer",
        {{"authority", "its id", json_of<&O::authority>},
         {"label", "its name in tables", json_of<&O::label>},
         {"asks", "what it judges", json_of<&O::asks>},
         {"code", "of the verdict", json_of<&O::code>},
         {"class", "of the part; null where the authority has none", class_json},
         {"confidence", "in the rule that decided", json_of<&O::confidence>},
         {"tier", "`free`, `possible`, `denied` or `open`", tier_json},
         {"rule", "that decided", json_of<&O::rule>},
         {"reason", "one sentence", json_of<&O::reason>},
         {"conditions", "state of review and what a licence asks", json_of<&O::conditions>}}};
    return table;
}

const JsonTable<Outcome>& lead_table() {
    using O = Outcome;
    static const JsonTable<O> table{
        "of the authority that leads",
        {{"rule", "that decided", json_of<&O::rule>},
         {"reason", "one sentence", json_of<&O::reason>},
         {"conditions", "state of review and what a licence asks", json_of<&O::conditions>},
         {"licences_issued", "one is needed, and such are being issued", json_of<&O::licences>}}};
    return table;
}

const JsonTable<Verdict>& verdict_table() {
    using V = Verdict;
    static const JsonTable<V> table{
        "of all",
        {{"supply", "whether the part can be had", json_of<&V::supply>},
         {"supply_reason", "why", json_of<&V::supply_reason>},
         {"confidence", "of the authority that leads",
          [](const V& v) { return value_json(v.lead().confidence); }},
         {"by_text", "what the text alone would say, where it is another", json_of<&V::by_text>},
         {"needs", "figures that would decide", json_of<&V::needs>},
         {"open", "what is not judged", json_of<&V::open>},
         {"would_decide", "of these, what would make the answer stricter, and to what",
          json_of<&V::would_decide>},
         {"unsettled", "an old name of `open`", json_of<&V::open>},
         {"charges", "on the price",
          [](const V& v) { return list_json(charge_table(), v.charges); }},
         {"chain", "every test in words", json_of<&V::chain>},
         {"tests", "the same as figures",
          [](const V& v) { return list_json(test_table(), v.tests); }},
         {"citations", "of the rules",
          [](const V& v) { return list_json(citation_table(), v.citations); }},
         {"answers", "of each authority", answers_json}}};
    return table;
}

}  // namespace

Json class_json(const Outcome& o) { return o.cls.empty() ? Json(nullptr) : Json(o.cls); }

Json codes_json(const Verdict& v) {
    Json json;
    for (const Outcome& o : v.outcomes) json[o.authority] = o.code;
    json["class"] = class_json(v.lead());
    return json;
}

Json answers_json(const Verdict& v) { return list_json(outcome_table(), v.outcomes); }

Json verdict_json(const Verdict& v) {
    Json json = codes_json(v);
    add(json, lead_table(), v.lead());
    for (const Outcome& o : v.outcomes) {
        if (&o != &v.lead()) json[o.authority + "_reason"] = o.reason;
    }
    add(json, verdict_table(), v);
    return json;
}

std::vector<JsonObject> verdict_objects() {
    JsonObject verdict{"A verdict",
                       {{"us", "a code, under the id of each authority: `us`, `cn` and your own"},
                        {"class", "of the part; null where the authority that leads has none"}}};
    const JsonObject lead = described(lead_table());
    verdict.keys.insert(verdict.keys.end(), lead.keys.begin(), lead.keys.end());
    verdict.keys.emplace_back("cn_reason", "the same of each authority that does not lead");
    const JsonObject all = described(verdict_table());
    verdict.keys.insert(verdict.keys.end(), all.keys.begin(), all.keys.end());
    return {verdict, described(outcome_table()), described(test_table()), described(charge_table()),
            described(citation_table())};
}

}  // namespace millwright
