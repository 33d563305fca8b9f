// What reaches a terminal: text alone, whatever names and notes hold.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace millwright {

/// Writes into another buffer with every control character made printable
/// (millwright/base/names.h), also where a character comes in pieces. Text is held until there is a
/// piece of it, a flush or the end; what is left of a broken character at the end is written as
/// U+FFFD. The other buffer lives longer.
class PrintableBuffer : public std::streambuf {
public:
    explicit PrintableBuffer(std::streambuf* into) : into_(into) {}
    PrintableBuffer(const PrintableBuffer&) = delete;
    PrintableBuffer& operator=(const PrintableBuffer&) = delete;
    ~PrintableBuffer() override;

protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

private:
    /// Hands on what is held, but for a character that has not come whole unless this is the last
    /// of it; false where the other buffer takes it no longer.
    bool pass(bool last);

    std::streambuf* into_;
    std::string held_;
};

/// All that goes to the stream is printable while this lives; afterwards it is as before. Members
/// are in the order in which they are made: the buffer takes the stream's own before it takes its
/// place.
class PrintableStream {
public:
    explicit PrintableStream(std::ostream& stream)
        : stream_(stream), buffer_(stream.rdbuf()), before_(stream.rdbuf(&buffer_)) {}
    PrintableStream(const PrintableStream&) = delete;
    PrintableStream& operator=(const PrintableStream&) = delete;
    ~PrintableStream() { stream_.rdbuf(before_); }

private:
    std::ostream& stream_;
    PrintableBuffer buffer_;
    std::streambuf* before_;
};

}  // namespace millwright
