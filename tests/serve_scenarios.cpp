#include "tests/serve_scenarios.h"

namespace millwright {

std::string factory(const std::string& name, const std::string& server, int chips) {
    return fmt::format(
        "[[factory]]\nname = \"{}\"\nserver = \"{}\"\nchips = {}\n"
        "fabric = \"rail-fat-tree\"\n",
        name, server, chips);
}

std::string serve(const std::string& name, const std::string& model, const std::string& more) {
    return fmt::format("[[job]]\nname = \"{}\"\nkind = \"serve\"\nmodel = \"{}\"\n{}", name, model,
                       more);
}

std::string train(const std::string& name, const std::string& model) {
    return fmt::format(
        "[[job]]\nname = \"{}\"\nkind = \"train\"\nmodel = \"{}\"\ntokens = \"1T\"\n"
        "sequence = 4096\nglobal_batch = 512\n",
        name, model);
}

ScenarioText text_of(const std::string& text) { return parse_scenario(text, "t.toml").value(); }

Study study_of(const std::string& text) {
    const auto scenario = resolve(text_of(text), built_in_catalog());
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return run(scenario.value(), built_in_catalog(), {.flow_factories = 0});
}

ServeReport served(const Study& study, std::size_t factory, std::size_t job) {
    const JobReport& report = study.factories[factory].jobs[job];
    EXPECT_TRUE(report.feasible) << report.infeasible;
    return std::get<ServeReport>(report.of);
}

}  // namespace millwright
