// Traffic told client by client: rates and laws of gaps in windows of a day, and lengths as they
// were observed. The files are those of ServeGen (alibaba/ServeGen): `chunk-N-trace.csv` without a
// header, and `chunk-N-dataset.json` of clients whose lengths are told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/length_shares.h"
#include "millwright/parts/request.h"

namespace millwright {

/// What gaps between a client's requests follow.
enum class GapLaw : std::uint8_t { gamma, weibull };

/// A client's arrivals from `begin` to the next window's. Where the rate is zero none come, and law
/// and shape say nothing.
struct ClientWindow {
    Seconds begin;
    RequestRate rate;
    GapLaw law = GapLaw::gamma;
    double shape = 1;  // of the law; its scale is what the rate makes of it
};

/// A client's lengths from `begin` on.
struct ClientLengths {
    Seconds begin;
    LengthShares prompt, output;
};

/// One client; `windows` and `lengths` in order of time.
struct ClientHistory {
    std::string name;
    std::vector<ClientWindow> windows;
    std::vector<ClientLengths> lengths;  // empty: not told
};

/// All clients of a folder, in order of their numbers.
struct ClientFolder {
    std::vector<ClientHistory> clients;
    Seconds window;                  // the length of each window
    std::vector<std::string> notes;  // what the files do not tell
};

/// Whether the folder holds files of client windows.
bool holds_client_windows(const std::string& folder);

/// Reads a folder. Faults, each with its file and line: no such files, cells that are not what they
/// must be, windows that are uneven or out of order, a rate without a law, texts of lengths that
/// cannot be read, no client whose lengths are told.
Result<ClientFolder> read_client_windows(const std::string& folder);

}  // namespace millwright
