// SHA-256 (FIPS 180-4), for short names that differ where long ones do and for the hashes by which
// a page allows its own scripts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// The digest of the bytes. Throws if libcrypto does not offer it.
std::array<std::uint8_t, 32> sha256(std::string_view text);

/// Two lower-case hexadecimal digits a byte.
std::string hex(const std::array<std::uint8_t, 32>& digest);

/// Base 64 of RFC 4648, padded.
std::string base64(const std::array<std::uint8_t, 32>& digest);

}  // namespace millwright
