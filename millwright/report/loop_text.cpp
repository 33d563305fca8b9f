// A stage is short where more comes than it can do and its line grew in the last half of the
// days; upload is told apart, as it loses what it cannot take. Tallies are of all replications
// and are divided here. Times come from the ledger that JSON has too.
#include "millwright/report/loop_text.h"

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/table.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

std::string eflops(FlopRate rate) { return fmt::format("{:.3g} EFLOPS", rate.si() / 1e18); }

const StageTally& tally_of(const DataLoopAnswer& a, LoopStage stage) {
    return a.figures.stages[static_cast<std::size_t>(stage)];
}

/// What is short, stage by stage; if nothing is, which is the fullest.
std::string bottleneck_words(const DataLoopAnswer& a) {
    if (!a.figures.bottleneck) return "no stage has a limit";
    std::vector<std::string> short_of;
    for (std::size_t i = 0; i < loop_stage_count; ++i) {
        const StageTally& stage = a.figures.stages[i];
        const std::string_view name = name_of(static_cast<LoopStage>(i));
        const double asked = load(stage);
        if (static_cast<LoopStage>(i) == LoopStage::upload && asked > 1 && stage.dropped > 0) {
            short_of.push_back(fmt::format(
                "at upload {:.3g} times as much comes as the budget takes, and the rest is lost",
                asked));
        } else if (grows(stage)) {
            short_of.push_back(
                fmt::format("at {} {:.3g} times as much comes as can be done, and "
                            "the line grows without end",
                            name, asked));
        }
    }
    if (!short_of.empty()) return join(short_of, "; ");
    return fmt::format("the fullest stage is {}, at {}", name_of(*a.figures.bottleneck),
                       percent(load(tally_of(a, *a.figures.bottleneck))));
}

std::string loop_sentence(const DataLoopAnswer& a) {
    const std::string name = a.name.empty() ? "" : a.name + ": ";
    if (!a.figures.times) {
        return wrapped("",
                       fmt::format("{}no training run begins within {}; {}.", name,
                                   counted(a.loop.days, "day"), bottleneck_words(a)),
                       0);
    }
    const LoopTimes& times = *a.figures.times;
    return wrapped(
        "",
        fmt::format("{}from trigger to the whole fleet takes {} on average, {} for half of the "
                    "data and {} for nine tenths; {:.3g} loops close in a year; {}.",
                    name, readable(times.mean.value), readable(times.p50), readable(times.p90),
                    a.figures.loops_a_year.mean, bottleneck_words(a)),
        0);
}

/// Of a stage in the ledger of the loop; zero where it has none.
Seconds time_part(const DataLoopAnswer& a, LoopStage stage, std::string_view kind) {
    if (!a.figures.times) return {};
    const auto* part = find(a.figures.times->mean, name_of(stage));
    const auto* leaf = part == nullptr ? nullptr : find(*part, kind);
    return leaf == nullptr ? Seconds{} : leaf->value;
}

std::string stage_rows(const DataLoopAnswer& a) {
    std::vector<std::vector<std::string>> rows;
    const auto days = static_cast<double>(a.loop.days * a.figures.replications);
    const auto count = static_cast<double>(a.figures.replications);
    for (std::size_t i = 0; i < loop_stage_count; ++i) {
        const auto stage = static_cast<LoopStage>(i);
        const StageTally& t = tally_of(a, stage);
        const bool limited = t.capacity > 0;
        const auto in_days = [&](std::string_view kind) {
            return fmt::format("{:.4g}", time_part(a, stage, kind).in(unit::day));
        };
        rows.push_back({std::string(name_of(stage)), in_days("waiting"), in_days("working"),
                        i < first_run_stage ? "events" : "runs",
                        fmt::format("{:.4g}", static_cast<double>(t.in) / count),
                        fmt::format("{:.4g}", static_cast<double>(t.dropped) / count),
                        fmt::format("{:.4g}", t.area / days),
                        fmt::format("{:.4g}", static_cast<double>(t.most)),
                        limited ? percent(utilisation(t)) : "-", limited ? percent(load(t)) : "-"});
    }
    return format_table(
        {"stage", "wait, d", "work, d", "of", "in", "dropped", "there", "most", "busy", "load"},
        rows, "lrrlrrrrrr");
}

std::string data_lines(const DataLoopAnswer& a) {
    const StageTally& upload = tally_of(a, LoopStage::upload);
    const double lost =
        upload.in > 0 ? static_cast<double>(upload.dropped) / static_cast<double>(upload.in) : 0;
    std::string text = fmt::format(
        "Triggers keep {} a day, of which {} of the events are lost to the upload "
        "budget, and curation {}.",
        to_text(a.triggered_a_day), percent(lost), to_text(a.kept_a_day));
    if (a.raw_a_day > Bytes{}) {
        text += fmt::format(" The sensors make {} a day: one byte in {:.3g} is kept.",
                            to_text(a.raw_a_day),
                            a.kept_a_day > Bytes{} ? a.raw_a_day / a.kept_a_day : 0.0);
    }
    return wrapped("", text, 0);
}

std::string compute_lines(const DataLoopAnswer& a) {
    const auto chips = [&](FlopRate rate) {
        return a.chips_an_eflops > 0
                   ? fmt::format(" ({:.0f} {})", rate.si() / 1e18 * a.chips_an_eflops, a.chip)
                   : std::string();
    };
    const FlopRate rate = a.loop.training.rate;
    std::string text =
        fmt::format("The factory has {}{}, dense, and uses {} of it; runs ask for {}.",
                    eflops(rate), chips(rate), percent(a.loop.training.used), eflops(a.asked));
    if (a.chips_an_eflops > 0) {
        text += fmt::format(" An EFLOPS takes {:.0f} {}.", a.chips_an_eflops, a.chip);
    }
    if (a.wanted && a.needed) {
        text += fmt::format(" For a loop of {} it must have {}{}.", readable(*a.wanted),
                            eflops(*a.needed), chips(*a.needed));
    } else if (a.wanted) {
        text += fmt::format(" No compute makes a loop of {}: other stages take longer.",
                            readable(*a.wanted));
    }
    return wrapped("", text, 0);
}

std::string cost_rows(const DataLoopAnswer& a) {
    if (a.cost.parts.empty()) return "";
    const double years = static_cast<double>(a.loop.days) * unit::day.in(unit::year);
    std::vector<std::vector<std::string>> rows;
    const auto row = [&](const std::string& name, Dollars cost) {
        rows.push_back({name, to_text(cost / years),
                        a.figures.closed > 0 ? to_text(cost / a.figures.closed) : "-",
                        share_text(cost / a.cost.value)});
    };
    for (const Ledger<Dollars>& part : a.cost.parts) row(part.name, part.value);
    row("all", a.cost.value);
    return format_table({"cost", "a year", "a loop", "share"}, rows, "lrrr") + "\n";
}

std::string value_line(const DataLoopAnswer& a) {
    if (!a.value) return "";
    const LoopValue& v = *a.value;
    return wrapped(
        "assumed: ",
        fmt::format("{} grows as the useful events to the power {:g}: from {:.4g} to "
                    "{:.4g} with the {:.3g} that came to {:.3g}. Nothing else here "
                    "depends on it.",
                    v.measure, v.exponent, v.now, v.then, a.figures.used, v.events_so_far),
        9);
}

std::string spread_line(const DataLoopAnswer& a) {
    if (!a.figures.times || a.figures.replications == 1) return "";
    const LoopSpread& means = a.figures.times->means;
    return wrapped(
        "",
        fmt::format("Of {}, nine in ten have a mean loop of {:.3g} to {:.3g} days and {:.3g} to "
                    "{:.3g} loops a year.",
                    counted(a.figures.replications, "replication"), means.p5, means.p95,
                    a.figures.loops_a_year.p5, a.figures.loops_a_year.p95),
        0);
}

}  // namespace

std::string data_loop_text(const DataLoopAnswer& answer) {
    std::string text = loop_sentence(answer) + "\n" + stage_rows(answer) + "\n" +
                       cost_rows(answer) + data_lines(answer) + compute_lines(answer) +
                       spread_line(answer) + value_line(answer);
    for (const std::string& note : answer.notes) text += wrapped("note: ", note, 6);
    return text;
}

}  // namespace millwright
