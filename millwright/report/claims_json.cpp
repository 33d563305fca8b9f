#include "millwright/report/claims_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<JudgedClaim>& claim_table() {
    using C = JudgedClaim;
    static const JsonTable<C> table{
        "A claim of `claims check`",
        {{"id", "of the claim", json_of<&C::id>},
         {"verdict", "holds, contradicts_itself, contradicts_record or cannot_decide",
          json_of<&C::verdict>},
         {"reasons", "why, a sentence each", json_of<&C::reasons>},
         {"conflict_set",
          "ids of the smallest set that it belongs to and that cannot be true together; figures of "
          "the catalog by part and key; empty where it contradicts nothing",
          json_of<&C::conflict_set>},
         {"says", "the claim in words", json_of<&C::says>},
         {"by", "who says it", json_of<&C::by>}}};
    return table;
}

const JsonTable<Contradiction>& contradiction_table() {
    using C = Contradiction;
    static const JsonTable<C> table{
        "A contradiction of `claims check`",
        {{"set",
          "ids that cannot be true together; without any one of them the rest is not found "
          "contradictory",
          json_of<&C::set>},
         {"reason", "what does not fit", json_of<&C::reason>},
         {"constraints", "ids of those that show it", json_of<&C::constraints>},
         {"of_claims_alone", "it takes no fact and no figure of the catalog to see it",
          json_of<&C::of_claims_alone>}}};
    return table;
}

const JsonTable<JudgedConstraint>& constraint_table() {
    using C = JudgedConstraint;
    static const JsonTable<C> table{
        "A constraint of `claims check`",
        {{"id", "of the constraint", json_of<&C::id>},
         {"require", "what must hold, as written", json_of<&C::text>},
         {"within", "tolerance as written; empty without one", json_of<&C::within>},
         {"state", "by itself, all statements as said: holds, fails, open or ambiguous",
          json_of<&C::state>},
         {"reason", "both sides where it fails; what is missing or differs else",
          json_of<&C::reason>}}};
    return table;
}

const JsonTable<RecordEntry>& record_table() {
    using E = RecordEntry;
    static const JsonTable<E> table{
        "An entry of the record of `claims check`",
        {{"id", "of the fact; of a figure of the catalog its part and key", json_of<&E::id>},
         {"says", "in words", json_of<&E::says>},
         {"is", "its value", json_of<&E::is>},
         {"source", "where it is written; empty where the file does not say", json_of<&E::source>},
         {"grade", "how far that can be trusted; likewise", json_of<&E::grade>}}};
    return table;
}

const JsonTable<ClaimsAnswer>& claims_table() {
    using A = ClaimsAnswer;
    static const JsonTable<A> table{
        "`claims check --json`",
        {{"name", "of the text", json_of<&A::name>},
         {"claims", "in the file's order",
          [](const A& a) { return list_json(claim_table(), a.judged.claims); }},
         {"contradictions", "small sets first",
          [](const A& a) { return list_json(contradiction_table(), a.judged.contradictions); }},
         {"constraints", "in the file's order",
          [](const A& a) { return list_json(constraint_table(), a.judged.constraints); }},
         {"record", "facts and figures that contradictions rest on",
          [](const A& a) { return list_json(record_table(), a.judged.record); }},
         {"complete", "false where the search ended at its limit: there may be more contradictions",
          [](const A& a) { return Json(a.judged.complete); }}}};
    return table;
}

}  // namespace

Json claims_json(const ClaimsAnswer& answer) { return object_json(claims_table(), answer); }

std::vector<JsonObject> claims_objects() {
    return {described(claims_table()), described(claim_table()), described(contradiction_table()),
            described(constraint_table()), described(record_table())};
}

}  // namespace millwright
