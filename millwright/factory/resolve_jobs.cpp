// Jobs as written to jobs with every name looked up, an overload a kind.
#include <algorithm>
#include <set>

#include "millwright/base/faults.h"
#include "millwright/base/units.h"
#include "millwright/compute/mixers.h"
#include "millwright/compute/weights.h"
#include "millwright/factory/low_rank_faults.h"
#include "millwright/factory/resolver.h"

namespace millwright {
namespace {

/// The model of that name, if the catalog or a file has it.
std::optional<Model> model_of(Resolver& r, const Written<std::string>& name) {
    if (!name.given) return std::nullopt;
    auto model = resolve_model(r.catalog, name.value, name.at);
    if (!model) {
        r.faults.insert(r.faults.end(), model.error().begin(), model.error().end());
        return std::nullopt;
    }
    return std::move(*model);
}

/// What the reader of a model took for granted, and what of it was never measured, is told of every
/// job that has it.
void tell_caveats(Resolver& r, const std::string& job, const Model& model) {
    const auto tell = [&](const std::string& what) {
        r.stood_in(fmt::format("model of job {}: {}", job, what));
    };
    for (const std::string& what : model.caveats) tell(what);
    if (const std::string what = unmeasured_text(model); !what.empty()) tell(what);
}

/// What two keys say together; each alone was checked when it was read.
void check_batches(Resolver& r, const TrainJobText& text) {
    if (text.max_global_batch.given && text.global_batch.given &&
        text.max_global_batch.value < text.global_batch.value) {
        r.fault(text.max_global_batch.at, "max_global_batch is under global_batch",
                "leave it out to keep the batch fixed");
    }
    const double step =
        static_cast<double>(text.global_batch.value) * static_cast<double>(text.sequence.value);
    if (text.tokens.given && text.tokens.value < step * unit::token) {
        r.fault(
            text.tokens.at,
            fmt::format("{} are less than the one step of {} that global_batch x sequence makes",
                        to_text(text.tokens.value), to_text(step * unit::token)),
            "train on more tokens, or in smaller steps");
    }
}

/// What is said of adapters where there are none.
void check_without_rank(Resolver& r, const TrainJobText& text) {
    const auto check = [&](const auto& key, const char* message) {
        if (key.given) r.fault(key.at, message, "add lora_rank, such as lora_rank = 16");
    };
    check(text.lora_targets, "lora_targets are of adapters, which are there with lora_rank alone");
    check(text.base_precision,
          "base_precision is of frozen weights, which are there with lora_rank alone");
}

/// Adapters of a job; none where it trains all weights.
LowRank low_rank_of(Resolver& r, const std::string& name, const TrainJobText& text) {
    LowRank low_rank;
    if (!text.lora_rank.given) {
        const bool faulty = text.lora_rank.at.line > 0;  // one fault is enough
        if (!faulty) check_without_rank(r, text);
        return low_rank;
    }
    low_rank.rank = text.lora_rank.value;
    if (text.lora_targets.given) {
        low_rank.targets = {};
        for (const LowRankTarget target : text.lora_targets.value) {
            low_rank.targets[static_cast<std::size_t>(target)] = true;
        }
    } else {
        r.stood_in("adapters beside all products but routers and heads for job " + name);
    }
    r.take(text.base_precision, low_rank.base, "job " + name + " keeps its frozen weights in",
           name_of(low_rank.base));
    return low_rank;
}

/// Coordinates that [job.plan] asks for, each told at its own place.
PlanPins pins_of(Resolver& r, const TrainJobText& text) {
    PlanPins pins;
    for_each_field<TrainJobText>([&](const auto& field) {
        if constexpr (std::is_same_v<decltype(text.*field.member), const Written<std::string>&>) {
            const Written<std::string>& written = text.*field.member;
            constexpr std::string_view table = "plan.";
            if (!written.given || !field.key.starts_with(table)) return;
            Faults faults;
            read_pin(field.key.substr(table.size()), written.value, pins, faults);
            for (const Fault& fault : faults) r.fault(written.at, fault.message, fault.hint);
        }
    });
    return pins;
}

std::optional<TrainJob> resolved(Resolver& r, const std::string& name, const TrainJobText& text) {
    auto model = model_of(r, text.model);
    if (!model) return std::nullopt;
    if (extra_parameters(*model) > 0) {
        r.stood_in(fmt::format("job {} trains {}", name, weights_text(*model)));
    }
    tell_caveats(r, name, *model);
    check_batches(r, text);
    if (!text.precision.given) r.stood_in("precision bf16 for job " + name);
    TrainJob job{.model = std::move(*model), .tokens = text.tokens.value};
    job.sequence = static_cast<double>(text.sequence.value);
    job.global_batch = text.global_batch.value;
    // zero if left out: the batch is then fixed
    job.max_global_batch = std::max(text.max_global_batch.value, job.global_batch);
    job.precision = text.precision.value;
    job.pins = pins_of(r, text);
    job.low_rank = low_rank_of(r, name, text);
    const LowRankPlaces at{text.lora_targets.at, text.base_precision.at};
    append(r.faults, low_rank_faults(job.model, job.precision, job.low_rank, at));
    if (text.framework.given) {
        const Framework* found = r.look_up(r.catalog.frameworks, text.framework, "framework");
        if (found == nullptr) return std::nullopt;
        job.framework = *found;
    }
    return job;
}

/// Of a serving job: the engine that it names; false after a fault.
bool take_engine(Resolver& r, const ServeJobText& text, ServeJob& job) {
    if (!text.engine.given) return true;
    const Engine* found = r.look_up(r.catalog.engines, text.engine, "engine");
    if (found == nullptr) return false;
    job.engine = *found;
    return true;
}

void take_requests(Resolver& r, const std::string& of, const ServeJobText& text, ServeJob& job) {
    r.take(text.prompt_tokens, job.prompt_tokens, of + "serves prompts of",
           fmt::format("{:.0f} tokens", default_prompt_tokens));
    r.take(text.output_tokens, job.output_tokens, of + "serves answers of",
           fmt::format("{:.0f} tokens", default_output_tokens));
    job.prefix_tokens = static_cast<double>(text.prefix_tokens.value);
    if (text.prefix_tokens.given && job.prefix_tokens >= job.prompt_tokens) {
        r.fault(text.prefix_tokens.at,
                fmt::format("prompts of {:.0f} tokens cannot begin with {:.0f} alike and have one "
                            "of their own",
                            job.prompt_tokens, job.prefix_tokens),
                "make prompt_tokens more, or prefix_tokens less");
    }
    r.take(text.time_per_token, job.time_per_token, of + "takes for each output token at most",
           to_text(default_time_per_token));
    r.take(text.time_to_first_token, job.time_to_first_token, of + "takes to the first token",
           "any time");
}

std::optional<ServeJob> resolved(Resolver& r, const std::string& name, const ServeJobText& text) {
    auto model = model_of(r, text.model);
    ServeJob job;
    if (!take_engine(r, text, job) || !model) return std::nullopt;
    tell_caveats(r, name, *model);
    job.model = std::move(*model);
    const std::string of = "job " + name + " ";
    if (text.precision.given) {
        job.precision = text.precision.value;
    } else {
        r.stood_in(of +
                   "serves in the published form where that is narrow, else in fp8 where the "
                   "chip has it, else in bf16");
    }
    take_requests(r, of, text, job);
    job.replica_chips = text.replica_chips.value;
    if (text.share.given) job.share = text.share.value;
    if (text.hours.given) job.hours = parse_day_hours(text.hours.value);
    job.rate = text.rate.value;
    job.hourly_rates = text.hourly_rates.value;
    if (!text.rate.given && !text.hourly_rates.given) {
        r.stood_in(of + "gets as many requests as are answered in time");
    }
    return job;
}

/// What stands in for jobs that do not name theirs, once for each vendor.
template <class Text>
void tell_by_vendor(Resolver& r, Written<std::string> Text::*named, const char* noun,
                    const auto& id_on) {
    const bool any_unnamed = std::ranges::any_of(r.text.jobs, [&](const JobText& job) {
        const auto* text = std::get_if<Text>(&job.keys);
        return text != nullptr && !(text->*named).given;
    });
    std::set<std::string> told;
    for (const Factory& factory : r.out.factories) {
        if (!any_unnamed || !told.insert(factory.chip.vendor).second) continue;
        r.stood_in(fmt::format("{} {} on chips of {}", noun, id_on(factory), factory.chip.vendor));
    }
}

/// What attention is timed by where the day's best library is not the fastest there is, once a
/// chip.
void tell_software(Resolver& r) {
    std::set<std::string> told;
    for (const Factory& factory : r.out.factories) {
        const AttentionLibrary library = factory.software.attention;
        if (!trains(r.text) || library == AttentionLibrary::fastest) continue;
        if (!told.insert(factory.chip.id).second) continue;
        r.stood_in(fmt::format("attention {} on {}, as of {}", name_of(library), factory.chip.id,
                               to_text(r.out.date)));
    }
}

}  // namespace

bool trains(const ScenarioText& text) {
    return std::ranges::any_of(text.jobs, [](const JobText& job) {
        return std::holds_alternative<TrainJobText>(job.keys);
    });
}

void resolve_jobs(Resolver& r) {
    for (const JobText& text : r.text.jobs) {
        const std::string& name = text.name.value;
        std::visit(
            [&](const auto& keys) {
                if (auto job = resolved(r, name, keys)) {
                    r.out.jobs.push_back({name, std::move(*job)});
                }
            },
            text.keys);
    }
    resolve_hours(r);
    tell_by_vendor(r, &TrainJobText::framework, "framework",
                   [](const Factory& f) { return f.framework.id; });
    tell_by_vendor(r, &ServeJobText::engine, "engine",
                   [&](const Factory& f) { return engine_for(r.catalog, f.chip).id; });
    tell_software(r);
}

}  // namespace millwright
