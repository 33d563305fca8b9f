// Coordinates of a plan that whoever asks has fixed; what is not pinned is searched.
//
// Whether values can be had is not asked here: that hangs on the model and the system (`pin_faults`
// in millwright/search/search.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// One value or a list, each taken as it stands, or a range, of which what can be is taken.
/// Values are one or more, in rising order and each once; `read_pins` leaves them so.
struct Pin {
    std::vector<std::int64_t> values;
    std::int64_t from = 0, to = 0;  // both included; zero: no range

    /// Whether anything is pinned.
    bool given() const { return !values.empty() || to > 0; }
};

/// A pin for each coordinate of a plan. What is not given is free.
struct PlanPins {
    Pin tensor, pipeline, data, context, expert, virtual_stages, micro_batch;
    std::vector<Schedule> schedule;  // all that can be, if empty
    std::vector<Recompute> recompute;
    std::vector<Sharding> sharding;
    std::vector<Offload> offload;
};

/// A coordinate that may be pinned: its place in a plan and in the pins.
template <class Value, class Pinned>
struct Coordinate {
    Value Plan::*value;
    Pinned PlanPins::*pin;
};

template <class Value, class Pinned>
Coordinate(Value Plan::*, Pinned PlanPins::*) -> Coordinate<Value, Pinned>;

/// All that may be pinned; their names are those of the plan's fields.
inline constexpr auto pinnable = std::tuple{
    Coordinate{&Plan::tensor, &PlanPins::tensor},
    Coordinate{&Plan::pipeline, &PlanPins::pipeline},
    Coordinate{&Plan::virtual_stages, &PlanPins::virtual_stages},
    Coordinate{&Plan::data, &PlanPins::data},
    Coordinate{&Plan::context, &PlanPins::context},
    Coordinate{&Plan::expert, &PlanPins::expert},
    Coordinate{&Plan::micro_batch, &PlanPins::micro_batch},
    Coordinate{&Plan::schedule, &PlanPins::schedule},
    Coordinate{&Plan::recompute, &PlanPins::recompute},
    Coordinate{&Plan::sharding, &PlanPins::sharding},
    Coordinate{&Plan::offload, &PlanPins::offload},
};

/// Calls `visit(field, pin)` with the plan's field and the pin's member, for each coordinate that
/// may be pinned, in the order of the plan's fields.
template <class Visit>
constexpr void for_each_pinnable(Visit&& visit) {
    const auto one = [&](const auto& coordinate) {
        for_each_field<Plan>([&](const auto& field) {
            if constexpr (std::is_same_v<decltype(field.member), decltype(coordinate.value)>) {
                if (field.member == coordinate.value) visit(field, coordinate.pin);
            }
        });
    };
    std::apply([&](const auto&... coordinate) { (one(coordinate), ...); }, pinnable);
}

/// True if anything is pinned.
bool any(const PlanPins& pins);

/// The option of a field: "--micro-batch" of "micro_batch".
std::string option_of(std::string_view key);

/// Pins as written, by the keys of the plan's fields: "8", "1,2,4" or "1..8"; names for those that
/// are enumerations. Empty texts pin nothing.
using PinTexts = std::map<std::string, std::string, std::less<>>;

/// Reads one coordinate into the pins; its key is one of the plan's fields.
void read_pin(std::string_view key, const std::string& text, PlanPins& pins, Faults& faults);

/// Faults name the option, such as `--tensor`, and keys that name no coordinate; a text that cannot
/// be read pins nothing.
PlanPins read_pins(const PinTexts& texts, Faults& faults);
/// The same as one answer: all pins, or all faults.
Result<PlanPins> read_pins(const PinTexts& texts);

}  // namespace millwright
