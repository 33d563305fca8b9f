#include "millwright/api/data_loop.h"

#include "millwright/api/loop_inputs.h"
#include "millwright/base/random.h"

namespace millwright {
namespace {

std::optional<LoopValue> value_then(const LoopValueText& text, double used) {
    if (!text.now.given || !text.exponent.given || !text.events_so_far.given) return std::nullopt;
    LoopValue value{text.measure.given ? text.measure.value : "value", text.now.value, 0,
                    text.exponent.value, text.events_so_far.value};
    const double growth = (value.events_so_far + used) / value.events_so_far;
    value.then = value.now * portable_exp(value.exponent * portable_log(growth));
    return value;
}

/// All three keys or none.
void check_value(const DataLoopText& text, Faults& faults) {
    const LoopValueText& value = text.value;
    const int given = static_cast<int>(value.now.given) + static_cast<int>(value.exponent.given) +
                      static_cast<int>(value.events_so_far.given);
    if (given == 3 || (given == 0 && !value.measure.given)) return;
    faults.push_back({{text.file, 0, 0},
                      "[value] is said by half",
                      "give now, exponent and events_so_far, or leave it out"});
}

void tell_data(DataLoopAnswer& answer) {
    const LoopFigures& figures = answer.figures;
    const auto days = static_cast<double>(answer.loop.days);
    const auto replications = static_cast<double>(figures.replications);
    const StageTally& curation = figures.stages[static_cast<std::size_t>(LoopStage::curation)];
    const Bytes size = answer.loop.fleet.event_size;
    answer.raw_a_day = figures.vehicle_days / days * answer.loop.fleet.raw;
    answer.triggered_a_day = figures.triggered / days * size;
    answer.kept_a_day = static_cast<double>(curation.out) / replications / days * size;
}

}  // namespace

Result<DataLoopAnswer> data_loop(const DataLoopQuestion& question, const Setting& setting) {
    DataLoopText text = question.text;
    if (text.faults.empty()) check_value(text, text.faults);
    const auto inputs = loop_inputs(text, setting.catalog);
    if (!inputs) return failure(inputs.error());
    DataLoopAnswer answer;
    answer.name = text.name.value;
    answer.loop = inputs->loop;
    answer.chip = inputs->chip;
    answer.chips_an_eflops = inputs->chips_an_eflops;
    answer.notes = inputs->notes;
    const LoopRunText& run = text.run;
    const auto seed = static_cast<std::uint64_t>(run.seed.given ? run.seed.value : 1);
    const std::int64_t count = run.replications.given ? run.replications.value : 20;
    const auto replications = replicate(answer.loop, seed, count, setting.threads);
    answer.figures = loop_figures(answer.loop, replications);
    tell_data(answer);
    answer.cost = loop_cost(answer.loop, answer.figures);
    answer.asked = asked_rate(answer.loop, answer.figures);
    if (text.wanted.loop.given) {
        answer.wanted = text.wanted.loop.value;
        answer.needed = needed_rate(answer.loop, *answer.wanted, seed, replications);
    }
    answer.value = value_then(text.value, answer.figures.used);
    return answer;
}

}  // namespace millwright
