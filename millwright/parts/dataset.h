// Lengths of the prompts and answers of a public set of requests, as benchmarks draw from it.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"

namespace millwright {

/// Mean lengths in tokens. Rows of measurements mean a set by its marks, or, where they only say
/// that lengths are those of a set, by their source's marks and their model.
struct Dataset {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string note;
    std::vector<std::string> marks;   // in lower case, of the cell of a length
    std::vector<std::string> suites;  // in lower case, of the source: benchmarks that draw from it
    std::vector<std::string> models;  // of those suites that it is for
    Cited<double> prompt, output;
    Cited<double> spread;   // deviation over mean of both; 0: all have one length
    Cited<double> longest;  // prompt and answer together, longer are left out; 0: none is
};

template <std::same_as<Dataset> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"note", &P::note, "what to know about it"},
        Field{"marks", &P::marks, "words, in lower case, by which a length of a row names it"},
        Field{"suites", &P::suites,
              "words, in lower case, of the sources of rows that draw from it for its models"},
        Field{"models", &P::models, "models that those suites serve with it"},
        Field{"prompt", &P::prompt, "mean tokens of a prompt", Need::required, Range{1, 1e9}},
        Field{"output", &P::output, "mean tokens of an answer", Need::required, Range{1, 1e9}},
        Field{"spread", &P::spread, "deviation of lengths over their mean", Need::optional,
              Range{0, 10}},
        Field{"longest", &P::longest,
              "tokens of a prompt with its answer beyond which benchmarks leave a request out",
              Need::optional, Range{1, 1e9}},
    };
};

}  // namespace millwright
