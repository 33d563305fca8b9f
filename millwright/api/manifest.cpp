// A kind of stack is a row with its writer; which stack of it serves is by engine and maker of
// the chip. A stack's options are laid over the engine's field by field, so a stack states only
// what it does otherwise. Names are cut to 40 of the 63 signs of a label of Kubernetes (RFC
// 1123), which leaves room for what stacks put behind them.
#include "millwright/api/manifest.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/launch_command.h"
#include "millwright/api/launch_nodes.h"
#include "millwright/api/manifest_parts.h"
#include "millwright/api/shell.h"
#include "millwright/base/yaml.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// The stack's options in place of the engine's; whatever it leaves empty is the engine's.
EngineLaunch launch_on(const Stack& stack, const EngineLaunch& engine) {
    EngineLaunch launch = engine;
    for_each_field<EngineLaunch>([&](const auto& field) {
        const auto& own = stack.launch.*field.member;
        if constexpr (requires { own.empty(); }) {
            if (!own.empty()) launch.*field.member = own;
        }
    });
    return launch;
}

/// A label of Kubernetes, short enough for what is put behind it.
std::string object_name(const std::string& model) {
    constexpr std::size_t most = 40;
    std::string name = slug(model).substr(0, most);
    std::ranges::replace(name, '.', '-');
    const std::size_t first = name.find_first_of("abcdefghijklmnopqrstuvwxyz");
    const std::size_t last = name.find_last_not_of('-');
    return first == std::string::npos ? "model" : name.substr(first, last + 1 - first);
}

/// Options stay with their values: what stands before the first is the program.
void part_words(const std::vector<std::string>& words, ReplicaSpec& spec) {
    const auto first =
        std::ranges::find_if(words, [](const std::string& word) { return word.starts_with("--"); });
    const bool positional = words.size() > 2 && first != words.end() && first - words.begin() > 2 &&
                            words[1] == "serve";
    const auto from = positional ? words.begin() + 2 : first;
    spec.program.assign(words.begin(), from);
    spec.arguments.assign(from, words.end());
}

struct Maker {
    StackKind kind;
    const char* title;
    std::vector<Manifest> (*write)(const Stack&, const ReplicaSpec&);
};

constexpr Maker makers[]{{StackKind::dynamo, "NVIDIA Dynamo", dynamo_manifests},
                         {StackKind::llm_d, "llm-d", llm_d_manifests}};

class Making {
public:
    Making(const Catalog& catalog, const Engine& engine, const ServeAnswer& answer)
        : catalog_(catalog), engine_(engine), answer_(answer) {}

    ManifestsMade make() {
        for (const Maker& maker : makers) make(maker);
        return std::move(made_);
    }

private:
    void make(const Maker& maker) {
        const std::string file = fmt::format("{}.yaml", name_of(maker.kind));
        const Stack* stack = nullptr;
        std::vector<std::string> served;
        for (const Stack& one : catalog_.stacks) {
            if (one.kind != maker.kind) continue;
            served.push_back(fmt::format("{} on chips of {}", join(one.engines, ", "), one.vendor));
            const bool runs = std::ranges::find(one.engines, engine_.id) != one.engines.end();
            if (runs && one.vendor == answer_.factory.chip.vendor) stack = &one;
        }
        if (stack == nullptr) {
            if (served.empty()) return;
            return tell(fmt::format("no {}: by the catalog {} runs {}", file, maker.title,
                                    join(served, "; ")));
        }
        const EngineLaunch launch = launch_on(*stack, engine_.launch);
        const ServeWays& ways = answer_.pools.front().fleet.replica.ways;
        const NodeSplit split = split_over_nodes(ways, host_chips(answer_.factory.server));
        const std::string why = node_obstacle(launch, ways, split);
        if (!why.empty()) {
            return tell(fmt::format("no {}: a replica takes {} servers of {} chips, and {}", file,
                                    split.nodes, split.local, why));
        }
        for (Manifest& one : maker.write(*stack, spec_of(launch, split))) {
            made_.files.push_back(std::move(one));
        }
    }

    ReplicaSpec spec_of(const EngineLaunch& launch, NodeSplit split) const {
        const std::string model = hub_name(catalog_, answer_.asked.model);
        const ServePool& pool = answer_.pools.front();
        ReplicaSpec spec{.name = object_name(model),
                         .model = model,
                         .launch = launch,
                         .ways = pool.fleet.replica.ways,
                         .split = split,
                         .replicas = pool.fleet.replicas};
        const EngineCommand made = engine_command(launch, model, answer_, answer_.pools.front(),
                                                  std::string(options_folder) + "/options.yaml");
        part_words(made.words, spec);
        if (!made.options.empty()) spec.options = join(made.options, "\n") + "\n";
        return spec;
    }

    void tell(std::string note) { made_.notes.push_back(std::move(note)); }

    const Catalog& catalog_;
    const Engine& engine_;
    const ServeAnswer& answer_;
    ManifestsMade made_;
};

}  // namespace

ManifestsMade manifests_of(const Catalog& catalog, const Engine& engine,
                           const ServeAnswer& answer) {
    return Making(catalog, engine, answer).make();
}

}  // namespace millwright
