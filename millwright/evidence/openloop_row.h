// A stage of an open-loop run, as a plain struct: rate, lengths with what prompts share, figures.
#pragma once

#include <string>
#include <vector>

#include "millwright/evidence/serving_row.h"

namespace millwright {

/// How prompts of a stage are made: a system part that the users of a group share, a question of
/// the user's own, and tokens that join them. Tokens; zero is not said.
struct SharedPrompt {
    double mean = 0;  // of the whole prompt, as it was counted
    double system = 0, question = 0, join = 0;
    double groups = 0, users_of_group = 0;
    bool multi_turn = false;  // users come back: a prompt begins as that user's last did
};

/// One figure to be predicted, by the name that its row has.
struct StageFigure {
    std::string name;
    RowMetric metric;
    double measured = 0;  // in the unit of its name, milliseconds
};

/// A stage. Layout, engine and formats are as in a serving row; `serving.load` holds arrivals, rate
/// and requests, `serving.skipped` why there is no prediction. Stages of one server run follow each
/// other on a warm cache.
struct OpenLoopRow {
    ServingRow serving;
    SharedPrompt prompt;
    std::int64_t stage = 1, stages = 1;
    bool trustworthy = true;
    std::vector<StageFigure> figures;
};

/// Reads a row of a checked table (openloop_columns()). The result points into the catalog.
OpenLoopRow read_openloop_row(const Cells& cells, const Catalog& catalog);

}  // namespace millwright
