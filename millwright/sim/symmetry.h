// Flows and links that are alike by symmetry, found by colour refinement (Weisfeiler and Leman
// 1968; Cardon and Crochemore 1982).
//
// Flows begin in classes by size, start, weight and label, links by capacity; classes are split by
// the classes that they meet until nothing splits. In the end all flows of a class cross equally
// many links of each class, and all links of a class carry equally many flows of each: max-min
// rates are then equal within classes, and one flow of each class on one link of each tells all.
// That property is checked link by link and flow by flow before it is used, so that the result is
// exact and not a matter of hashes.
#pragma once

#include <optional>

#include "millwright/sim/flows.h"

namespace millwright {

/// A problem with one flow and one link of each class; what it comes to is what every member does.
struct Quotient {
    FlowProblem problem;  // one flow, one link of each class; latency stands in the starts
    std::vector<std::uint32_t> flow_class, link_class;  // of each flow and link
    std::vector<double> members;                        // flows of each class
};

/// Classes of a problem whose flows all cross once (`crossing` is empty); nothing where fewer than
/// half of the flows would be saved, or where the check fails. Flows with different labels (empty:
/// none) are never alike: labels tell apart what a caller must start by itself.
std::optional<Quotient> quotient_of(const FlowProblem& problem,
                                    std::span<const std::uint32_t> labels = {});

}  // namespace millwright
