// Gaps are drawn in units of the mean number of requests, so that a client's rate may change while
// it waits: the next request comes when the rate has added up to the gap. The first gap is that of
// a process that has been going on, so that its mean number of requests is that of its rates.
#include "millwright/serve/client_traffic.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <queue>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/serve/lengths.h"

namespace millwright {
namespace {

// streams of clients begin here, so that those of others with the same seed are not theirs
constexpr std::uint64_t first_client_stream = std::uint64_t{1} << 44U;
constexpr std::uint64_t streams_each = 4;

/// x^power of a positive x, within what an exponential holds.
double power_of(double x, double power) {
    return portable_exp(std::clamp(portable_log(x) * power, -700.0, 700.0));
}

/// A gap of mean one.
double gap_of(const ClientWindow& window, Draw draw) {
    const double k = window.shape;
    if (window.law == GapLaw::gamma) return draw.gamma(k, 1 / k);
    return power_of(draw.exponential(1), 1 / k) / portable_exp(log_gamma(1 + 1 / k));
}

/// From any moment to the next request: a part of a gap, and longer gaps hold more moments.
double first_gap_of(const ClientWindow& window, Draw draw) {
    const double k = window.shape, part = draw.uniform_open();
    if (window.law == GapLaw::gamma) return part * draw.gamma(k + 1, 1 / k);
    const double longer = power_of(draw.gamma(1 + 1 / k, 1), 1 / k);
    return part * longer / portable_exp(log_gamma(1 + 1 / k));
}

struct DrawnLengths {
    Seconds begin;
    Lengths prompt, output;
};

using LengthsOfDay = std::vector<DrawnLengths>;

class ClientSource {
public:
    ClientSource(const ClientHistory& client, const ClientTraffic& traffic, std::size_t number,
                 std::shared_ptr<const LengthsOfDay> lengths)
        : windows_(client.windows),
          window_(traffic.folder.window),
          end_(traffic.end),
          scale_(traffic.scale),
          seed_(traffic.seed),
          number_(number),
          lengths_(std::move(lengths)),
          now_(traffic.begin) {
        move_on(true);
    }

    bool done() const { return done_; }
    Seconds at() const { return now_; }

    Request take() {
        const auto after = std::ranges::upper_bound(*lengths_, now_, {}, &DrawnLengths::begin);
        const auto& law = after == lengths_->begin() ? *after : *(after - 1);
        Request request{.arrival = now_,
                        .prompt = length_at(law.prompt, stream(1), given_),
                        .output = length_at(law.output, stream(2), given_),
                        .tenant = narrow<std::uint32_t>(number_)};
        ++given_;
        move_on(false);
        return request;
    }

private:
    RandomStream stream(std::uint64_t purpose) const {
        return {seed_, first_client_stream + number_ * streams_each + purpose};
    }

    /// To the next request.
    void move_on(bool first) {
        double gap = -1;  // drawn where the client next has a rate
        for (; at_ < windows_.size(); ++at_) {
            const ClientWindow& window = windows_[at_];
            const Seconds until = min(window.begin + window_, end_);
            now_ = max(now_, window.begin);
            if (until <= now_ || window.rate.si() == 0) continue;
            if (gap < 0) {
                const Draw draw = stream(0).at(given_);
                gap = first ? first_gap_of(window, draw) : gap_of(window, draw);
            }
            const RequestRate rate = scale_ * window.rate;
            const double holds = (until - now_) * rate;
            if (gap < holds) {
                now_ += Seconds::from_si(gap / rate.si());
                return;
            }
            gap -= holds;
            now_ = until;
        }
        done_ = true;
    }

    std::vector<ClientWindow> windows_;
    Seconds window_, end_;
    double scale_;
    std::uint64_t seed_;
    std::size_t number_;
    std::shared_ptr<const LengthsOfDay> lengths_;
    Seconds now_;
    std::size_t at_ = 0;
    std::uint64_t given_ = 0;
    bool done_ = false;
};

/// The lengths of each client, its own or those of one that tells them.
std::vector<std::shared_ptr<const LengthsOfDay>> lengths_of(const ClientFolder& folder) {
    std::vector<std::shared_ptr<const LengthsOfDay>> told, all;
    for (const ClientHistory& client : folder.clients) {
        LengthsOfDay day;
        for (const ClientLengths& l : client.lengths) {
            day.push_back({l.begin, observed_length(l.prompt), observed_length(l.output)});
        }
        all.push_back(std::make_shared<const LengthsOfDay>(std::move(day)));
        if (!client.lengths.empty()) told.push_back(all.back());
    }
    require(!told.empty(), "some client's lengths are told");
    std::size_t turn = 0;
    for (auto& lengths : all) {
        if (lengths->empty()) lengths = told[turn++ % told.size()];
    }
    return all;
}

class ClientsSource {
public:
    explicit ClientsSource(const ClientTraffic& traffic) : left_(traffic.requests) {
        const auto lengths = lengths_of(traffic.folder);
        for (std::size_t i = 0; i < traffic.folder.clients.size(); ++i) {
            clients_.emplace_back(traffic.folder.clients[i], traffic, i, lengths[i]);
            if (!clients_.back().done()) next_.emplace(clients_.back().at().si(), i);
        }
        if (!next_.empty()) start_ = Seconds::from_si(next_.top().first);
    }

    std::optional<Request> operator()() {
        if (next_.empty() || left_ == 0) return std::nullopt;
        --left_;
        const std::size_t client = next_.top().second;
        next_.pop();
        Request request = clients_[client].take();
        request.arrival = request.arrival - start_;
        if (!clients_[client].done()) next_.emplace(clients_[client].at().si(), client);
        return request;
    }

private:
    using Coming = std::pair<double, std::size_t>;  // seconds, client
    std::vector<ClientSource> clients_;
    std::priority_queue<Coming, std::vector<Coming>, std::greater<>> next_;
    std::int64_t left_;
    Seconds start_;
};

}  // namespace

double log_gamma(double x) {
    // Stirling's series, from where its fifth term is below 1e-13; smaller ones by recurrence
    constexpr double far = 12, half_log_two_pi = 0.91893853320467274178;
    double below = 1;
    for (; x < far; x += 1) below *= x;
    const double r = 1 / x, q = r * r;
    const double series = r * (1.0 / 12 - q * (1.0 / 360 - q * (1.0 / 1260 - q / 1680)));
    return (x - 0.5) * portable_log(x) - x + half_log_two_pi + series - portable_log(below);
}

Result<RequestSource> requests_of(const ClientTraffic& traffic) {
    Faults faults;
    const auto out = [&](std::string what, std::string hint) {
        faults.push_back({{"clients", 0, 0}, std::move(what), std::move(hint)});
    };
    if (!(traffic.scale >= 1e-9 && traffic.scale <= 1e9)) {
        out("the scale of rates is out of range", "from 1e-9 to 1e9");
    }
    if (traffic.requests < 1) out(fmt::format("{} requests", traffic.requests), "1 at least");
    Seconds last;
    for (const ClientHistory& client : traffic.folder.clients) {
        if (!client.windows.empty()) {
            last = max(last, client.windows.back().begin + traffic.folder.window);
        }
    }
    if (!(traffic.begin >= Seconds{} && traffic.begin < min(traffic.end, last))) {
        out("the stretch holds no window", fmt::format("windows end at {:g} s", last.si()));
    }
    if (!faults.empty()) return failure(std::move(faults));
    return RequestSource(
        [source = std::make_shared<ClientsSource>(traffic)]() { return (*source)(); });
}

}  // namespace millwright
