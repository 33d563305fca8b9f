#include "millwright/api/frontier.h"

#include "millwright/intake/read.h"

namespace millwright {

Result<FrontierQuestion> frontier_question(const std::string& file, const Setting& setting) {
    const auto text = read_frontier(file);
    if (!text) return failure(text.error());
    auto frontier = resolve(*text, setting.catalog);
    if (!frontier) return failure(std::move(frontier.error()));
    return FrontierQuestion{std::move(*frontier)};
}

Result<FrontierAnswer> frontier(const FrontierQuestion& question, const Setting& setting) {
    RunOptions options{.threads = setting.threads, .progress = setting.progress};
    options.optimistic = question.optimistic;
    return run(question.frontier, setting.catalog, options);
}

}  // namespace millwright
