// A claim about a factory is checked against the same run that `millwright run` prints, so that no
// second model of power or price stands in claims. Scenarios are looked for beside the file of
// claims, wherever that is read from, and run once however many figures are asked of them.
#include "millwright/api/claims_reckoned.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "millwright/api/run.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace {

/// The value of a statement; nothing with `why` where there is none.
using Literal = std::optional<std::string>;

template <Dimension D>
std::string literal_of(Quantity<D> value) {
    return exact_text(value.si(), D);
}

class Reckoner {
public:
    Reckoner(const ClaimsText& text, const Setting& setting) : text_(text), setting_(setting) {}

    std::optional<StatementText> fact(const ReckonedText& asked) {
        if (!asked.id.given || !asked.scenario.given || !asked.factory.given ||
            !asked.figure.given) {
            return std::nullopt;  // told when it was read
        }
        const Study* study = study_of(asked.scenario);
        if (study == nullptr) return std::nullopt;
        const FactoryReport* factory =
            one_named(study->factories, &FactoryReport::name, asked.factory, "factory");
        if (factory == nullptr) return std::nullopt;
        const Literal value = value_of(asked, *factory);
        if (!value) return std::nullopt;
        StatementText fact;
        fact.at = asked.at;
        fact.id = asked.id;
        fact.is = {.value = {*value}, .at = asked.figure.at, .given = true};
        fact.says = said(fmt::format("{} of {}", name_of(asked.figure.value), factory->name));
        fact.source = said(fmt::format("millwright run {}", asked.scenario.value));
        fact.grade = {.value = Grade::estimate, .at = asked.at, .given = true};
        return fact;
    }

    Faults& faults() { return faults_; }

private:
    static Written<std::string> said(std::string words) {
        return {.value = std::move(words), .at = {}, .given = true};
    }

    void refuse(const Place& at, std::string message, std::string hint) {
        faults_.push_back({at, std::move(message), std::move(hint)});
    }

    /// Run once; null where it cannot be, whose faults are told once.
    const Study* study_of(const Written<std::string>& path) {
        const auto [found, fresh] = studies_.try_emplace(path.value);
        if (fresh) {
            const auto beside = std::filesystem::path(text_.file).parent_path() / path.value;
            auto answer = read_scenario(beside.string()).and_then([&](const ScenarioText& read) {
                return run({.scenario = read}, setting_);
            });
            if (answer) {
                found->second = std::move(answer->study);
            } else {
                append(faults_, answer.error());
            }
        }
        return found->second ? &*found->second : nullptr;
    }

    template <class Part>
    const Part* one_named(const std::vector<Part>& parts, std::string Part::*name,
                          const Written<std::string>& wanted, std::string_view kind) {
        const auto found = std::ranges::find(parts, wanted.value, name);
        if (found != parts.end()) return &*found;
        std::vector<std::string> names;
        for (const Part& part : parts) names.push_back(part.*name);
        refuse(wanted.at, fmt::format("no {} is named '{}' there", kind, excerpt(wanted.value)),
               "one of " + join(names, ", "));
        return nullptr;
    }

    const JobReport* job_of(const ReckonedText& asked, const FactoryReport& factory) {
        const JobReport* job = nullptr;
        if (asked.job.given) {
            job = one_named(factory.jobs, &JobReport::job, asked.job, "job");
        } else if (factory.jobs.size() == 1) {
            job = &factory.jobs.front();
        } else {
            refuse(asked.at, fmt::format("of {} jobs none is named", factory.jobs.size()),
                   "job = \"...\"");
        }
        if (job == nullptr || job->feasible) return job;
        refuse(asked.at,
               fmt::format("{} cannot do {}: {}", factory.name, job->job, job->infeasible),
               "ask of a factory that can");
        return nullptr;
    }

    Literal training_time(const ReckonedText& asked, const JobReport& job) {
        const auto* trained = std::get_if<TrainReport>(&job.of);
        if (trained == nullptr) {
            refuse(asked.figure.at, fmt::format("{} trains nothing", job.job),
                   "a job of kind train");
            return std::nullopt;
        }
        const std::string low = literal_of(trained->days_low * unit::day);
        if (!std::isfinite(trained->days_high)) return ">= " + low;
        return fmt::format("{} .. {}", low, literal_of(trained->days_high * unit::day));
    }

    Literal value_of(const ReckonedText& asked, const FactoryReport& factory) {
        switch (asked.figure.value) {
            case ReckonedFigure::power: return literal_of(factory.power.value);
            case ReckonedFigure::capital: return literal_of(factory.capital.value);
            case ReckonedFigure::yearly_cost: return literal_of(factory.yearly.value / unit::year);
            case ReckonedFigure::training_time:
            case ReckonedFigure::token_price: break;
        }
        const JobReport* job = job_of(asked, factory);
        if (job == nullptr) return std::nullopt;
        if (asked.figure.value == ReckonedFigure::training_time) return training_time(asked, *job);
        const auto* trained = std::get_if<TrainReport>(&job->of);
        return literal_of(trained != nullptr ? trained->per_million_tokens
                                             : std::get<ServeReport>(job->of).prices.output);
    }

    const ClaimsText& text_;
    const Setting& setting_;
    std::map<std::string, std::optional<Study>> studies_;
    Faults faults_;
};

}  // namespace

Result<std::vector<StatementText>> reckoned_facts(const ClaimsText& text, const Setting& setting) {
    Reckoner reckoner(text, setting);
    std::vector<StatementText> facts;
    for (const ReckonedText& asked : text.reckoned) {
        if (auto fact = reckoner.fact(asked)) facts.push_back(std::move(*fact));
    }
    if (!reckoner.faults().empty()) return failure(std::move(reckoner.faults()));
    return facts;
}

}  // namespace millwright
