// millwright compare: why two scenarios differ, term by term.
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "millwright/intake/read.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {

int compare_command(const CompareArguments& arguments, const Common& common) {
    const CompareQuestion question{value_or_throw(read_scenario(arguments.a)),
                                   value_or_throw(read_scenario(arguments.b))};
    const CompareAnswer answer =
        value_or_throw(compare(question, {catalog(common), common.threads, show_progress}));
    show_progress("", 1);
    std::cout << (common.json ? json_text(compare_json(answer)) + "\n" : compare_text(answer));
    return exit_done;
}

}  // namespace millwright::app
