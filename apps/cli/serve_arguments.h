// Options of a load and of an engine, which `serve` and `deploy` share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "millwright/api/serve.h"

namespace millwright::app {

inline constexpr std::int64_t most_chips = 10'000'000, most_tokens = 1'000'000'000;

/// Limits of an engine as typed.
struct EngineArguments {
    EngineOverrides limits;
    std::string prefix_cache, speculate, overlap;
};

/// A load as typed.
struct LoadArguments {
    LoadAsked load;
    std::string arrivals, prompt, output, turns, think, tenants, fairness;
};

/// A count that is left open where it is not given.
void add_count(CLI::App& command, const char* option, std::int64_t& into, const char* what,
               std::int64_t most);
void add_engine(CLI::App& command, EngineArguments& a);
/// `closed`: whether so many may be there at all times.
void add_load(CLI::App& command, LoadArguments& a, bool closed);

/// What was typed, in types; what cannot be read becomes faults.
EngineOverrides limits_of(const EngineArguments& a, Faults& faults);
LoadAsked load_of(const LoadArguments& a, Faults& faults);
/// More than zero, such as "50ms"; zero of an empty text.
Seconds time_of(const char* option, const std::string& text, Faults& faults);

/// No less than zero, such as "2 USD".
Dollars price_of(const char* option, const std::string& text, Faults& faults);

/// Names of forms of weights on the command line, and the form of one of them.
std::vector<std::string> weight_forms();
WeightForm weight_form(const std::string& name);

}  // namespace millwright::app
