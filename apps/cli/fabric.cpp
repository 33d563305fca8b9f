#include "apps/cli/fabric.h"

#include <filesystem>

#include "apps/cli/output.h"
#include "millwright/base/text.h"

namespace millwright::app {
namespace {

/// The links that `--degrade` names; one without a share has failed. The share stands behind the
/// last "=", so that names may have one.
std::vector<Degraded> degraded_by(const FabricArguments& a) {
    std::vector<Degraded> degraded;
    for (const std::string& text : a.degrade) {
        const std::size_t equals = text.rfind('=');
        if (equals == std::string::npos) {
            degraded.push_back({text, 0});
            continue;
        }
        const auto share = number_of(text.substr(equals + 1));
        if (!share || *share < 0 || *share > 1) {
            throw UserFault{{{{"--degrade", 0, 0},
                              fmt::format("'{}' is no share of a rate", text.substr(equals + 1)),
                              "give NAME=0.5 for half of the rate, NAME alone for a failure"}}};
        }
        degraded.push_back({text.substr(0, equals), *share});
    }
    return degraded;
}

}  // namespace

FabricQuestion question_of(const FabricArguments& a) {
    FabricQuestion q{.fabric = a.fabric,
                     .server = a.server,
                     .routing = enum_named<Routing>(a.routing).value(),
                     .degraded = degraded_by(a),
                     .ideal = a.ideal};
    if (a.fabric.ends_with(".csv")) q.cables = table_from(a.fabric);
    return q;
}

void write_link_table(const std::string& path, const FabricGraph& graph,
                      const std::vector<Bytes>& carried, Seconds time) {
    const std::string text = link_table(graph, carried, time);
    const std::filesystem::path file(path);
    if (!file.has_filename() || file.filename() == "." || file.filename() == "..") {
        throw UserFault{{{{"--link-table", 0, 0},
                          "'" + path + "' names no file",
                          "give a path such as out.csv"}}};
    }
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    write_or_throw(folder, {{file.filename().string(), text}});
}

}  // namespace millwright::app
