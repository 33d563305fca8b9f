// Direction numbers of Sobol's sequence.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace millwright {

/// A dimension's primitive polynomial over two elements, the coefficient of the highest power as
/// the highest bit, and as many first direction numbers as its degree: m_k is odd and below 2^k.
struct SobolNumbers {
    std::uint32_t polynomial;
    std::array<std::uint32_t, 10> first;
};

/// Of the second dimension and those after it: 127, so that 128 dimensions are known. The numbers
/// are those of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional
/// projections", SIAM J. Sci. Comput. 30 (2008) 2635-2654, in their table new-joe-kuo-6.
std::span<const SobolNumbers> sobol_numbers();

}  // namespace millwright
