// The chip of a process that does most for each job while the rules let it through.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/intake/question.h"
#include "millwright/lawful/design.h"

namespace millwright {

/// A process of the catalog, a job and a deal. The jobs are decode, prefill and training of the
/// model; `chips` are those of the training job.
struct ChipDesignQuestion {
    WrittenQuestion written;  // the deal; of the chip only what no design has, such as its market
    Date today{};
    std::string process, model;
    DesignTarget target = DesignTarget::no_licence;
    std::string raise;  // a rule whose limits are raised too; empty: none
    std::int64_t chips = 1024;
};

/// Designs under one set of rules; `name` says which: "in force", "without ...", or "RULE x2" where
/// the limits of the raised rule are so many times what they are.
struct DesignsUnder {
    std::string name;
    DesignResult result;
};

/// The best designs under each set and without rules: what the rules cost is the one over the
/// other. A job that no lawful design can do is an answer (`found` is false).
struct ChipDesignAnswer {
    std::string title;
    std::vector<DesignsUnder> sets;
    DesignResult free;        // without rules
    std::string server;       // that replicas stand in
    std::int64_t chips = 0;   // of the training job
    std::string groups_note;  // how well country groups are known
};

/// Faults: names that the catalog lacks, and those of the deal. Each set of rules is a search of
/// the whole grid (lawful/design.h).
Result<ChipDesignAnswer> design_chip(const ChipDesignQuestion& question, const Setting& setting);

}  // namespace millwright
