// The chip of a process that does most for each job while the rules let it through.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/intake/question.h"
#include "millwright/lawful/design.h"

namespace millwright {

struct ChipDesignQuestion {
    WrittenQuestion written;  // the deal; of the chip only what no design has, such as its market
    Date today{};
    std::string process, model;
    DesignTarget target = DesignTarget::no_licence;
    std::string raise;  // a rule whose limits are raised too; empty: none
    std::int64_t chips = 1024;
};

/// Designs under one set of rules; `name` says which.
struct DesignsUnder {
    std::string name;
    DesignResult result;
};

struct ChipDesignAnswer {
    std::string title;
    std::vector<DesignsUnder> sets;
    DesignResult free;        // without rules
    std::string server;       // that replicas stand in
    std::int64_t chips = 0;   // of the training job
    std::string groups_note;  // how well country groups are known
};

Result<ChipDesignAnswer> design_chip(const ChipDesignQuestion& question, const Setting& setting);

}  // namespace millwright
