// millwright collective: time and bandwidth of collectives on a fabric.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/fabric.h"
#include "millwright/api/collective.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

/// A size with its unit; what is not more than nothing has no time.
Bytes size_from(const std::string& text) {
    std::string why;
    const auto size = parse_as<Bytes::dimension>(text, why);
    if (size && size->si() > 0) return *size;
    throw UserFault{{{{"--size", 0, 0},
                      size ? "the size is zero" : why,
                      "for example \"1GiB\" or \"256 MB\""}}};
}

/// Words of sets were checked by the parser, so each is the name of a value.
CollectiveQuestion question_of(const CollectiveArguments& a) {
    CollectiveQuestion q{.collective = enum_named<Collective>(a.op).value(),
                         .group = static_cast<std::uint32_t>(a.group),
                         .stride = static_cast<std::uint32_t>(a.stride),
                         .fabric = question_of(a.fabric),
                         .algorithm = enum_named<Algorithm>(a.algorithm).value(),
                         .engine = enum_named<CollectiveEngine>(a.engine).value(),
                         .symmetry = a.no_symmetry ? Symmetry::off : Symmetry::on};
    for (const std::string& text : a.sizes) q.sizes.push_back(size_from(text));
    for (const std::int64_t ranks : a.ranks) q.ranks.push_back(static_cast<std::uint32_t>(ranks));
    if (!a.traffic.empty()) q.traffic = table_from(a.traffic);
    return q;
}

/// Bandwidths in GB/s of one direction, as nccl-tests prints them; a lower bound of zero says that
/// none is known, as of uneven traffic.
nlohmann::ordered_json json_of(const CollectiveArguments& a, const CollectiveAnswer& answer,
                               const CollectiveTiming& timing) {
    return {{"seconds", timing.time.si()},
            {"algbw_GBps", timing.rate().in(unit::GBps)},
            {"busbw_GBps", timing.bus_rate().in(unit::GBps)},
            {"lower_bound_s", timing.least.si()},
            {"algorithm", name_of(timing.algorithm)},
            {"engine", a.engine},
            {"efficiency", answer.efficiency},
            {"routing", a.fabric.routing},
            {"ranks", timing.ranks},
            {"bytes", timing.size.si()}};
}

void print_one(const CollectiveArguments& a, const CollectiveAnswer& answer) {
    const CollectiveTiming& timing = answer.timings.front();
    std::cout << fmt::format(
        "{} of {} by {} ranks: {}, {} engine, {} links\n{}"
        "  time           {}\n  lower bound    {}\n  algorithm bw   {}\n  bus bw         {}\n",
        a.op, to_text(timing.size), timing.ranks, name_of(timing.algorithm), a.engine,
        answer.efficiency, wrapped("  ", answer.fabric, 2), to_text(timing.time),
        to_text(timing.least), to_text(timing.rate()), to_text(timing.bus_rate()));
}

void print_table(const CollectiveArguments& a, const CollectiveAnswer& answer) {
    std::vector<std::vector<std::string>> rows;
    for (const CollectiveTiming& timing : answer.timings) {
        rows.push_back({std::to_string(timing.ranks), to_text(timing.size),
                        std::string(name_of(timing.algorithm)), to_text(timing.time),
                        to_text(timing.least), to_text(timing.rate()), to_text(timing.bus_rate())});
    }
    std::cout << fmt::format("{} on {}, {} engine, {} links\n\n", a.op, a.fabric.fabric, a.engine,
                             answer.efficiency)
              << format_table({"ranks", "size", "algorithm", "time", "lower bound", "algorithm bw",
                               "bus bw"},
                              rows, "rrlrrrr");
}

}  // namespace

/// One timing is an object or a block of lines, several are a list or a table.
int collective_command(const CollectiveArguments& a, const Common& common) {
    const auto answer = value_or_throw(collective(question_of(a), setting_of(common)));
    if (common.json) {
        nlohmann::ordered_json json = nlohmann::ordered_json::array();
        for (const CollectiveTiming& timing : answer.timings) {
            json.push_back(json_of(a, answer, timing));
        }
        std::cout << json_text(json.size() == 1 ? json[0] : json) << "\n";
    } else if (answer.timings.size() == 1) {
        print_one(a, answer);
    } else {
        print_table(a, answer);
    }
    return exit_done;
}

}  // namespace millwright::app
