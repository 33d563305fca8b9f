#include "tests/unit/report/made.h"

namespace millwright {

JobReport made_training(const std::string& name, double days) {
    TrainReport report{.framework = "a framework", .precision = Precision::fp8};
    report.plan = {.tensor = 4, .data = 2, .micro_batch = 1, .global_batch = 64};
    report.plan_number = 77;
    report.days = days;
    report.days_low = days * 5 / 6;
    report.days_high = days * 4 / 3;
    report.steps = days * 21600;  // four seconds each
    report.tokens_of_step = 262144;
    report.per_million_tokens = 10.0 * unit::USD;
    report.per_million_tokens_of_site = 20.0 * unit::USD;
    report.chips_of_site = 0.5;
    report.bound_by = "compute";
    PlanFigures& best = report.best;
    best.step = Ledger<Seconds>{.name = "step"}.add("compute", 3 * unit::s).add("bubble", unit::s);
    best.low = 3 * unit::s;
    best.high = 5 * unit::s;
    best.mfu = 0.4;
    best.mfu_of_precision = 0.2;
    best.achieved_tflops = 400;
    best.tokens_per_chip = 8192;
    best.memory = Ledger<Bytes>{.name = "memory per chip"}.add("weights", 60 * unit::GB);
    best.usable = 72 * unit::GB;
    best.fits = true;
    report.search = {.in_space = 100, .evaluated = 60, .pruned = 40, .feasible = true};
    report.search.reasons = {{"too slow", 99, "tensor 8"}};
    report.by_flows = {.why_not = "too many flows"};
    JobReport job{.job = name, .feasible = true};
    job.sensitivities = {{"FLOP rate", -0.05, ""}, {"memory capacity", 0, ""}};
    job.of = std::move(report);
    return job;
}

JobReport made_serving(const std::string& name) {
    ServeReport report{.engine = "an-engine", .forms = "fp8"};
    report.asked = {.requests = {1000, 100, 0},
                    .promise = {{}, 50 * unit::ms},
                    .replica_chips = 8,
                    .hours = DayHours{8, 24},
                    .rate = 32,
                    .busiest = 40};
    report.asked.chips = 16;
    report.layout.replica.ways = {.tensor = 4};
    report.layout.replica.engine.max_batched_tokens = 8192;
    report.layout.replicas = 3;
    report.requests = 32;
    report.most = 48;
    report.hours = 16;
    report.input = 32000 * unit::token / unit::s;
    report.output = 3200 * unit::token / unit::s;
    report.output_per_chip = 200;
    report.outcome.first_token.add(125 * unit::ms);
    report.outcome.per_token.add(20 * unit::ms);
    report.outcome.latency.add(2 * unit::s);
    report.token = Ledger<Seconds>{.name = "output token"}.add("layers", 20 * unit::ms);
    report.memory = Ledger<Bytes>{.name = "memory per chip"}.add("weights", 30 * unit::GB);
    report.usable = 72 * unit::GB;
    report.bound_by = "the load, 83 % of what it keeps in time";
    report.yearly = 1e6 * unit::USD;
    report.prices = {0.25 * unit::USD, {}, 2.5 * unit::USD};
    report.per_request = 0.0005 * unit::USD;
    report.bound = {.rate = RequestRate::from_si(4), .batch = 9, .limited_by = "products"};
    report.most_possible = 64;
    report.least_per_request = 0.00025 * unit::USD;
    JobReport job{.job = name, .feasible = true};
    job.sensitivities = {{"FLOP rate", -0.2, "12 sequences at once of a lane, not 9"}};
    job.of = report;
    return job;
}

JobReport made_impossible(const std::string& name, const std::string& why) {
    return {.job = name, .infeasible = why, .of = TrainReport{}};
}

Verdict made_verdict(VerdictTier tier, const std::string& code) {
    Verdict v;
    v.outcomes = {{.authority = "us",
                   .label = "US",
                   .code = code,
                   .tier = tier,
                   .rule = "a-rule",
                   .reason = "as it is"}};
    v.supply_reason = "sold";
    return v;
}

FactoryReport made_factory(const std::string& name, double score, const Verdict& verdict) {
    FactoryReport f{.name = name, .server = "a-server", .chip = "a-chip", .fabric = "a-fabric"};
    f.site = "a site";
    f.wiring = "one switch";
    f.chips = 16;
    f.job_chips = 16;
    f.verdict = verdict;
    f.power = Ledger<Watts>{.name = "power"}.add("servers", 20 * unit::kW);
    f.capital = Ledger<Dollars>{.name = "capital"}.add("servers", 3e6 * unit::USD);
    f.yearly = Ledger<Dollars>{.name = "yearly"}.add("energy", 1e6 * unit::USD);
    f.score = score;
    f.rests_on = {{"chips/a-chip", "rate.bf16", SourceId(0), {.id = "chips/a/s"}, 0.75}};
    f.estimate_share = 0.25;
    return f;
}

Study made_study() {
    Study study{.name = "made", .date = on(2026, 2, 1)};
    study.sites = {{"a site", "US, commercial", {}}};
    study.useful_share = 0.9;
    study.score_means = "days to train, over the best factory's";
    study.country_groups = "groups as of 2025";
    study.defaults = {"a default"};
    study.factories = {made_factory("denied", 1, made_verdict(VerdictTier::denied, "DENIED")),
                       made_factory("free", 1.5, made_verdict(VerdictTier::free, "NLR"))};
    study.factories[0].jobs = {made_training("train"), made_serving("serve")};
    study.factories[1].jobs = {made_training("train", 60), made_serving("serve")};
    study.ranking = {1, 0};
    study.sources = {{{.id = "chips/a/s", .title = "t", .publisher = "p"}, 0.75}};
    return study;
}

}  // namespace millwright
