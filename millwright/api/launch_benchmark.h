// Benchmarks that would check a prediction: the load of a question as public tools write it.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/serve.h"

namespace millwright {

/// `differs`: what of the load the tool cannot say, empty if nothing.
struct BenchmarkText {
    std::string tool, documented, command, differs;
};

/// One for each tool, of the whole deployment, behind one door. `rate` is that of the load, zero
/// where all come at once; `model` is as the engine calls it.
std::vector<BenchmarkText> benchmark_texts(const std::string& model, const ServeAnswer& answer,
                                           double rate);

}  // namespace millwright
