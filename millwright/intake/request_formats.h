// Formats of request traces: a row a format, which says how its files are recognised, what their
// columns or keys mean, in what unit times stand, and how many tokens an id of shared content is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/cells.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// How the requests of a file are laid out.
enum class TraceLayout : std::uint8_t {
    csv,     // a header, then a request a line
    lines,   // a JSON object a line
    list,    // a JSON document with an array of objects somewhere
    arrays,  // a JSON document with an array of numbers for each figure
};

/// What a column of a trace says of its request.
enum class TraceField : std::uint8_t {
    unread,    // known, and without effect on what is asked
    arrival,   // a number, in the format's unit, from any start
    stamp,     // the same as day and time of day: 2023-11-16 18:17:03.97996
    prompt,    // tokens
    output,    // tokens
    session,   // name of its conversation
    chat,      // number of this turn, which later turns name as `parent`
    parent,    // number of the turn before; -1: none
    delay,     // from the answer of the session's turn before, in the format's unit
    priority,  // larger goes first
    tenant,    // name of who asks
    ids,       // of the prompt's blocks in order
    error,     // of a request that failed; null, empty or false where it did not
    phase,     // of a benchmark: requests to warm up are no part of the trace
    rate,      // of a benchmark that tells no arrivals: infinite where all came at once
};
inline constexpr std::size_t trace_fields = static_cast<std::size_t>(TraceField::rate) + 1;

// whether a trace must have a column: with a value in each row, or at all
inline constexpr Needed in_every = Needed::cell, in_header = Needed::column;

/// A column of a CSV, or the keys that lead to a value of JSON, with dots between.
struct TraceColumn {
    std::string_view name;
    TraceField field = TraceField::unread;
    Needed needed = Needed::no;
};

/// A row of the table of formats.
struct TraceFormat {
    std::string_view name;
    std::string_view about;  // whose files they are
    TraceLayout layout = TraceLayout::csv;
    std::vector<TraceColumn> columns;
    Seconds unit = Seconds::from_si(1);  // of arrivals and delays
    std::int64_t block = 0;              // tokens of an id
    bool any_order = false;              // written as requests end: sorted here, and held in memory
    bool failures = false;               // an answer of no tokens is a request that failed
    bool open = false;                   // other keys vary by release, and are passed over
    std::string_view records{};          // keys that lead to the objects of a `list`
    std::string_view refused{};          // why such a file cannot be replayed
};

/// All formats; of two that fit a file the first is meant.
std::span<const TraceFormat> trace_formats();

/// The format with such a layout that has all it needs among these columns or keys, or the one of
/// which most are there; nothing where none has any. Keys of values inside others have dots.
const TraceFormat* format_with(const std::vector<std::string>& names, TraceLayout layout);

/// "azure (TIMESTAMP, ContextTokens, GeneratedTokens), ...": what may be given, for hints.
std::string known_traces();

/// What a field holds, for hints: "a whole number from 1 to 1000000000".
std::string wanted_in(TraceField field, const TraceFormat& format);

/// The column as a checked CSV has it.
Column csv_column(const TraceColumn& column, const TraceFormat& format);

/// The latest arrival that is read, from whatever start: beyond the year 2200.
inline constexpr Seconds latest_arrival = Seconds::from_si(9e9);

}  // namespace millwright
