// Completion: what may come next on a command line, said by the description of the program itself,
// and the few lines by which each shell asks for it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace millwright::app {

/// The first argument by which a shell asks; the words so far follow, the last one the begun word,
/// which may be empty. No command can be called so.
inline constexpr const char* completion_request = "__complete";

/// A line each: a word, a tab and what it is; then ":files" or ":folders" where paths may come,
/// which the shell finds itself. Words begin with the begun one, with "--name=" in front where that
/// is begun. Nothing where nothing may come; never a fault.
std::string completions(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace millwright::app
