// The scenario names parts that the built-in catalog has: one server twice over, so that there is
// something to compare, and a model that it trains in weeks.
#include "millwright/api/init.h"

#include <optional>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr std::string_view scenario_kind = "scenario";

template <class T>
Written<T> as_written(T value) {
    return {.value = std::move(value), .at = {}, .given = true};
}

FactoryText first_factory(const std::string& name, std::string_view server, std::int64_t chips) {
    FactoryText factory;
    factory.name = as_written(name);
    factory.server = as_written(std::string(server));
    factory.chips = as_written(chips);
    factory.fabric = as_written(std::string(default_fabric));
    return factory;
}

JobText first_job() {
    TrainJobText keys;
    keys.model = as_written<std::string>("llama-3.1-8b");
    keys.tokens = as_written(1e12 * unit::token);
    keys.sequence = as_written<std::int64_t>(8192);
    keys.global_batch = as_written<std::int64_t>(128);
    JobText job;
    job.name = as_written<std::string>("Llama 3.1 8B");
    job.kind = as_written(JobKind::train);
    job.keys = std::move(keys);
    return job;
}

ScenarioText first_scenario() {
    ScenarioText scenario;
    scenario.name = as_written<std::string>("my-factories");
    scenario.date = as_written(on(2026, 2, 1));
    SiteText site;
    site.country = as_written<std::string>("US");
    scenario.sites.push_back(std::move(site));
    BuyerText buyer;
    buyer.headquarters = as_written<std::string>("US");
    scenario.buyers.push_back(std::move(buyer));
    scenario.factories = {first_factory("64 chips", default_server, 64),
                          first_factory("128 chips", default_server, 128)};
    scenario.jobs.push_back(first_job());
    return scenario;
}

template <class Visit>
void for_each_own_kind(Visit&& visit) {
    std::apply([&](const auto&... kind) { (visit(kind), ...); }, own_kinds);
}

Result<InitAnswer> init_scenario(const InitQuestion& question) {
    if (question.like.empty()) {
        return InitAnswer{std::string(scenario_kind), first_scenario()};
    }
    return failure({{"--like", 0, 0},
                    "a scenario is like no part of the catalog",
                    "leave it out, and change the names in the file"});
}

}  // namespace

std::vector<std::string> init_kinds() {
    std::vector<std::string> kinds{std::string(scenario_kind)};
    for_each_own_kind(
        [&]<class Part>(const OwnKind<Part>&) { kinds.emplace_back(kind_of<Part>().singular); });
    return kinds;
}

Result<InitAnswer> init(const InitQuestion& question, const Setting& setting) {
    if (question.kind == scenario_kind) return init_scenario(question);
    Faults faults;
    std::optional<InitAnswer> answer;
    for_each_own_kind([&]<class Part>(const OwnKind<Part>& own) {
        const auto& kind = kind_of<Part>();
        if (question.kind != kind.singular) return;
        const std::string like = question.like.empty() ? std::string(own.like) : question.like;
        const Part* part = look_up<Part>(setting.catalog, like, "--like", faults);
        if (part != nullptr) answer = InitAnswer{std::string(kind.singular), part};
    });
    if (answer) return *std::move(answer);
    if (!faults.empty()) return failure(std::move(faults));
    const std::vector<std::string> kinds = init_kinds();
    return failure(
        {{"", 0, 0},
         fmt::format("no file of kind '{}' can be begun", excerpt(question.kind)),
         join_hints({did_you_mean(question.kind, kinds), "choose one of " + join(kinds, ", ")})});
}

}  // namespace millwright
