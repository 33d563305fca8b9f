// Sections of goodput, of loops and kinds of parts are walked; tables of scenarios, frontiers,
// claims and fabrics are named here one by one, so that a new one of these must be added.
#include "millwright/report/reference.h"

#include <fmt/format.h>

#include "millwright/catalog/catalog.h"
#include "millwright/intake/claims_text.h"
#include "millwright/intake/frontier_text.h"
#include "millwright/intake/goodput_text.h"
#include "millwright/intake/loop_text.h"
#include "millwright/intake/shape_text.h"
#include "millwright/report/books_json.h"
#include "millwright/report/claims_json.h"
#include "millwright/report/deploy_json.h"
#include "millwright/report/goodput_json.h"
#include "millwright/report/jobs_json.h"
#include "millwright/report/json.h"
#include "millwright/report/key_type.h"
#include "millwright/report/loop_json.h"
#include "millwright/report/plan_text.h"
#include "millwright/report/serve_run_json.h"
#include "millwright/report/serving_fit_json.h"
#include "millwright/report/sweep_json.h"

namespace millwright {
namespace {

template <class Table>
std::string rows_of() {
    std::string rows;
    for_each_field<Table>([&](const auto& field) {
        using Member = std::remove_cvref_t<decltype(std::declval<Table>().*field.member)>;
        rows += fmt::format("| `{}` | {} | {} | {} |\n", field.key,
                            described(key_type<Member>(), field.range),
                            field.need == Need::required ? "yes" : "", field.doc);
    });
    return rows;
}

constexpr std::string_view key_head = "| key | is | needed | meaning |\n|---|---|---|---|\n";

template <class Table>
std::string section(const std::string& title) {
    return fmt::format("\n{}\n\n{}{}", title, key_head, rows_of<Table>());
}

std::string scenario_sections() {
    return "\n## Scenarios\n" + section<ScenarioText>("### The file") +
           section<SiteText>("### `[site]`") + section<BuyerText>("### `[buyer]`") +
           section<OverrideText>("### `[[override]]`") + section<FactoryText>("### `[[factory]]`") +
           section<JobText>("### `[[job]]`") +
           section<TrainJobText>("### `[[job]]` of kind `train`") +
           section<ServeJobText>("### `[[job]]` of kind `serve`") +
           section<AssumeText>("### `[assume]`") + section<ReliabilityText>("### `[reliability]`") +
           section<BooksText>("### `[books]`") + section<PhaseText>("### `[[phase]]`") +
           section<SaleText>("### `[[sale]]`") + section<UncertainText>("### `[[uncertain]]`") +
           section<CorrelationText>("### `[[correlation]]`");
}

std::string frontier_sections() {
    return "\n## Frontiers\n\nWith one `[[job]]` of kind `train`, as above.\n" +
           section<FrontierText>("### The file") + section<PartyText>("### `[[party]]`");
}

std::string goodput_sections() {
    std::string text = "\n## Runs of `goodput`\n" + section<GoodputText>("### The file of a run");
    GoodputText goodput;
    for_each_section(goodput, [&]<class Section>(const char* name, const Section&) {
        text += section<Section>(fmt::format("### `[{}]` of a run", name));
    });
    return text + section<GoodputLevelText>("### `[[level]]` of a run") +
           section<GoodputCauseText>("### `[[cause]]` of a run") +
           section<GoodputImbalanceText>("### `[[imbalance]]` of a run");
}

std::string data_loop_sections() {
    std::string text = "\n## Data loops\n" + section<DataLoopText>("### The file of a loop");
    DataLoopText loop;
    for_each_loop_section(loop, [&]<class Section>(const char* name, const Section&) {
        text += section<Section>(fmt::format("### `[{}]` of a loop", name));
    });
    return text + section<ReleaseStageText>("### `[[release]]`");
}

std::string claims_sections() {
    return "\n## Claims\n" + section<ClaimsText>("### The file of claims") +
           section<StatementText>("### `[[claim]]` and `[[fact]]`") +
           section<ReadingText>("### `[[claim.reading]]` and `[[fact.reading]]`") +
           section<UnknownText>("### `[[unknown]]`") + section<ReckonedText>("### `[[reckoned]]`") +
           section<DefineText>("### `[[define]]`") +
           section<ConstraintText>("### `[[constraint]]`") +
           section<CalendarText>("### `[[calendar]]`");
}

std::string fabric_sections() {
    return "\n## Fabrics\n" + section<ShapeText>("### The file") +
           section<TierText>("### `[[tier]]` and `[[domain.tier]]`") +
           section<DomainText>("### `[domain]`") + section<DragonflyText>("### `[dragonfly]`") +
           section<DegradedText>("### `[[degraded]]`");
}

/// A part's own keys, then those of tables inside its file.
template <class Part>
std::string part_section(std::string_view folder) {
    std::string text = section<Part>(fmt::format("### `{}/NAME.toml`", folder));
    if constexpr (HasTables<Part>) {
        Part part;
        for_each_table(part, [&]<class Table>(const char* key, Table&) {
            text += section<Table>(fmt::format("#### `[{}]` of it", key));
        });
    } else if constexpr (std::is_same_v<Part, Rule>) {
        text += section<RuleEvent>("#### `[[event]]` of it") +
                section<RuleLine>("#### `[[line]]` of it") +
                section<Requirement>("#### `[[requirement]]` of it");
    } else if constexpr (std::is_same_v<Part, Authority>) {
        text += section<VerdictRow>("#### `[[verdict]]` of it") +
                section<ClassRow>("#### `[[class]]` of it");
    }
    return text;
}

std::string part_sections() {
    std::string text =
        "\n## Parts of the catalog\n\nA number, quantity or list of a part is mostly a figure: `{ "
        "is = "
        "..., from = SOURCE, at = WHERE }`,\nwhere SOURCE is one of the file's own; "
        "[catalog.md](../catalog.md) and `millwright show` have examples.\n";
    for_each_kind(
        [&]<class Part>(const PartKind<Part>& kind) { text += part_section<Part>(kind.name); });
    return text + section<Source>("### `[sources.NAME]` of any part");
}

std::string object_section(const JsonObject& object) {
    std::string text = fmt::format("\n## {}\n\n| key | meaning |\n|---|---|\n", object.title);
    for (const auto& [key, doc] : object.keys) text += fmt::format("| `{}` | {} |\n", key, doc);
    return text;
}

}  // namespace

std::string keys_page() {
    return "# Keys of files\n\nGenerated from the tables that read them: `millwright reference "
           "keys`. "
           "An unknown key is a fault.\n" +
           scenario_sections() + frontier_sections() + goodput_sections() + data_loop_sections() +
           claims_sections() + fabric_sections() + part_sections();
}

std::string study_json_page() {
    std::string text =
        "# study.json, plan --json, serve --json, deploy --json, goodput --json, jobs --json, "
        "books --json, sweep --json, data-loop --json, claims check --json and calibrate --json\n\n"
        "Generated from the tables that write them: `millwright "
        "reference json`. Quantities are SI or carry\ntheir unit in the key; unknown is `null`; "
        "nothing is NaN. Other answers: [json.md](json.md).\n";
    for (const auto objects_of : {study_objects, plan_objects, serve_answer_objects, deploy_objects,
                                  goodput_objects, jobs_objects, books_objects, sweep_objects,
                                  data_loop_objects, claims_objects, serving_fit_objects}) {
        for (const JsonObject& object : objects_of()) text += object_section(object);
    }
    return text;
}

}  // namespace millwright
