// The question of `goodput` as written, in a file or as options of the command line: both fill the
// same values, each with its place.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/intake/goodput_plan_text.h"
#include "millwright/parts/failure.h"

namespace millwright {

/// [job]: what runs, for how long. Left out, numbers are those of `with_defaults` of
/// millwright/api/goodput_inputs.h.
struct GoodputJobText {
    Written<std::int64_t> chips, chips_per_server, chips_per_rack, chips_per_leaf, chips_per_row;
    Written<double> days;
    Written<std::string> policy;
    Written<std::int64_t> replicas;
    Written<double> missing_one, derating, data_stall;
    Written<std::string> start;
};

/// [failures]: of all causes together, by one of the first four; a fleet with a rate has the causes
/// of that fleet at this rate.
struct GoodputFailureText {
    Written<std::string> fleet;
    Written<Seconds> mtbf;
    Written<std::string> rate;
    Written<double> rate_per_1000_nodes_day;
    Written<std::string> law;
    Written<double> shape;
    Written<Seconds> age, settled;
    Written<double> lemon_share, lemon_factor;
    Written<std::int64_t> retired_after;
};

/// [recovery]: laws of times as text.
struct GoodputRecoveryText {
    Written<std::string> restart, stall, repair, detect, hang_timeout, decide, evict, warm_up;
    Written<double> misdiagnosed;
};

/// [checkpoint], or the one level that it is.
struct GoodputCheckpointText {
    Written<std::string> period;
    Written<Seconds> cost, writing;
    Written<std::string> load;
    Written<Bytes> size;
    Written<Bandwidth> bandwidth;
    Written<bool> asynchronous;
    Written<bool> over_fabric;
};

/// [[level]]: where several levels are.
struct GoodputLevelText {
    Place at;
    Written<std::string> name;
    Written<std::int64_t> every;
    Written<Seconds> cost, writing;
    Written<std::string> load, survives;
};

/// [spares].
struct GoodputSpareText {
    Written<std::int64_t> standbys, servers;
    Written<std::string> wait, restock;
};

/// [repair].
struct GoodputRepairText {
    Written<std::string> automatic, manual;
    Written<double> goes_on, fails_automatic, fails_manual;
};

/// [planned].
struct GoodputPlannedText {
    Written<Seconds> every;
    Written<std::string> takes;
};

/// [[cause]]: one of several.
struct GoodputCauseText {
    Place at;
    Written<std::string> name;
    Written<Seconds> mtbf;
    Written<std::string> rate;
    Written<double> rate_per_1000_nodes_day;
    Written<std::string> kind, blast, law;
    Written<bool> software;
    Written<double> shape;
    Written<Seconds> age, settled;
    Written<double> slowdown;
    Written<std::string> lasts;
};

/// [[imbalance]]: of the steps of a job.
struct GoodputImbalanceText {
    Place at;
    Written<std::string> name;
    Written<double> chance, slowdown, variation;
};

/// [run].
struct GoodputRunText {
    Written<std::int64_t> replications, seed;
    Written<double> until_width;
};

/// The whole.
struct GoodputText {
    std::string file;
    Written<std::string> name;
    Written<std::string> note;
    Written<std::string> steps;
    GoodputJobText job;
    GoodputPlanText plan;
    GoodputFailureText failures;
    GoodputRecoveryText recovery;
    GoodputCheckpointText checkpoint;
    std::vector<GoodputLevelText> levels;
    GoodputSpareText spares;
    GoodputRepairText repair;
    GoodputPlannedText planned;
    std::vector<GoodputCauseText> causes;
    std::vector<GoodputImbalanceText> imbalances;
    GoodputRunText run;
    Faults faults;  // of reading; what they are about counts as not given
};

inline constexpr Range goodput_chips{.low = 1, .high = 1e7, .whole = true};
inline constexpr Range goodput_shape{.low = 0.1, .high = 10};
inline constexpr Range below_one{.low = 0, .high = 0.99};

template <std::same_as<GoodputJobText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"chips", &P::chips, "number of chips that the job runs on", Need::optional,
              goodput_chips},
        Field{"chips_per_server", &P::chips_per_server, "chips of a server; 8 if left out",
              Need::optional, counted(1, 1e5)},
        Field{"chips_per_rack", &P::chips_per_rack,
              "chips that a failure of radius `rack` takes out; 72 if left out", Need::optional,
              goodput_chips},
        Field{"chips_per_leaf", &P::chips_per_leaf, "chips below a leaf switch; 256 if left out",
              Need::optional, goodput_chips},
        Field{"chips_per_row", &P::chips_per_row,
              "chips that share power and cooling; 1152 if left out", Need::optional,
              goodput_chips},
        Field{"days", &P::days, "length of the run in days; 30 if left out", Need::optional,
              Range{0.01, 36500}},
        Field{"policy", &P::policy,
              "restart, standby, hot-update, replica-drop or elastic; restart if left out"},
        Field{"replicas", &P::replicas, "replicas or slices that may drop out alone; 8 if left out",
              Need::optional, goodput_chips},
        Field{"missing_one", &P::missing_one,
              "speed while one of them is out, as a share; (replicas - 1) / replicas if left out",
              Need::optional, fraction},
        Field{"derating", &P::derating, "share of the speed that heat or power caps take",
              Need::optional, below_one},
        Field{"data_stall", &P::data_stall, "share of the time that steps wait for data",
              Need::optional, below_one},
        Field{"start", &P::start, "time of the first start"},
    };
};

template <std::same_as<GoodputFailureText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"fleet", &P::fleet,
              "fleet of the catalog: its causes, and its rate where none is given"},
        Field{"mtbf", &P::mtbf, "mean time between failures of the whole job", Need::optional,
              positive},
        Field{"rate", &P::rate, "failures of the whole job over time, such as \"54/day\""},
        Field{"rate_per_1000_nodes_day", &P::rate_per_1000_nodes_day,
              "failures of 1,000 nodes of eight chips in a day", Need::optional, Range{0, 1e6}},
        Field{"law", &P::law, "exponential, weibull or ageing; exponential if left out"},
        Field{"shape", &P::shape, "of weibull and ageing", Need::optional, goodput_shape},
        Field{"age", &P::age, "ageing: of the fleet at the start"},
        Field{"settled", &P::settled,
              "ageing: age at which the rate is as given; a year if left out", Need::optional,
              positive},
        Field{"lemon_share", &P::lemon_share, "share of servers that fail more often",
              Need::optional, below_one},
        Field{"lemon_factor", &P::lemon_factor, "how many times as often", Need::optional,
              Range{1, 1000}},
        Field{"retired_after", &P::retired_after, "failures of a server after which it is retired",
              Need::optional, counted(1, 64)},
    };
};

template <std::same_as<GoodputRecoveryText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"restart", &P::restart,
              "time to schedule the job anew, of which all but the rest below"},
        Field{"stall", &P::stall,
              "time of a swap, a hot update or a stall in its place; 3 min if left out"},
        Field{"repair", &P::repair,
              "from its failure until a replica or slice is back; 0 if left out"},
        Field{"detect", &P::detect, "time until a failure is seen"},
        Field{"hang_timeout", &P::hang_timeout, "time until a hang is seen; 30 min if left out"},
        Field{"decide", &P::decide, "time to find the server at fault"},
        Field{"evict", &P::evict, "time to take it out"},
        Field{"warm_up", &P::warm_up, "time from loading until steps are as fast as before"},
        Field{"misdiagnosed", &P::misdiagnosed, "chance that another server is taken out",
              Need::optional, below_one},
    };
};

template <std::same_as<GoodputCheckpointText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"period", &P::period,
              "time of work between checkpoints; auto: the best by the closed "
              "form; simulated: the best by simulation; auto if left out"},
        Field{"cost", &P::cost, "time that the job waits for a checkpoint"},
        Field{"writing", &P::writing, "time until it is whole, beside the job"},
        Field{"load", &P::load, "time to load it"},
        Field{"size", &P::size, "of a checkpoint, with bandwidth; the plan's if left out",
              Need::optional, positive},
        Field{"bandwidth", &P::bandwidth, "at which all chips together write it", Need::optional,
              positive},
        Field{"asynchronous", &P::asynchronous, "size / bandwidth is `writing`, not `cost`"},
        Field{"over_fabric", &P::over_fabric,
              "of a planned job: written through the ports of its exchanges, which it slows"},
    };
};

template <std::same_as<GoodputLevelText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "where it is kept", Need::required},
        Field{"every", &P::every, "periods; 1 if left out", Need::optional, counted(1, 1e6)},
        Field{"cost", &P::cost, "time that the job waits for it"},
        Field{"writing", &P::writing, "time until it is whole, beside the job"},
        Field{"load", &P::load, "time to load it"},
        Field{"survives", &P::survives,
              "largest radius of a failure that it survives: process, server, rack, leaf, row or "
              "site; site if left out"},
    };
};

template <std::same_as<GoodputSpareText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"standbys", &P::standbys, "servers that stand by warm", Need::optional,
              counted(0, 1e6)},
        Field{"servers", &P::servers, "servers of the pool", Need::optional, counted(0, 1e6)},
        Field{"wait", &P::wait, "time until one of the pool is free"},
        Field{"restock", &P::restock,
              "time until a new one is there for one retired; never if left out"},
    };
};

template <std::same_as<GoodputRepairText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"automatic", &P::automatic, "time of the first repair"},
        Field{"manual", &P::manual, "time of the one by hand after it"},
        Field{"goes_on", &P::goes_on, "share of repairs that go on by hand", Need::optional,
              fraction},
        Field{"fails_automatic", &P::fails_automatic, "share of the first that mend nothing unseen",
              Need::optional, fraction},
        Field{"fails_manual", &P::fails_manual, "share of those by hand that do", Need::optional,
              fraction},
    };
};

template <std::same_as<GoodputPlannedText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"every", &P::every, "time between planned stops; the fleet's if left out",
              Need::optional, positive},
        Field{"takes", &P::takes, "time of one", Need::required},
    };
};

template <std::same_as<GoodputCauseText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of the cause", Need::required},
        Field{"mtbf", &P::mtbf, "mean time between its failures, of the whole job", Need::optional,
              positive},
        Field{"rate", &P::rate, "its failures over time, such as \"2/day\""},
        Field{"rate_per_1000_nodes_day", &P::rate_per_1000_nodes_day,
              "its failures of 1,000 nodes of eight chips in a day", Need::optional, Range{0, 1e6}},
        Field{"kind", &P::kind, "explicit, hang, slow or silent; explicit if left out"},
        Field{"blast", &P::blast, "process, server, rack, leaf, row or site; server if left out"},
        Field{"law", &P::law, "exponential, weibull or ageing; exponential if left out"},
        Field{"software", &P::software, "a hot update mends it"},
        Field{"shape", &P::shape, "of weibull and ageing", Need::optional, goodput_shape},
        Field{"age", &P::age, "ageing: of its parts at the start"},
        Field{"settled", &P::settled,
              "ageing: age at which the rate is as given; a year if left out", Need::optional,
              positive},
        Field{"slowdown", &P::slowdown, "slow: a step takes so many times as long", Need::optional,
              Range{1, 1000}},
        Field{"lasts", &P::lasts, "slow: for how long; silent: until it is found"},
    };
};

template <std::same_as<GoodputImbalanceText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of what makes steps unlike", Need::required},
        Field{"chance", &P::chance, "that a job has it; 1 if left out", Need::optional, fraction},
        Field{"slowdown", &P::slowdown, "mean: a step takes so many times as long", Need::required,
              Range{1, 1000}},
        Field{"variation", &P::variation, "deviation over mean of what it takes longer",
              Need::optional, Range{0, 20}},
    };
};

template <std::same_as<GoodputRunText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"replications", &P::replications, "runs to simulate; 200 if left out", Need::optional,
              counted(1, 1e6)},
        Field{"seed", &P::seed, "of what is drawn; 1 if left out", Need::optional,
              counted(0, 9e15)},
        Field{"until_width", &P::until_width,
              "half the width of the 95 % interval of the mean share at which runs end",
              Need::optional, Range{1e-6, 1}},
    };
};

template <std::same_as<GoodputText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of the run"},
        Field{"note", &P::note, "what to know about it"},
        Field{"steps", &P::steps,
              "table of timed passes, from the file's folder: how unlike they are is an imbalance"},
    };
};

/// Calls with the name and the values of each table of a file.
template <class Text, class Visit>
void for_each_section(Text& text, Visit&& visit) {
    visit("job", text.job);
    visit("plan", text.plan);
    visit("failures", text.failures);
    visit("recovery", text.recovery);
    visit("checkpoint", text.checkpoint);
    visit("spares", text.spares);
    visit("repair", text.repair);
    visit("planned", text.planned);
    visit("run", text.run);
}

/// Fails where the file cannot be read or is no TOML; else see `GoodputText::faults`.
Result<GoodputText> read_goodput(const std::string& path);
/// The same from text in memory; `file` names it in places of faults and need not exist.
Result<GoodputText> parse_goodput(std::string_view text, const std::string& file);

}  // namespace millwright
