// A text of which a part is not understood is a fault, and never a guess: a search of other plans
// than were meant would pass for an answer.
#include "millwright/parts/plan_pins.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/counts.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr double most_pinned = 1e7;  // as many as chips may be

/// Parts between separators; empty ones stay, so that "1,,2" is no list of two.
std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == at) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

Fault fault_of(const std::string& option, const std::string& text, std::string hint) {
    return {{option, 0, 0}, fmt::format("'{}' is not understood", text), std::move(hint)};
}

/// A whole number from one to ten million; zero for any other text.
std::int64_t whole(const std::string& text) {
    std::string why;
    const std::string written(trimmed(text));
    const auto number = number_of(plain_number(written, NumberKind::whole, why));
    const bool fits =
        number && *number >= 1 && *number <= most_pinned && *number == std::floor(*number);
    return fits ? static_cast<std::int64_t>(*number) : 0;
}

/// Zero stands for a part that is no number: no pin may be zero. Lists are sorted and free of
/// repeats: the search stops at the first value that takes too many chips.
void read(const std::string& option, const std::string& text, Pin& pin, Faults& faults) {
    if (text.empty()) return;
    const std::size_t dots = text.find("..");
    if (dots != std::string::npos) {
        pin.from = whole(text.substr(0, dots));
        pin.to = whole(text.substr(dots + 2));
        if (pin.from > 0 && pin.from <= pin.to) return;
    } else {
        for (const std::string& part : split(text, ',')) pin.values.push_back(whole(part));
        if (std::count(pin.values.begin(), pin.values.end(), 0) == 0) {
            std::sort(pin.values.begin(), pin.values.end());
            pin.values.erase(std::unique(pin.values.begin(), pin.values.end()), pin.values.end());
            return;
        }
    }
    pin = {};
    faults.push_back(fault_of(option, text,
                              "write a whole number of 1 to 10,000,000, a list 1,2,4 or a range "
                              "1..8"));
}

bool given(const Pin& pin) { return pin.given(); }
template <class E>
bool given(const std::vector<E>& pin) {
    return !pin.empty();
}

template <class E>
void read(const std::string& option, const std::string& text, std::vector<E>& pin, Faults& faults) {
    if (text.empty()) return;
    const std::vector<std::string> known(EnumNames<E>::names.begin(), EnumNames<E>::names.end());
    for (const std::string& part : split(text, ',')) {
        const auto value = enum_named<E>(trimmed(part));
        if (!value) {
            faults.push_back(fault_of(option, part, "choose of " + join(known, ", ")));
        } else if (std::find(pin.begin(), pin.end(), *value) == pin.end()) {
            pin.push_back(*value);
        }
    }
    std::sort(pin.begin(), pin.end());
}

}  // namespace

std::string option_of(std::string_view key) {
    std::string option = "--" + std::string(key);
    std::replace(option.begin(), option.end(), '_', '-');
    return option;
}

bool any(const PlanPins& pins) {
    bool some = false;
    for_each_pinnable([&](const auto&, auto pin) { some = some || given(pins.*pin); });
    return some;
}

void read_pin(std::string_view key, const std::string& text, PlanPins& pins, Faults& faults) {
    for_each_pinnable([&](const auto& field, auto pin) {
        if (field.key == key) read(option_of(key), text, pins.*pin, faults);
    });
}

PlanPins read_pins(const PinTexts& texts, Faults& faults) {
    PlanPins pins;
    std::vector<std::string> known;
    for_each_pinnable([&](const auto& field, auto) {
        known.emplace_back(field.key);
        const auto text = texts.find(field.key);
        if (text != texts.end()) read_pin(field.key, text->second, pins, faults);
    });
    for (const auto& [key, text] : texts) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        faults.push_back({{option_of(key), 0, 0},
                          "no coordinate of a plan that may be pinned",
                          "choose of " + join(known, ", ")});
    }
    return pins;
}

Result<PlanPins> read_pins(const PinTexts& texts) {
    Faults faults;
    PlanPins pins = read_pins(texts, faults);
    if (!faults.empty()) return failure(std::move(faults));
    return pins;
}

}  // namespace millwright
