#include "millwright/report/train_json.h"

#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/report/flow_text.h"
#include "millwright/report/json.h"
#include "millwright/report/ledger_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json candidate_json(const Candidate& c) {
    Json json = plan_json(c.plan);
    json["number"] = c.number;
    json["step_s"] = number_json(c.step.si());
    json["memory_bytes"] = number_json(c.memory.si());
    return json;
}

Json reasons_json(const std::vector<LossReason>& reasons) {
    Json list = Json::array();
    for (const LossReason& r : reasons) {
        list.push_back({{"reason", r.reason}, {"count", r.count}, {"example", r.example}});
    }
    return list;
}

/// Counts are of plans: of the space that the pins leave, where there are pins.
Json search_counts(const SearchResult& s) {
    return {{"plans_in_space", s.in_space}, {"plans_evaluated", s.evaluated},
            {"plans_pruned", s.pruned},     {"plans_too_large", s.too_large},
            {"plans_late", s.late},         {"lost", reasons_json(s.reasons)}};
}

Json pareto_json(const SearchResult& search) {
    Json list = Json::array();
    for (const Candidate& c : search.pareto) list.push_back(candidate_json(c));
    return list;
}

/// The same keys in a study and in `plan --json`, so that both are read alike.
void add_figures(Json& json, const PlanFigures& f) {
    json["step_s"] = number_json(f.step.value.si());
    json["low"] = number_json(f.low.si());
    json["high"] = number_json(f.high.si());
    json["step_ledger"] = ledger_json(f.step);
    json["mfu"] = number_json(f.mfu);
    json["mfu_of_precision"] = number_json(f.mfu_of_precision);
    json["tflops_per_chip"] = number_json(f.achieved_tflops);
    json["tokens_per_s_per_chip"] = number_json(f.tokens_per_chip);
    json["memory_bytes"] = number_json(f.memory.value.si());
    json["memory_usable_bytes"] = number_json(f.usable.si());
    json["memory_ledger"] = ledger_json(f.memory);
}

/// A plan by its coordinates, as in studies, and with what `plan` says of it.
Json best_json(const Candidate& c, const PlanFigures& figures) {
    Json json = candidate_json(c);
    json["plan"] = plan_json(c.plan);
    add_figures(json, figures);
    json["fits"] = figures.fits;
    return json;
}

void add_best(Json& json, const TrainReport& report) {
    json["plan"] = plan_json(report.plan);
    json["plan"]["number"] = report.plan_number;
    add_figures(json, report.best);
    json["days"] = number_json(report.days);
    json["usd_per_million_tokens"] = number_json(report.per_million_tokens.in(unit::USD));
    json["usd_per_million_tokens_of_site"] =
        number_json(report.per_million_tokens_of_site.in(unit::USD));
    json["chips_of_site"] = number_json(report.chips_of_site);
    json["bound_by"] = report.bound_by;
    json["pareto"] = pareto_json(report.search);
}

}  // namespace

Json plan_json(const Plan& p) {
    return {{"tensor", p.tensor},
            {"pipeline", p.pipeline},
            {"data", p.data},
            {"context", p.context},
            {"expert", p.expert},
            {"virtual_stages", p.virtual_stages},
            {"micro_batch", p.micro_batch},
            {"schedule", name_of(p.schedule)},
            {"recompute", name_of(p.recompute)},
            {"sharding", name_of(p.sharding)},
            {"offload", name_of(p.offload)},
            {"global_batch", p.global_batch},
            {"chips_used", chips_used(p)}};
}

Json search_json(const SearchResult& s, const std::vector<PlanFigures>& figures) {
    Json json = search_counts(s);
    Json best = Json::array();
    for (std::size_t i = 0; i < s.pareto.size(); ++i) {
        best.push_back(best_json(s.pareto[i], figures[i]));
    }
    json["best"] = best;
    return json;
}

void add_json(Json& json, bool feasible, const TrainReport& report) {
    json["fewest_chips"] = report.fewest_chips > 0 ? Json(report.fewest_chips) : Json(nullptr);
    json["precision"] = name_of(report.precision);
    json["framework"] = report.framework;
    for (const char* key : {"plan", "step_s", "step_ledger", "mfu", "memory_bytes", "memory_ledger",
                            "days", "usd_per_million_tokens", "low", "high"}) {
        json[key] = nullptr;
    }
    if (feasible) add_best(json, report);
    json["search"] = search_counts(report.search);
    json["by_flows"] = flow_check_json(report.by_flows);
}

}  // namespace millwright
