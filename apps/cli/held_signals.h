// Signals that would end the program, held back while files are half-made.
#pragma once

#include <array>
#include <csignal>

namespace millwright::app {

/// While it lives, SIGINT, SIGTERM, SIGHUP and SIGQUIT are only noted; at its end the first one
/// noted is raised again as it would have come. One at a time, since the note is one for the
/// program. Signals that were ignored, as under nohup, stay so.
class HeldSignals {
public:
    HeldSignals();
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    ~HeldSignals();

    /// Whether one has come.
    static bool any();

private:
    static constexpr std::array<int, 4> signals_{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    std::array<struct sigaction, 4> before_{};
};

}  // namespace millwright::app
