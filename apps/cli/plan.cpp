// millwright plan: the best plans of one model on one kind of server.
#include <chrono>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/format.h"
#include "apps/cli/output.h"
#include "millwright/base/units.h"
#include "millwright/report/flow_text.h"
#include "millwright/report/json_text.h"
#include "millwright/report/plan_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

struct PlanArguments {
    PlanQuestion question;
    PinTexts pins;
    std::string precision = "bf16", objective = "time", tokens, deadline;
    std::vector<std::string> lora_targets;
    std::string base_precision = "bf16";
    std::string routing = "adaptive", chakra;
    bool flows = false;
    std::size_t top = 10;
    std::shared_ptr<std::string> format;
};

/// More than zero; zero where nothing is written. `option` is the place of the fault, which is put
/// behind those before it.
template <class Q>
Q quantity(const char* option, const std::string& text, Faults& faults) {
    if (text.empty()) return {};
    std::string why;
    const auto value = parse_as<Q::dimension>(text, why);
    if (value && *value > Q{}) return *value;
    faults.push_back({{option, 0, 0},
                      why.empty() ? fmt::format("'{}' is not more than zero", text) : why,
                      fmt::format("such as \"{}\"", example_of(Q::dimension))});
    return {};
}

/// What was typed, in types; all that cannot be read at once.
PlanQuestion question_of(const PlanArguments& a) {
    Faults faults;
    PlanQuestion question = a.question;
    question.precision = enum_named<Precision>(a.precision).value();
    if (!a.lora_targets.empty()) question.low_rank.targets = {};
    for (const std::string& target : a.lora_targets) {
        const auto at = static_cast<std::size_t>(enum_named<LowRankTarget>(target).value());
        question.low_rank.targets[at] = true;
    }
    question.low_rank.base = enum_named<BaseForm>(a.base_precision).value();
    question.by_cost = a.objective == "cost";
    question.tokens = quantity<Tokens>("--tokens", a.tokens, faults);
    question.deadline = quantity<Seconds>("--deadline", a.deadline, faults);
    question.pins = read_pins(a.pins, faults);
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return question;
}

/// What was cut short, and what a replay will not show, is told on stderr.
void write_trace(const PlanAnswer& answer, const std::string& folder) {
    PlanTrace trace = value_or_throw(plan_trace(answer));
    std::vector<OutputFile> files;
    for (ChakraFile& file : trace.files) {
        files.push_back({std::move(file.name), std::move(file.bytes)});
    }
    write_or_throw(folder, files, [](const std::string& name) {  // ranks of a larger trace
        return name.starts_with("step.") && name.ends_with(".et");
    });
    std::cerr << fmt::format(
        "wrote a trace of {} ranks, {} of {} micro-batches, {} by formula, to {}\n",
        chips_used(trace.traced), micro_batches(trace.traced), trace.micro_batches,
        to_text(trace.formula), folder);
    if (trace.slower.empty()) return;
    std::cerr << "its replay may take longer, as these exchanges do on the fabric's links: "
              << join(trace.slower, "; ") << "\n";
}

/// Before the result is printed: a run that fails prints none. Where no plan fits the result says
/// so, and a trace that was asked for is no fault.
void trace_if_asked(const PlanArguments& a, const PlanAnswer& answer) {
    if (a.chakra.empty()) return;
    if (answer.first() == nullptr) {
        std::cerr << "no trace is written: no plan fits\n";
    } else {
        write_trace(answer, a.chakra);
    }
}

void print(const PlanArguments& a, const PlanAnswer& answer, double seconds, const FlowCheck& check,
           Format format) {
    if (format == Format::text) {
        std::cout << plan_answer_text(answer, a.top, seconds);
        if (a.flows) std::cout << "\n" << flow_check_text(check);
        return;
    }
    if (format == Format::csv) {
        std::cout << plans_csv(answer);
        return;
    }
    nlohmann::ordered_json json = plan_answer_json(answer, seconds);
    if (a.flows) json["by_flows"] = flow_check_json(check);
    std::cout << json_text(json) << "\n";
}

/// The library has no clock, so the search is timed here. Exit code 1 where no plan can be shown:
/// pinned plans that do not fit are shown all the same.
int run(const PlanArguments& a, const Common& common) {
    if (!a.chakra.empty()) {
        if (Faults faults = check_output(a.chakra); !faults.empty()) throw UserFault{faults};
    }
    const Format format = format_of(*a.format, common);
    if (format == Format::csv) {
        format_of(*a.format, common, {{"--flows", a.flows}});
    }
    const PlanQuestion question = question_of(a);
    const Setting in = setting_of(common);
    const auto start = std::chrono::steady_clock::now();
    const PlanAnswer answer = value_or_throw(plan(question, in));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    show_progress("", 1);
    for (const std::string& what : answer.context.model.caveats) {
        std::cerr << wrapped(question.model + ": ", what, 2);
    }
    FlowCheck check;
    if (a.flows) check = plan_by_flows(answer, enum_named<Routing>(a.routing).value());
    trace_if_asked(a, answer);
    print(a, answer, taken.count(), check, format);
    return answer.first() != nullptr ? exit_done : exit_impossible;
}

/// "none, selective or full".
template <class E>
std::string one_of() {
    const auto& names = EnumNames<E>::names;
    std::string text(names.front());
    for (std::size_t i = 1; i < names.size(); ++i) {
        text += (i + 1 < names.size() ? ", " : " or ") + std::string(names[i]);
    }
    return text;
}

/// Coordinates of a plan that may be pinned. They are texts to the parser: a value, a list or a
/// range, which `read_pins` takes apart.
void add_pins(CLI::App& command, PinTexts& pins) {
    for_each_pinnable([&](const auto& field, auto) {
        using Value = std::remove_reference_t<decltype(Plan{}.*field.member)>;
        std::string what(field.doc);
        if constexpr (std::is_enum_v<Value>) what = one_of<Value>();
        command.add_option(option_of(field.key), pins[std::string(field.key)], what)
            ->group("Pins: a value, a list 1,2,4, a range 1..8");
    });
}

/// What to train, on what. Quantities with units are texts here, read all at once by `question_of`.
void add_job(CLI::App& command, PlanArguments& a) {
    PlanQuestion& q = a.question;
    command.add_option("--model", q.model, "model of the catalog, or a config.json")
        ->required()
        ->type_name("MODEL");
    command.add_option("--server", q.server, "server or rack of the catalog")
        ->required()
        ->type_name("SERVER");
    command.add_option("--chips", q.chips, "accelerators there are")
        ->required()
        ->check(CLI::Range(1, 10'000'000));
    command.add_option("--fabric", q.fabric, "fabric of the catalog, a topology, or a file")
        ->capture_default_str()
        ->type_name("FABRIC");
    command.add_option("--global-batch", q.global_batch, "sequences a step")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000'000));
    command.add_option("--sequence", q.sequence, "tokens of a sequence")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000'000));
    command.add_option("--precision", a.precision, "of the products of matrices")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<Precision>()));
    command
        .add_option("--framework", q.framework,
                    "training framework of the catalog; by the chip's vendor if left out")
        ->type_name("FRAMEWORK");
    command.add_option("--objective", a.objective, "time, or cost, which needs a deadline")
        ->capture_default_str()
        ->check(CLI::IsMember({"time", "cost"}));
    command.add_option("--deadline", a.deadline, "for all --tokens, such as \"90 days\"");
    command
        .add_option("--useful-share", q.useful_share,
                    "share of time on steps that count, in place of what failures of such chips "
                    "leave")
        ->check(between(0.01, 1));
    command.add_option("--tokens", a.tokens, "tokens to train on, such as 15T");
}

/// Adapters in place of the model's weights.
void add_adapters(CLI::App& command, PlanArguments& a) {
    command
        .add_option("--lora-rank", a.question.low_rank.rank,
                    "train adapters of this rank, all weights of the model frozen")
        ->check(CLI::Range(1, 1024));
    command
        .add_option("--lora-targets", a.lora_targets,
                    "products that have adapters: attention,mlp,experts; all if left out")
        ->needs("--lora-rank")
        ->delimiter(',')
        ->check(CLI::IsMember(names_of<LowRankTarget>()));
    command.add_option("--base-precision", a.base_precision, "of the frozen weights: bf16 or nf4")
        ->needs("--lora-rank")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<BaseForm>()));
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("plan", "find the best training plans of a model");
    command->footer(
        "\nPrints the plans that no other beats in step time, memory and chips used. What is\n"
        "pinned is taken as given: few such plans are all printed, whether or not they fit.\n");
    auto a = std::make_shared<PlanArguments>();
    add_job(*command, *a);
    add_adapters(*command, *a);
    add_pins(*command, a->pins);
    command->add_option("--top", a->top, "plans to print")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    command->add_flag("--exhaustive", a->question.exhaustive,
                      "time every plan that fits, prune none");
    command->add_flag("--flows", a->flows,
                      "run the best plan's step by flows too, all groups at once");
    command
        ->add_option("--chakra", a->chakra,
                     "folder for the best plan's step as a Chakra execution trace")
        ->type_name("DIR");
    command->add_option("--routing", a->routing, "of those flows: single, ecmp or adaptive")
        ->needs("--flows")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<Routing>()));
    a->format = add_format(*command, {Format::text, Format::csv, Format::json});
    command->callback([a, &common, &exit_code] { exit_code = run(*a, common); });
}

const Registered registered({CommandGroup::designs, "plan", add});

}  // namespace
}  // namespace millwright::app
