#include "millwright/evidence/serving_row.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "millwright/evidence/phrases.h"
#include "millwright/evidence/row_system.h"
#include "millwright/evidence/serving_forms.h"
#include "millwright/evidence/serving_load.h"
#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace {

void read_metric(const Cells& cells, ServingRow& row) {
    const std::string printed = cells.text("metric");
    const auto metric = metric_named(printed);
    row.measured = cells.number("value").value_or(0);
    if (!metric) {
        row.skipped = fmt::format("nothing predicts '{}': docs/reference/tables.md has the metrics",
                                  excerpt(printed));
        return;
    }
    row.metric = *metric;
    row.skipped = unusable_value(cells, "value");
}

void read_chip(const Cells& cells, const Catalog& catalog, ServingRow& row) {
    const std::string printed = cells.text("chip");
    row.chip = served_chip(catalog, printed);
    row.chips = cells.number("chips").value_or(0);
    if (row.chip != nullptr) return;
    row.skipped = contains(printed, "+") ? "chips of two kinds"
                                         : fmt::format("chip '{}' is not known", excerpt(printed));
}

void read_load(const Cells& cells, ServingRow& row) {
    const std::string said = cells.text("load");
    const auto load = load_in(said, cells.text("notes"));
    if (load) return void(row.load = *load);
    row.skipped = said.empty() ? "no load is stated"
                               : fmt::format("no load is stated in '{}', such as concurrency=32",
                                             excerpt(said));
}

void read_speculation(const Cells& cells, ServingRow& row) {
    row.speculation = speculation_in(cells.text("notes"));
    if (row.speculation.depth == 0 && !row.speculation.unresolved) {
        row.speculation = speculation_in(cells.text("engine"));
    }
    if (row.speculation.unresolved) row.skipped = "it is open whether the run speculates";
    const RowSpeculation& said = row.speculation;
    if (said.depth > 0 && said.acceptance <= 0 && said.kept <= 1) {
        row.defaults.push_back(
            fmt::format("a chance of {:g} for each draft to be kept", usual_acceptance));
    }
    if (row.speculation.depth > 0 && row.model.mtp_layers.value == 0) {
        row.defaults.push_back("drafts by a model of its own");
    }
}

}  // namespace

const Chip* served_chip(const Catalog& catalog, const std::string& printed) {
    if (contains(printed, "+")) return nullptr;
    if (const Chip* chip = chip_of_system(catalog, printed)) return chip;
    // a maker and a brand stand before it, form factors and capacities behind
    std::string whole = slug(printed.substr(0, printed.find('(')));
    while (!whole.empty()) {
        for (std::string name = whole; !name.empty();) {
            if (const Chip* chip = find_part(catalog.chips, name)) return chip;
            const std::size_t dash = name.find_last_of('-');
            name.resize(dash == std::string::npos ? 0 : dash);
        }
        const std::size_t dash = whole.find('-');
        whole.erase(0, dash == std::string::npos ? whole.size() : dash + 1);
    }
    return nullptr;
}

ServingRow read_serving_row(const Cells& cells, const Catalog& catalog) {
    ServingRow row;
    row.id = cells.text("id");
    row.source = cells.text("source");
    read_metric(cells, row);
    const auto read = [&](auto&& part) {
        if (row.skipped.empty()) part();
    };
    read([&] { read_chip(cells, catalog, row); });
    ServedName name;
    read([&] {
        name = served_model(catalog, cells.text("model"));
        if (name.model != nullptr) return void(row.model = *name.model);
        row.skipped = fmt::format("model '{}' is not known", excerpt(cells.text("model")));
    });
    read([&] { read_engine(cells, catalog, row); });
    read([&] { read_lengths(cells, catalog, row); });
    read([&] { read_load(cells, row); });
    read([&] {
        const SaidFlags flags = flags_in(cells.text("notes") + " ; " + cells.text("engine"));
        row.settings = flags.settings;
        read_forms(cells.text("precision"), name, row);
        read_layout(cells, flags, row);
    });
    read([&] { read_speculation(cells, row); });
    return row;
}

}  // namespace millwright
