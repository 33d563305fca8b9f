#include "millwright/base/sha256.h"

#include <stdexcept>

#include <openssl/evp.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace millwright {

std::array<std::uint8_t, 32> sha256(std::string_view text) {
    std::array<std::uint8_t, 32> digest{};
    const int done =
        EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    if (done != 1) throw std::runtime_error("libcrypto has no SHA-256");
    return digest;
}

std::string hex(const std::array<std::uint8_t, 32>& digest) {
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string base64(const std::array<std::uint8_t, 32>& digest) {
    std::string text(4 * ((digest.size() + 2) / 3) + 1, '\0');  // and the zero that it ends with
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), digest.data(),
                                       static_cast<int>(digest.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace millwright
