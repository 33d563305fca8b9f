// Software that chips run: kernels, formats and the means of communication, each with its day.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"

namespace millwright {

/// What a release brings. A product kernel is a matrix product of one format, a grouped kernel that
/// of all experts at once; a dispatcher sends tokens to their experts; a fusion makes one kernel of
/// several pointwise ones; a schedule orders passes so that communication hides behind them.
enum class SoftwareKind : std::uint8_t {
    attention_library,
    product_kernel,
    grouped_kernel,
    format,
    dispatcher,
    fusion,
    graph,
    schedule,
    collective_library
};

template <>
struct EnumNames<SoftwareKind> {
    static constexpr std::array<std::string_view, 9> names{
        "attention library", "product kernel", "grouped kernel", "format",
        "dispatcher",        "fusion",         "graph",          "schedule",
        "collective library"};
};

/// One release on the chips that it serves. A library that reached chips at different times has a
/// file for each time: what counts is when a chip had it, not when its name was new.
/// A chip has it if its kernel family is in `families` or the chip itself in `chips`.
struct Software {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    SoftwareKind kind = SoftwareKind::attention_library;
    std::vector<std::string> families;    // of data/kernels
    std::vector<std::string> chips;       // where a family has it in part
    std::vector<std::string> frameworks;  // that call it; empty: it belongs to none
    std::string fallback;                 // software that does its work where it is missing
    std::string timed_as;                 // attention libraries: of AttentionLibrary, whose figures
    std::vector<std::string> precisions;  // formats: recipes of products that it brings
    bool training = true;                 // the backward pass included
    std::string note;
    Cited<Date> since;  // the day of the release; the last of its month where no day is published
};

template <std::same_as<Software> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"kind", &P::kind, "kind of thing that the release brings", Need::required},
        Field{"families", &P::families, "kernel families that have it"},
        Field{"chips", &P::chips, "chips that have it, where not their whole family does"},
        Field{"frameworks", &P::frameworks, "frameworks that it belongs to"},
        Field{"fallback", &P::fallback, "software that does its work where it is missing"},
        Field{"timed_as", &P::timed_as,
              "attention library whose figures in kernels/ are its own: fastest, "
              "flash-attention-2, flash-attention-1 or unfused; where left out its fallback's "
              "stand in"},
        Field{"precisions", &P::precisions,
              "recipes of products that it brings: fp8, fp8-block, fp4"},
        Field{"training", &P::training, "whether training can use it, backward pass and all"},
        Field{"note", &P::note, "what to know about it"},
        Field{"since", &P::since, "day since when these chips have it", Need::required},
    };
};

}  // namespace millwright
