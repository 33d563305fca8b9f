// Many quantities may be written in two ways, of which exactly one counts. Rates become amounts a
// day; a run is six operations per active parameter and token; simulated and replayed trials go
// on side by side, so the longer counts. Bounds at the end are on work: days times replications,
// events a day, and a chance of release below which a run would be repeated without end.
#include "millwright/api/loop_inputs.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/compute/weights.h"

namespace millwright {
namespace {

constexpr std::int64_t most_simulated_days = 2'000'000;
constexpr double least_chance = 0.01;

template <class T>
T given_or(const Written<T>& written, T otherwise) {
    return written.given ? written.value : otherwise;
}

class LoopReader {
public:
    LoopReader(const DataLoopText& text, const Catalog& catalog)
        : text_(text), catalog_(catalog), faults_(text.faults) {}

    Result<LoopInputs> read();

private:
    void fault(const Place& at, std::string message, std::string hint) {
        faults_.push_back({at, std::move(message), std::move(hint)});
    }
    Place whole() const { return {text_.file, 0, 0}; }
    template <class Part>
    const Part* named(const Written<std::string>& name);
    /// Exactly one of two is given; a fault if not.
    template <class A, class B>
    void one_of(const Written<A>& a, const Written<B>& b, const char* first, const char* second);
    void read_fleet();
    void read_curation_and_labels();
    void read_chip();
    void read_run_size();
    void read_evaluation();
    Seconds trial(const Written<double>& amount, const Written<double>& an_hour, const char* what,
                  const char* rate);
    void read_release();
    void read_prices();
    void read_run();

    const DataLoopText& text_;
    const Catalog& catalog_;
    Faults faults_;
    LoopInputs inputs_;
    const Chip* chip_ = nullptr;
    double chips_ = 0;
};

template <class Part>
const Part* LoopReader::named(const Written<std::string>& name) {
    if (!name.given) return nullptr;
    const auto& kind = kind_of<Part>();
    const auto& parts = catalog_.*kind.parts;
    if (const Part* part = find_part(parts, name.value)) return part;
    fault(name.at, fmt::format("no {} '{}' in the catalog", kind.singular, name.value),
          name_hint(parts, name.value, kind.name));
    return nullptr;
}

template <class A, class B>
void LoopReader::one_of(const Written<A>& a, const Written<B>& b, const char* first,
                        const char* second) {
    if (a.given != b.given) return;
    if (a.given) {
        fault(b.at, fmt::format("both '{}' and '{}' are given", first, second),
              "leave one of them out");
    } else if (text_.faults.empty()) {
        fault(whole(), fmt::format("neither '{}' nor '{}' is given", first, second),
              "give one of them");
    }
}

void LoopReader::read_fleet() {
    const LoopFleetText& fleet = text_.fleet;
    LoopFleet& into = inputs_.loop.fleet;
    into.vehicles = static_cast<double>(given_or<std::int64_t>(fleet.vehicles, 1));
    into.growth = fleet.growth_a_month.value;
    one_of(fleet.triggers_per_1000_km, fleet.triggers_an_hour, "triggers_per_1000_km",
           "triggers_an_hour");
    const bool by_km = fleet.triggers_per_1000_km.given;
    const Written<double>& use = by_km ? fleet.km_a_day : fleet.hours_a_day;
    if (!use.given && text_.faults.empty()) {
        fault(by_km ? fleet.triggers_per_1000_km.at : fleet.triggers_an_hour.at,
              fmt::format("'{}' is missing", by_km ? "km_a_day" : "hours_a_day"),
              "triggers come with the use of a vehicle: say how much of it a day has");
    }
    into.events = use.value *
                  (by_km ? fleet.triggers_per_1000_km.value / 1000 : fleet.triggers_an_hour.value);
    into.event_size = given_or(fleet.event_size, 1 * unit::MB);
    if (fleet.raw_rate.given && !fleet.hours_a_day.given) {
        fault(fleet.raw_rate.at, "a raw rate without hours of a day", "give hours_a_day too");
    }
    into.raw = fleet.hours_a_day.value * unit::hour * fleet.raw_rate.value;
    into.connected = given_or(fleet.connected, 1.0);
    if (fleet.upload_per_vehicle.given) into.vehicle_budget = fleet.upload_per_vehicle.value;
    if (fleet.upload_fleet.given) into.fleet_budget = fleet.upload_fleet.value;
    into.keep_days = fleet.keep_days.value;
    if (fleet.connected.given && !fleet.upload_per_vehicle.given) {
        fault(fleet.connected.at, "'connected' has no effect without 'upload_per_vehicle'",
              "say what a vehicle uploads in a day, or leave it out");
    }
}

void LoopReader::read_curation_and_labels() {
    const LoopCurationText& curation = text_.curation;
    if (curation.events_an_hour.given) {
        inputs_.loop.curation.a_day =
            curation.events_an_hour.value * given_or(curation.hours_a_day, 24.0);
    } else if (curation.hours_a_day.given) {
        fault(curation.hours_a_day.at, "'hours_a_day' has no effect without 'events_an_hour'",
              "say how many events are looked at in an hour, or leave it out");
    }
    inputs_.loop.curation.kept = given_or(curation.kept, 1.0);
    const LoopLabelsText& labels = text_.labels;
    inputs_.loop.labels.automatic = labels.automatic.value;
    const double hours = given_or(labels.hours_a_day, 8.0);
    const auto people = static_cast<double>(labels.people.value);
    if (labels.people.given && labels.events_an_hour.given) {
        inputs_.loop.labels.a_day = people * hours * labels.events_an_hour.value;
    } else if (labels.people.given != labels.events_an_hour.given && text_.faults.empty()) {
        const bool lacks_rate = labels.people.given;
        fault(lacks_rate ? labels.people.at : labels.events_an_hour.at,
              lacks_rate ? "people without 'events_an_hour'" : "'events_an_hour' without people",
              "give both, or neither: labels have no limit then");
    }
    inputs_.loop.prices.people = people * hours / 24 * text_.cost.person.value;
}

void LoopReader::read_chip() {
    const LoopTrainingText& training = text_.training;
    if (training.chip.given && training.server.given) {
        fault(training.server.at, "both 'chip' and 'server' are given", "leave one of them out");
    }
    chip_ = named<Chip>(training.chip);
    if (const Server* server = named<Server>(training.server)) {
        chip_ = find_part(catalog_.chips, server->chip);
    }
    one_of(training.chips, training.rate, "chips", "rate");
    const Format format = product_format(given_or(training.precision, Precision::bf16));
    FlopRate of_chip;
    if (chip_ != nullptr) {
        of_chip = rate(*chip_, format).value;
        inputs_.chip = chip_->name;
        if (of_chip <= FlopRate{}) {
            const Place& at = training.precision.given ? training.precision.at : training.chip.at;
            fault(at, fmt::format("{} has no rate in {}", chip_->name, name_of(format)),
                  "choose another precision or chip");
            return;
        }
        inputs_.chips_an_eflops = 1e18 / of_chip.si();
    }
    chips_ = static_cast<double>(training.chips.value);
    if (training.rate.given) {
        inputs_.loop.training.rate = training.rate.value;
        if (chip_ != nullptr) chips_ = training.rate.value / of_chip;
    } else if (training.chips.given && chip_ != nullptr) {
        inputs_.loop.training.rate = chips_ * of_chip;
    } else if (training.chips.given && !training.chip.given && !training.server.given) {
        fault(training.chips.at, "nothing says which chips they are",
              "give chip or server, a name of the catalog");
    }
}

void LoopReader::read_run_size() {
    const LoopTrainingText& training = text_.training;
    LoopTraining& into = inputs_.loop.training;
    into.used = given_or(training.mfu, 1.0) * given_or(training.useful_share, 1.0);
    into.retry = given_or(training.retry_share, 1.0);
    one_of(training.flops, training.model, "flops", "model");
    const Model* model = named<Model>(training.model);
    if (training.model.given && !training.tokens.given) {
        fault(training.model.at, "a model without tokens", "give the tokens of a run");
    } else if (training.tokens.given && !training.model.given) {
        fault(training.tokens.at, "tokens without a model", "give the model of a run");
    }
    if (training.flops.given) into.flops = training.flops.value;
    if (model != nullptr && training.tokens.given) {
        into.flops = 6 * active_parameters(*model) * training.tokens.value.si() * unit::flop;
    }
    one_of(training.threshold, training.every_days, "threshold", "every_days");
    if (training.threshold.given) into.threshold = training.threshold.value;
    if (training.every_days.given) into.every = training.every_days.value;
    if (!into.threshold && !into.every) into.every = 1;  // told as a fault
    if (training_time(into, false) > 100 * unit::year && faults_.empty()) {
        fault(training.mfu.at,
              fmt::format("a run takes {:.3g} years", training_time(into, false).in(unit::year)),
              "a century at most: give more chips or fewer operations");
    }
}

/// What is driven or replayed at some speed.
Seconds LoopReader::trial(const Written<double>& amount, const Written<double>& an_hour,
                          const char* what, const char* rate) {
    if (amount.given && an_hour.given) return amount.value / an_hour.value * unit::hour;
    if (amount.given || an_hour.given) {
        fault(amount.given ? amount.at : an_hour.at,
              fmt::format("'{}' is given without '{}'", amount.given ? what : rate,
                          amount.given ? rate : what),
              "give both, or neither");
    }
    return {};
}

void LoopReader::read_evaluation() {
    const LoopEvaluationText& evaluation = text_.evaluation;
    LoopEvaluation& into = inputs_.loop.evaluation;
    into.pass = given_or(evaluation.pass, 1.0);
    into.takes =
        evaluation.takes.value +
        max(trial(evaluation.simulated_km, evaluation.km_an_hour, "simulated_km", "km_an_hour"),
            trial(evaluation.replay_hours, evaluation.replayed_an_hour, "replay_hours",
                  "replayed_an_hour"));
    if (into.takes > 100 * unit::year) {
        fault(whole(), "a trial takes more than a century", "give greater rates or less to try");
    }
}

void LoopReader::read_release() {
    inputs_.loop.release.clear();
    double chance = inputs_.loop.evaluation.pass;
    for (const ReleaseStageText& stage : text_.release) {
        inputs_.loop.release.push_back({stage.share.value, stage.soak.value, stage.rollback.value});
        chance *= 1 - stage.rollback.value;
    }
    if (chance < least_chance) {
        fault(text_.release.front().at,
              fmt::format("a run gets to the whole fleet with a chance of {:.2g} a try", chance),
              fmt::format("{} at least: raise 'pass' or lower 'rollback'", least_chance));
    }
}

void LoopReader::read_prices() {
    const LoopCostText& cost = text_.cost;
    LoopPrices& into = inputs_.loop.prices;
    into.upload_per_gb = cost.upload_per_gb.value;
    into.curation_per_event = cost.curation_per_event.value;
    into.automatic_per_event = cost.automatic_per_event.value;
    into.evaluation = text_.evaluation.simulated_km.value * cost.simulated_km.value +
                      text_.evaluation.replay_hours.value * cost.replay_hour.value;
    DollarRate chip = cost.chip.value;
    if (!cost.chip.given && chip_ != nullptr && chip_->rental.known()) {
        chip = chip_->rental.value;
        inputs_.notes.push_back(fmt::format("a chip costs its rental, {}", to_text(chip)));
    } else if (!cost.chip.given) {
        inputs_.notes.emplace_back("nothing says what a chip costs: training is free here");
    }
    if (chips_ == 0 && cost.chip.given) {
        fault(cost.chip.at, "a price of chips whose number nothing says", "give chip or server");
    }
    into.chips = chips_ * chip;
}

void LoopReader::read_run() {
    const LoopRunText& run = text_.run;
    DataLoop& loop = inputs_.loop;
    loop.days = given_or<std::int64_t>(run.days, 365);
    const auto counts = enum_named<DailyCounts>(given_or<std::string>(run.counts, "drawn"));
    if (!counts) {
        fault(run.counts.at, fmt::format("no counts '{}'", excerpt(run.counts.value)),
              "choose one of drawn, mean");
    }
    loop.counts = counts.value_or(DailyCounts::drawn);
    const std::int64_t replications = given_or<std::int64_t>(run.replications, 20);
    if (loop.days * replications > most_simulated_days) {
        const Place& at = run.days.given ? run.days.at : run.replications.at;
        fault(at, fmt::format("{} replications of {} days are too many", replications, loop.days),
              fmt::format("their product is {} at most", most_simulated_days));
    }
    const double most = std::max(events_on(loop.fleet, 0), events_on(loop.fleet, loop.days));
    if (most > most_events_a_day) {
        fault(text_.fleet.vehicles.at, fmt::format("the fleet has {:.3g} events a day", most),
              fmt::format("{:.0e} at most, on the last day too: fewer vehicles, triggers or days",
                          most_events_a_day));
    }
}

Result<LoopInputs> LoopReader::read() {
    read_fleet();
    read_curation_and_labels();
    read_chip();
    read_run_size();
    read_evaluation();
    read_release();
    read_prices();
    read_run();
    if (!faults_.empty()) return failure(in_order(std::move(faults_)));
    return std::move(inputs_);
}

}  // namespace

Result<LoopInputs> loop_inputs(const DataLoopText& text, const Catalog& catalog) {
    return LoopReader(text, catalog).read();
}

}  // namespace millwright
