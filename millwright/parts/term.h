// A word of the field, as reports, tables and keys use it, and what it means.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"

namespace millwright {

/// What a term is about, in the order in which lists tell them.
enum class Topic : std::uint8_t {
    layout,
    steps,
    memory,
    models,
    chips,
    fabrics,
    collectives,
    serving,
    goodput,
    money,
    uncertainty,
    rules,
    verdicts,
    classes,
    supply,
    claims,
    figures
};

template <>
struct EnumNames<Topic> {
    static constexpr std::array<std::string_view, 17> names{"layout of training",
                                                            "steps and speed",
                                                            "memory",
                                                            "models",
                                                            "chips and servers",
                                                            "fabrics",
                                                            "collectives",
                                                            "serving",
                                                            "goodput",
                                                            "money",
                                                            "uncertainty",
                                                            "rules",
                                                            "verdicts",
                                                            "classes",
                                                            "supply",
                                                            "claims",
                                                            "figures"};
};

/// Two or three sentences with formula and unit. A code that the program prints is a term too, as
/// its name or an alias.
struct Term {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;  // abbreviations and codes
    Topic topic = Topic::layout;
    std::string text;
    std::string source;
    std::vector<std::string> see_also;  // ids of terms
};

template <std::same_as<Term> T>
struct Fields<T> {
    static constexpr auto table = std::tuple{
        Field{"name", &T::name, "the word in full", Need::required},
        Field{"aliases", &T::aliases, "abbreviations, codes and other words for it"},
        Field{"topic", &T::topic, "what it is about, a heading of the list", Need::required},
        Field{"text", &T::text, "what it means, in sentences", Need::required},
        Field{"source", &T::source, "paper, standard or section that defines it"},
        Field{"see_also", &T::see_also, "terms that belong to it"},
    };
};

}  // namespace millwright
