// A data loop as written: the fleet, what becomes of its data, and what is asked of it.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/base/result.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// [fleet].
struct LoopFleetText {
    Written<std::int64_t> vehicles;
    Written<double> growth_a_month, km_a_day, hours_a_day, triggers_per_1000_km, triggers_an_hour;
    Written<Bytes> event_size;
    Written<Bandwidth> raw_rate;
    Written<double> connected;
    Written<Bytes> upload_per_vehicle, upload_fleet;
    Written<std::int64_t> keep_days;
};

/// [curation].
struct LoopCurationText {
    Written<double> events_an_hour, hours_a_day, kept;
};

/// [labels].
struct LoopLabelsText {
    Written<double> automatic;
    Written<std::int64_t> people;
    Written<double> hours_a_day, events_an_hour;
};

/// [training].
struct LoopTrainingText {
    Written<std::string> chip, server;
    Written<std::int64_t> chips;
    Written<FlopRate> rate;
    Written<Precision> precision;
    Written<double> mfu, useful_share;
    Written<Flops> flops;
    Written<std::string> model;
    Written<Tokens> tokens;
    Written<std::int64_t> threshold, every_days;
    Written<double> retry_share;
};

/// [evaluation].
struct LoopEvaluationText {
    Written<double> simulated_km, km_an_hour, replay_hours, replayed_an_hour;
    Written<Seconds> takes;
    Written<double> pass;
};

/// [[release]].
struct ReleaseStageText {
    Place at;
    Written<double> share;
    Written<Seconds> soak;
    Written<double> rollback;
};

/// [cost].
struct LoopCostText {
    Written<Dollars> upload_per_gb, curation_per_event, automatic_per_event;
    Written<DollarRate> person, chip;
    Written<Dollars> simulated_km, replay_hour;
};

/// [value]: an assumption, by which nothing else is reckoned.
struct LoopValueText {
    Written<std::string> measure;
    Written<double> now, exponent, events_so_far;
};

/// [wanted].
struct LoopWantedText {
    Written<Seconds> loop;
};

/// [run].
struct LoopRunText {
    Written<std::int64_t> days, replications, seed;
    Written<std::string> counts;
};

/// The whole.
struct DataLoopText {
    std::string file;
    Written<std::string> name, note;
    LoopFleetText fleet;
    LoopCurationText curation;
    LoopLabelsText labels;
    LoopTrainingText training;
    LoopEvaluationText evaluation;
    std::vector<ReleaseStageText> release;
    LoopCostText cost;
    LoopValueText value;
    LoopWantedText wanted;
    LoopRunText run;
    Faults faults;  // of reading; what they are about counts as not given
};

inline constexpr Range loop_share{.low = 1e-6, .high = 1};
inline constexpr Range loop_hours{.low = 1e-3, .high = 24};
inline constexpr Range loop_amount{.low = 1e-6, .high = 1e12};
inline constexpr Range loop_seconds{.low = 0, .high = 3.2e9};
inline constexpr Range loop_price{.low = 0, .high = 1e9};

template <std::same_as<LoopFleetText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"vehicles", &P::vehicles, "number of vehicles or robots on the first day",
              Need::required, counted(1, 1e9)},
        Field{"growth_a_month", &P::growth_a_month,
              "growth of their number in a month, a share; 0 if left out", Need::optional,
              Range{-0.5, 1}},
        Field{"km_a_day", &P::km_a_day, "kilometres of a vehicle in a day", Need::optional,
              Range{1e-3, 1e5}},
        Field{"hours_a_day", &P::hours_a_day, "hours of a vehicle in a day", Need::optional,
              loop_hours},
        Field{"triggers_per_1000_km", &P::triggers_per_1000_km,
              "events that triggers keep in 1,000 km", Need::optional, Range{1e-6, 1e9}},
        Field{"triggers_an_hour", &P::triggers_an_hour, "events that triggers keep in an hour",
              Need::optional, Range{1e-9, 1e6}},
        Field{"event_size", &P::event_size, "size of an event as it is uploaded", Need::required,
              Range{1, 1e15}},
        Field{"raw_rate", &P::raw_rate, "data that the sensors make; needs hours_a_day",
              Need::optional, Range{1, 1e12}},
        Field{"connected", &P::connected,
              "share of vehicles that upload on a day, as on Wi-Fi; 1 if left out", Need::optional,
              loop_share},
        Field{"upload_per_vehicle", &P::upload_per_vehicle,
              "most that a vehicle uploads in a day; no limit if left out", Need::optional,
              Range{1, 1e18}},
        Field{"upload_fleet", &P::upload_fleet,
              "most that all upload in a day; no limit if left out", Need::optional,
              Range{1, 1e21}},
        Field{"keep_days", &P::keep_days,
              "days that an event waits on board before it is overwritten; 0 if left out",
              Need::optional, counted(0, 36500)},
    };
};

template <std::same_as<LoopCurationText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"events_an_hour", &P::events_an_hour,
              "events that are looked at in an hour; no limit if left out", Need::optional,
              loop_amount},
        Field{"hours_a_day", &P::hours_a_day, "hours of it in a day; 24 if left out",
              Need::optional, loop_hours},
        Field{"kept", &P::kept, "share of events that goes on to labels", Need::required,
              loop_share},
    };
};

template <std::same_as<LoopLabelsText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"automatic", &P::automatic, "share that no person labels; 0 if left out",
              Need::optional, fraction},
        Field{"people", &P::people, "number of people who label; no limit if left out",
              Need::optional, counted(1, 1e8)},
        Field{"hours_a_day", &P::hours_a_day,
              "hours of a person in a day, over all days of the week; 8 if left out",
              Need::optional, loop_hours},
        Field{"events_an_hour", &P::events_an_hour, "events that a person labels in an hour",
              Need::optional, Range{1e-6, 1e6}},
    };
};

template <std::same_as<LoopTrainingText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"chip", &P::chip, "chip of the catalog that trains"},
        Field{"server", &P::server, "server of the catalog whose chip trains, in its place"},
        Field{"chips", &P::chips, "number of chips", Need::optional, counted(1, 1e8)},
        Field{"rate", &P::rate, "dense rate of all of them, in place of their number",
              Need::optional, Range{1e9, 1e24}},
        Field{"precision", &P::precision, "recipe, whose dense rate counts; bf16 if left out"},
        Field{"mfu", &P::mfu, "share of the dense rate that training reaches (MFU)", Need::required,
              Range{1e-3, 1}},
        Field{"useful_share", &P::useful_share,
              "share of the time that is useful, as `millwright goodput` says; 1 if left out",
              Need::optional, Range{1e-3, 1}},
        Field{"flops", &P::flops, "operations of a run", Need::optional, Range{1, 1e33}},
        Field{"model", &P::model,
              "model of the catalog, six operations a parameter and token, "
              "in place of flops"},
        Field{"tokens", &P::tokens, "tokens of a run of the model", Need::optional, Range{1, 1e18}},
        Field{"threshold", &P::threshold, "number of newly labelled events that starts a run",
              Need::optional, counted(1, 1e15)},
        Field{"every_days", &P::every_days, "days from run to run, in place of the threshold",
              Need::optional, counted(1, 36500)},
        Field{"retry_share", &P::retry_share,
              "share of a run's operations that a repeated one takes; 1 if left out",
              Need::optional, Range{0, 10}},
    };
};

template <std::same_as<LoopEvaluationText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"simulated_km", &P::simulated_km, "kilometres that a run drives in simulation",
              Need::optional, loop_amount},
        Field{"km_an_hour", &P::km_an_hour, "simulated kilometres in an hour", Need::optional,
              loop_amount},
        Field{"replay_hours", &P::replay_hours, "recorded hours on which a run is tried",
              Need::optional, loop_amount},
        Field{"replayed_an_hour", &P::replayed_an_hour, "recorded hours replayed in an hour",
              Need::optional, loop_amount},
        Field{"takes", &P::takes, "time besides, as of people who look at it; 0 s if left out",
              Need::optional, loop_seconds},
        Field{"pass", &P::pass, "chance that a run passes; 1 if left out", Need::optional,
              Range{0.05, 1}},
    };
};

template <std::same_as<ReleaseStageText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"share", &P::share, "share of the fleet that has the model by then", Need::required,
              loop_share},
        Field{"soak", &P::soak, "time to install and to watch before the gate at its end",
              Need::required, loop_seconds},
        Field{"rollback", &P::rollback,
              "chance that the gate sends it back to training; 0 if left out", Need::optional,
              Range{0, 0.9}},
    };
};

template <std::same_as<LoopCostText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"upload_per_gb", &P::upload_per_gb, "price of a gigabyte uploaded and kept",
              Need::optional, loop_price},
        Field{"curation_per_event", &P::curation_per_event, "price of an event looked at",
              Need::optional, loop_price},
        Field{"automatic_per_event", &P::automatic_per_event,
              "price of an event labelled without people", Need::optional, loop_price},
        Field{"person", &P::person, "price of the time of a person, for the hours of a day",
              Need::optional, loop_price},
        Field{"chip", &P::chip,
              "price of the time of a chip, all day; the chip's rental if left out", Need::optional,
              loop_price},
        Field{"simulated_km", &P::simulated_km, "price of a simulated kilometre", Need::optional,
              loop_price},
        Field{"replay_hour", &P::replay_hour, "price of a replayed hour", Need::optional,
              loop_price},
    };
};

template <std::same_as<LoopValueText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"measure", &P::measure, "what grows, such as kilometres per intervention"},
        Field{"now", &P::now, "value of it on the first day", Need::optional, loop_amount},
        Field{"exponent", &P::exponent,
              "power of all useful events with which it is assumed to grow", Need::optional,
              Range{-2, 2}},
        Field{"events_so_far", &P::events_so_far, "useful events before the first day",
              Need::optional, Range{1, 1e18}},
    };
};

template <std::same_as<LoopWantedText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"loop", &P::loop, "mean loop time for which the needed compute is sought",
              Need::optional, Range{1, 3.2e9}},
    };
};

template <std::same_as<LoopRunText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"days", &P::days, "days that are simulated; 365 if left out", Need::optional,
              counted(2, 36500)},
        Field{"replications", &P::replications, "runs to simulate; 20 if left out", Need::optional,
              counted(1, 100'000)},
        Field{"seed", &P::seed, "seed of what is drawn; 1 if left out", Need::optional,
              counted(0, 9e15)},
        Field{"counts", &P::counts, "how daily counts come: drawn or mean; drawn if left out"},
    };
};

template <std::same_as<DataLoopText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of the loop"},
        Field{"note", &P::note, "what to know about it"},
    };
};

/// Calls `visit` with the name and the values of each [section].
template <class Text, class Visit>
void for_each_loop_section(Text& text, Visit&& visit) {
    visit("fleet", text.fleet);
    visit("curation", text.curation);
    visit("labels", text.labels);
    visit("training", text.training);
    visit("evaluation", text.evaluation);
    visit("cost", text.cost);
    visit("value", text.value);
    visit("wanted", text.wanted);
    visit("run", text.run);
}

/// Fails where the file cannot be read or is no TOML; else see `DataLoopText::faults`.
Result<DataLoopText> read_data_loop(const std::string& path);
/// The same from text in memory; `file` names it in places of faults and need not exist.
Result<DataLoopText> parse_data_loop(std::string_view text, const std::string& file);

}  // namespace millwright
