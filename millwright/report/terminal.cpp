#include "millwright/report/terminal.h"

#include <algorithm>

#include "millwright/base/names.h"

namespace millwright {
namespace {

/// Bytes that are held before they are handed on: large results are made printable in few calls.
constexpr std::size_t piece = 1U << 16U;

/// How much of the text ends with a whole character: the rest may be the start of one. A character
/// of UTF-8 has four bytes at most, so a start that wants more stands in the last three. Broken
/// bytes count as whole: waiting for more would not mend them.
std::size_t whole_part(const std::string& text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if (byte < 0x80) break;
        if (byte < 0xC0) continue;
        const std::size_t length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        return length > back ? text.size() - back : text.size();
    }
    return text.size();
}

}  // namespace

PrintableBuffer::~PrintableBuffer() {
    pass(true);
    into_->pubsync();
}

bool PrintableBuffer::pass(bool last) {
    const std::size_t whole = last ? held_.size() : whole_part(held_);
    const std::string text = printable(std::string_view(held_).substr(0, whole));
    held_.erase(0, whole);
    const auto size = static_cast<std::streamsize>(text.size());
    return into_->sputn(text.data(), size) == size;
}

std::streambuf::int_type PrintableBuffer::overflow(int_type c) {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
}

std::streamsize PrintableBuffer::xsputn(const char* text, std::streamsize size) {
    held_.append(text, static_cast<std::size_t>(size));
    if (held_.size() < piece) return size;
    return pass(false) ? size : 0;
}

/// A flush hands on whole characters; half a one waits for its other half.
int PrintableBuffer::sync() { return pass(false) ? into_->pubsync() : -1; }

}  // namespace millwright
