// millwright rules design: the chip that does most for a job while the rules let it through.
#include <iostream>

#include <nlohmann/json.hpp>

#include "apps/cli/output.h"
#include "apps/cli/rules.h"
#include "millwright/api/design.h"
#include "millwright/report/design_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"

namespace millwright::app {

int rules_design_command(const RulesDesignArguments& a, const Common& common) {
    ChipDesignQuestion question{.written = a.question, .today = today()};
    question.process = a.process;
    question.model = a.model;
    question.target = enum_named<DesignTarget>(a.target).value();
    question.raise = a.raise;
    question.chips = a.chips;
    if (!a.out.empty()) {
        Faults faults = check_output(a.out, {"design.json", "design.html"});
        if (!faults.empty()) throw UserFault{faults};
    }
    const ChipDesignAnswer answer = value_or_throw(design_chip(question, setting_of(common)));
    // made once: file, page and stdout say the same
    const nlohmann::ordered_json json = designs_json(answer);
    if (!a.out.empty()) {
        const std::string page =
            rules_html(answer.title, "design under a rule · not legal advice", json);
        write_or_throw(a.out, {{"design.json", json_text(json) + "\n"}, {"design.html", page}});
    }
    std::cout << (common.json ? json_text(json) + "\n" : designs_text(answer));
    return exit_done;
}

}  // namespace millwright::app
