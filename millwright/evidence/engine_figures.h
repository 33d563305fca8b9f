// Figures of a serving engine that fits may move, as numbers.
#pragma once

#include <array>
#include <string_view>

#include "millwright/parts/engine.h"

namespace millwright {

/// A figure: its key in an engine's file, where it is, how far such figures differ from one system
/// to the next (deviation of the logarithm), and the bounds of fits. Times are in seconds.
struct EngineFigure {
    std::string_view key;
    Cited<double> EngineFigures<Cited>::*number = nullptr;  // or
    Cited<Seconds> EngineFigures<Cited>::*time = nullptr;
    double spread = 1, low = 0, high = 1;

    std::string_view unit() const { return time != nullptr ? "s" : ""; }
    double of(const Engine& engine) const;
    /// Sets it; a source that is left out stays.
    void set(Engine& engine, double value) const;
    void cite(Engine& engine, SourceId source) const;
};

inline constexpr std::size_t engine_figure_count = 14;

/// Host times first, then factors on kernels; limits and spreads as of tools/fit_serving.py.
const std::array<EngineFigure, engine_figure_count>& engine_figures();

}  // namespace millwright
