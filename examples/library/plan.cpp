// The best plan of a model on 64 chips, asked of the library.
#include <iostream>

#include "millwright/api/plan.h"

int main() {
    using namespace millwright;
    const Setting setting{.catalog = built_in_catalog(), .threads = 2};
    const PlanQuestion question{.model = "llama-3.1-8b",
                                .server = "hgx-h100",
                                .chips = 64,
                                .global_batch = 128,
                                .sequence = 8192};
    const Result<PlanAnswer> answer = plan(question, setting);
    if (!answer) {
        std::cerr << to_text(answer.error());
        return 2;
    }
    const Candidate& best = answer->found.best;
    std::cout << describe(best.plan) << ": " << best.step.in(unit::s) << " s a step, "
              << best.memory.in(unit::GB) << " GB a chip\n";
}
