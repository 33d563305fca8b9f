// Read as a scenario is: what is faulty counts as not given, all faults are told at once.
#include "millwright/intake/frontier_text.h"

#include <set>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/job_kinds.h"
#include "millwright/intake/read.h"
#include "millwright/rules/rulebook.h"

namespace millwright {
namespace {

/// What fields cannot say by themselves. `bounded`: a bound is written, faulty or not, so that a
/// wrong number is not told as a missing one too.
Faults range_faults(const FrontierText& text, bool bounded) {
    Faults faults;
    if (!bounded) {
        faults.push_back({{text.file, 1, 1},
                          "neither budget nor power_limit bounds the factory",
                          "give budget = \"1 GUSD\" or power_limit = \"50 MW\""});
    }
    if (text.from.given && text.until.given && text.until.value < text.from.value) {
        faults.push_back({text.until.at, "the last month is before the first", "swap the two"});
    }
    for (const Written<Date>* date : {&text.from, &text.until}) {
        if (!date->given || may_be_asked(date->value)) continue;
        faults.push_back(outside_asked(date->at, "month"));
    }
    if (text.jobs.size() > 1) {
        faults.push_back({text.jobs[1].at, "a frontier has one job", "write one file for each"});
    }
    for (const JobText& job : text.jobs) {
        if (!job.kind.given || job.kind.value == JobKind::train) continue;
        faults.push_back({job.kind.at,
                          fmt::format("a frontier is of a job of kind \"train\", this one is of "
                                      "kind \"{}\"",
                                      name_of(job.kind.value)),
                          "`millwright run` compares factories for jobs of every kind"});
    }
    return faults;
}

}  // namespace

Result<FrontierText> parse_frontier(std::string_view text, const std::string& file) {
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    FrontierText frontier;
    frontier.file = file;
    read_fields(r, *root, "the file", frontier);
    require_table(r, *root, "party", "[[party]]", "each is one buyer and site");
    require_table(r, *root, "job", "[[job]]", "it says what to train");
    read_tables(r, *root, "party", frontier.parties);
    read_jobs(r, *root, frontier.jobs);
    std::set<std::string> known = field_keys<FrontierText>();
    known.insert({"party", "job"});
    toml_detail::check_keys(r, *root, known, "");
    // asked of the file, since a faulty bound is not given
    const bool bounded = root->contains("budget") || root->contains("power_limit");
    append(r.faults, range_faults(frontier, bounded));
    frontier.faults = std::move(r.faults);
    return frontier;
}

Result<FrontierText> read_frontier(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0},
                        "the file " + file.why,
                        "see examples/lawful-frontier/frontier.toml for one"});
    }
    return parse_frontier(file.text, path);
}

}  // namespace millwright
