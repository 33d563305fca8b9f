// Handlers are set without SA_RESTART: a write or a wait that a signal interrupts comes back with
// EINTR and asks `any`, in place of going on for as long as it likes.
#include "apps/cli/held_signals.h"

namespace millwright::app {
namespace {

volatile std::sig_atomic_t came = 0;  // NOLINT: a handler can reach nothing else

extern "C" void note_signal(int signal) {
    if (came == 0) came = signal;
}

}  // namespace

HeldSignals::HeldSignals() {
    came = 0;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        struct sigaction noting {};
        noting.sa_handler = note_signal;
        sigaction(signals_[i], nullptr, &before_[i]);
        const bool ignored = before_[i].sa_handler == SIG_IGN;  // as under nohup
        if (!ignored) sigaction(signals_[i], &noting, nullptr);
    }
}

HeldSignals::~HeldSignals() {
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        sigaction(signals_[i], &before_[i], nullptr);
    }
    if (any()) std::raise(came);
}

bool HeldSignals::any() { return came != 0; }

}  // namespace millwright::app
