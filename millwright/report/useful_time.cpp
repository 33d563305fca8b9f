#include "millwright/report/useful_time.h"

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// Null where the share was given, and nothing else is known.
template <auto member>
Json unless_given(const UsefulTime& time) {
    return time.given ? Json(nullptr) : value_json(time.*member);
}

const JsonTable<UsefulTime>& useful_table() {
    using U = UsefulTime;
    static const JsonTable<U> table{
        "`useful_time` of a plan; all but the share are null where `useful_share` was given",
        {{"share", "of the time, on steps that count", json_of<&U::share>},
         {"low", "at the highest rate of the fleet's band; else the share", json_of<&U::low>},
         {"high", "at its lowest rate; likewise", json_of<&U::high>},
         {"fleet", "of the catalog, whose rate it is; null where the rate was given",
          [](const U& u) { return u.fleet.empty() ? Json(nullptr) : Json(u.fleet); }},
         {"rate_per_1000_nodes_day", "failures of 1,000 nodes of eight chips",
          unless_given<&U::rate>},
         {"mttf_s", "mean time between failures of the job; null where nothing fails",
          json_or_null<&U::mttf>},
         {"restart_s", "or stall, until it works again", unless_given<&U::restart>},
         {"checkpoint_bytes", "weights and states of the optimizer", unless_given<&U::checkpoint>},
         {"checkpoint_waits_s", "that steps wait for one", unless_given<&U::waits>},
         {"checkpoint_writing_s", "that storage takes beside them", unless_given<&U::writing>},
         {"checkpoint_load_s", "within a restart", unless_given<&U::load>},
         {"checkpoint_period_s", "of work between two; the best by the closed form if not given",
          unless_given<&U::period>}}};
    return table;
}

}  // namespace

std::string useful_words(const UsefulTime& time) {
    if (time.given) return "as given";
    const std::string rate = time.fleet.empty()
                                 ? fmt::format("{:.3g} failures of 1,000 nodes a day", time.rate)
                                 : fmt::format("failures as of the fleet {}", time.fleet);
    return fmt::format("what {} leave, {} from each until it works again", rate,
                       readable(time.restart));
}

std::string useful_line(const UsefulTime& time) {
    const std::string share = fmt::format("{:.1f} % of the time", 100 * time.share);
    if (time.given) return share + ", as given";
    const std::string band = time.low < time.high
                                 ? fmt::format(" ({:.1f} to {:.1f} in the band of rates)",
                                               100 * time.low, 100 * time.high)
                                 : "";
    const std::string fails = time.mttf > Seconds{}
                                  ? fmt::format("a failure every {}", readable(time.mttf))
                                  : std::string("nothing fails");
    return fmt::format("{}{}, {}: {}; a checkpoint of {} every {}, for which steps wait {}", share,
                       band, useful_words(time), fails, to_text(time.checkpoint),
                       readable(time.period), readable(time.waits));
}

Json useful_json(const UsefulTime& time) { return object_json(useful_table(), time); }

JsonObject useful_object() { return described(useful_table()); }

}  // namespace millwright
