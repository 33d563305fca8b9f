// Two factories that train, with their study, for tests of books.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "millwright/study/sampled_books.h"
#include "tests/serve_scenarios.h"

namespace millwright {

inline const std::string two = "useful_share = 0.9\n" + head + factory("a", "hgx-h100", 16) +
                               factory("b", "hgx-h200", 16) + train("j", "llama-3.2-1b");

inline std::string ranged(const std::string& of, const std::string& more) {
    return "[[uncertain]]\nof = \"" + of + "\"\n" + more + "\n";
}

/// A scenario with its study, whose plans are searched once.
struct ToldBooks {
    ScenarioText text;
    Scenario scenario;
    Study study;

    explicit ToldBooks(const std::string& more)
        : text(text_of(two + more)),
          scenario(resolve(text, built_in_catalog()).value()),
          study(run(scenario, built_in_catalog(), {.flow_factories = 0})) {}

    BooksSite site() const { return {text, scenario, built_in_catalog()}; }

    FactoryBooks point(std::size_t factory = 0, double slower = 1) const {
        return factory_books(site(), factory, study.factories[factory], slower).value();
    }

    UncertainInputs inputs() const {
        const auto found = uncertain_inputs(text, built_in_catalog(), study);
        EXPECT_TRUE(found) << (found ? "" : to_text(found.error()));
        return found.value();
    }

    SampledBooks samples(SampleOptions options) const {
        return sampled_books(site(), study, inputs(), options);
    }
};

}  // namespace millwright
