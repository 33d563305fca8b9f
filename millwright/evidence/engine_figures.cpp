#include "millwright/evidence/engine_figures.h"

namespace millwright {

double EngineFigure::of(const Engine& engine) const {
    if (time != nullptr) return (engine.figures.*time).value.si();
    return (engine.figures.*number).value;
}

void EngineFigure::set(Engine& engine, double value) const {
    if (time != nullptr) {
        (engine.figures.*time).value = Seconds::from_si(value);
    } else {
        (engine.figures.*number).value = value;
    }
}

void EngineFigure::cite(Engine& engine, SourceId source) const {
    if (time != nullptr) {
        (engine.figures.*time).source = source;
    } else {
        (engine.figures.*number).source = source;
    }
}

const std::array<EngineFigure, engine_figure_count>& engine_figures() {
    using F = EngineFigures<Cited>;
    const auto time = [](std::string_view key, Cited<Seconds> F::*member, double spread, Range us) {
        constexpr double us_in_s = 1e-6;
        return EngineFigure{.key = key,
                            .time = member,
                            .spread = spread,
                            .low = us.low * us_in_s,
                            .high = us.high * us_in_s};
    };
    const auto number = [](std::string_view key, Cited<double> F::*member, double spread,
                           Range range) {
        return EngineFigure{
            .key = key, .number = member, .spread = spread, .low = range.low, .high = range.high};
    };
    static const std::array<EngineFigure, engine_figure_count> figures{
        time("step", &F::step, 0.7, {20, 30000}),
        time("sequence", &F::sequence, 0.7, {0.2, 200}),
        time("request", &F::request, 1, {100, 100000}),
        time("reply", &F::reply, 1, {50, 50000}),
        number("hidden", &F::hidden, 0.5, {0.02, 1}),
        time("launch", &F::launch, 0.5, {0.5, 20}),
        time("gap", &F::gap, 0.7, {0.05, 3}),
        number("products", &F::products, 0.1, {0.7, 1.6}),
        number("experts", &F::experts, 0.25, {0.4, 2.5}),
        number("prefill_attention", &F::prefill_attention, 0.2, {0.5, 3}),
        number("decode_attention", &F::decode_attention, 0.15, {0.6, 2.5}),
        number("pointwise", &F::pointwise, 0.25, {0.4, 3}),
        number("communication", &F::communication, 0.3, {0.5, 4}),
        number("casts", &F::casts, 0.7, {0.02, 1}),
    };
    return figures;
}

}  // namespace millwright
