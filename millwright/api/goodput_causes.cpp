// Whatever form it is written in, a rate becomes the number of failures a second of the whole
// job. [failures] and [[cause]] have the same keys, so one template reads both; a rate beside a
// fleet scales the fleet's mix. Lemons that are not written are the fleet's, where it published
// them.
#include "millwright/api/goodput_causes.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/api/goodput_choice.h"
#include "millwright/api/look_up.h"
#include "millwright/base/faults.h"
#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::string_view rate_hint =
    "mtbf = \"18 min\", rate = \"54/day\", or rate_per_1000_nodes_day = 3.79";

/// "54/day": a number over a unit of time.
std::optional<EventRate> parse_rate(std::string_view text, std::string& why) {
    const std::size_t slash = text.find('/');
    const auto number = number_of(trimmed(text.substr(0, slash)));
    if (slash == std::string_view::npos || !number) {
        why = fmt::format("'{}' is no number over a unit of time", excerpt(text));
        return std::nullopt;
    }
    const auto unit =
        parse_as<Seconds::dimension>("1 " + std::string(trimmed(text.substr(slash + 1))), why);
    if (!unit) return std::nullopt;
    if (*number >= 0 && *number <= 1e12) return EventRate::from_si(*number / unit->si());
    why = fmt::format("'{}' is less than zero, or more than any machine fails", excerpt(text));
    return std::nullopt;
}

class CauseReader {
public:
    CauseReader(const GoodputText& text, const JobSize& size, const Catalog& catalog)
        : text_(text), size_(size), catalog_(catalog) {}

    Result<GoodputCauses> read() {
        const GoodputFailureText& all = text_.failures;
        const bool one = all.mtbf.given || all.rate.given || all.rate_per_1000_nodes_day.given ||
                         all.fleet.given;
        if (!text_.causes.empty() && one) {
            fault(text_.causes.front().at, "[failures] has a rate, and so has a [[cause]]",
                  "give the rate of all, or one of each cause");
        }
        if (text_.causes.empty()) read_all();
        for (const GoodputCauseText& cause : text_.causes) read_one(cause);
        read_lemons();
        if (!faults_.empty()) return failure(std::move(faults_));
        return std::move(causes_);
    }

private:
    void fault(const Place& at, std::string message, std::string_view hint) {
        faults_.push_back({at, std::move(message), std::string(hint)});
    }

    /// Of [failures] or a [[cause]], which have the same keys.
    template <class Text>
    EventRate rate_of(const Text& text, const Place& whole) {
        std::vector<Place> given;
        EventRate rate;
        if (text.mtbf.given) {
            given.push_back(text.mtbf.at);
            rate = EventRate::from_si(1 / text.mtbf.value.si());
        }
        if (text.rate_per_1000_nodes_day.given) {
            given.push_back(text.rate_per_1000_nodes_day.at);
            rate = rate_of_nodes(text.rate_per_1000_nodes_day.value, real(size_.chips));
        }
        if (text.rate.given) {
            given.push_back(text.rate.at);
            std::string why;
            const auto parsed = parse_rate(text.rate.value, why);
            if (!parsed) fault(text.rate.at, why, rate_hint);
            rate = parsed.value_or(EventRate{});
        }
        // a number that was refused is not told as a missing one too
        if (given.empty() && text_.faults.empty()) {
            fault(whole, "nothing says how often it fails", rate_hint);
        }
        if (given.size() > 1) fault(given.back(), "how often it fails is said twice", rate_hint);
        return rate;
    }

    /// Law, shape and ages, likewise.
    template <class Text>
    void read_law(const Text& text, FailureCause& cause) {
        cause.law = choice_of(text.law, HazardLaw::exponential, faults_);
        cause.shape = text.shape.given ? text.shape.value : 1;
        cause.age = text.age.value;
        cause.settled = text.settled.given ? text.settled.value : 1 * unit::year;
        if (cause.law != HazardLaw::exponential && !text.shape.given) {
            fault(text.law.at, fmt::format("a law that is {} has a shape", name_of(cause.law)),
                  "below one: bursts, or burn-in; above one: wear");
        }
        if (cause.law == HazardLaw::exponential && text.shape.given) {
            fault(text.shape.at, "an exponential law has no shape",
                  "leave it out, or give law = \"weibull\"");
        }
    }

    /// The mix of the fleet, at its own rate or at that which is given beside it.
    void read_fleet() {
        const GoodputFailureText& all = text_.failures;
        Faults found;
        causes_.fleet = look_up<MeasuredFleet>(catalog_, all.fleet.value, all.fleet.at.file, found);
        for (Fault& fault : found) {
            fault.at = all.fleet.at;
            faults_.push_back(std::move(fault));
        }
        if (causes_.fleet == nullptr) return;
        causes_.own_rate = !all.mtbf.given && !all.rate.given && !all.rate_per_1000_nodes_day.given;
        const EventRate rate = causes_.own_rate
                                   ? rate_of_nodes(causes_.fleet->rate.value, real(size_.chips))
                                   : rate_of(all, all.fleet.at);
        causes_.causes = causes_of_fleet(*causes_.fleet, rate, size_.blasts);
    }

    void read_all() {
        if (text_.failures.fleet.given) return read_fleet();
        const Place whole{text_.file.empty() ? "--mtbf" : text_.file, 0, 0};
        FailureCause cause{.name = "failures", .rate = rate_of(text_.failures, whole)};
        read_law(text_.failures, cause);
        causes_.causes.push_back(std::move(cause));
    }

    void read_one(const GoodputCauseText& written) {
        FailureCause cause{.name = written.name.value, .rate = rate_of(written, written.at)};
        cause.kind = choice_of(written.kind, FailureKind::fail_stop, faults_);
        const BlastRadius blast = choice_of(written.blast, BlastRadius::server, faults_);
        cause.servers = size_.blasts.servers[static_cast<std::size_t>(blast)];
        cause.software = written.software.value;
        read_law(written, cause);
        read_episode(written, cause);
        causes_.causes.push_back(std::move(cause));
    }

    /// What is slow says how slow, and both slow and silent for how long.
    void read_episode(const GoodputCauseText& written, FailureCause& cause) {
        const bool slow = cause.kind == FailureKind::slow;
        const bool lasts = slow || cause.kind == FailureKind::silent;
        cause.slowdown = written.slowdown.given ? written.slowdown.value : 1;
        if (slow != written.slowdown.given) {
            fault(slow ? written.at : written.slowdown.at,
                  slow ? "a slow cause lacks its slowdown" : "only slow causes slow steps down",
                  "slowdown = 3: steps take three times as long");
        }
        if (lasts != written.lasts.given) {
            fault(
                lasts ? written.at : written.lasts.at,
                lasts ? "a slow or silent cause lacks 'lasts'" : "only slow and silent causes last",
                "lasts = \"20 min\": until it ends, or is found");
        }
        if (!written.lasts.given) return;
        auto law = read_time_law(written.lasts.value, written.lasts.at);
        if (law) {
            cause.lasts = *law;
        } else {
            append(faults_, std::move(law.error()));
        }
    }

    void read_lemons() {
        const GoodputFailureText& all = text_.failures;
        if (all.lemon_share.given != all.lemon_factor.given) {
            fault(all.lemon_share.given ? all.lemon_share.at : all.lemon_factor.at,
                  "lemons have a share and a factor",
                  "such as lemon_share = 0.15, lemon_factor = 5");
        }
        causes_.lemons = {.share = all.lemon_share.value,
                          .factor = all.lemon_factor.given ? all.lemon_factor.value : 1,
                          .retired_after = all.retired_after.value};
        const MeasuredFleet* fleet = causes_.fleet;
        if (fleet == nullptr || all.lemon_share.given || !fleet->lemon_share.known()) return;
        causes_.lemons.share = fleet->lemon_share.value;
        causes_.lemons.factor = std::max(1.0, fleet->lemon_factor.value);
    }

    const GoodputText& text_;
    const JobSize& size_;
    const Catalog& catalog_;
    Faults faults_;
    GoodputCauses causes_;
};

}  // namespace

Result<GoodputCauses> goodput_causes(const GoodputText& text, const JobSize& size,
                                     const Catalog& catalog) {
    return CauseReader(text, size, catalog).read();
}

}  // namespace millwright
