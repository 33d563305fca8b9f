// Requests of a question about serving: made up or of a trace, the same each time they are asked.
#pragma once

#include "millwright/api/serve.h"

namespace millwright {

/// What of the load cannot be asked, by the command line's names; a trace is not read for it.
Faults load_faults(const LoadAsked& load);

/// How many requests are made up.
std::int64_t requests_asked(const LoadAsked& load);

/// The requests of a load without faults. A trace is read and checked, and what is to be known of
/// it put behind the notes.
Result<RequestsAnew> requests_anew(const LoadAsked& load, std::vector<std::string>& notes);

/// So many of the first requests; zero: all.
RequestsAnew first_of(RequestsAnew all, std::int64_t count);

/// Counts, lengths and the last arrival, from one pass over the requests.
RequestSpan span_of(const RequestsAnew& requests);

}  // namespace millwright
