#pragma once

#include <string>

namespace millwright {

/// The repository these tests were built from. A function of one file, so that the other tests
/// compile to the same object in every checkout.
std::string repository_root();

}  // namespace millwright
