// The curves of a deployment, for the requests that it was asked to serve.
#pragma once

#include <string>

#include "millwright/api/serve.h"

namespace millwright {

/// Of an answer that has its pool and outcome. Made-up requests have the lengths that were asked
/// for and come by their law, Poisson's where none is; those of a trace are its first, their
/// arrivals nearer to each other or further apart. Requests longer than the cache are left out.
ServeCurves curves_of(const ServeAnswer& answer, const RequestsAnew& asked, int threads);

/// How many requests the curves are of, in a sentence.
std::string text_of_counts(const ServeCurves& curves);

}  // namespace millwright
