// Rows of kernel tables.
#include "millwright/base/text.h"
#include "millwright/evidence/kernel_row.h"
#include "millwright/evidence/tables.h"

namespace millwright {
namespace {

/// Whether another family than the chip's own, or the one that stands in for it, is asked for.
bool is_transfer(const Catalog& catalog, const Chip& chip, const std::string& family) {
    if (family.empty()) return false;
    const KernelFamily& own = part_named(catalog.kernels, chip.generation);
    return &part_named(catalog.kernels, family) != &own;
}

}  // namespace

std::vector<ValidatedRow> validated_kernel(const CsvTable& table, std::size_t index,
                                           const Catalog& catalog, const std::string& family) {
    const KernelRow row = resolve_kernel_row(table, index, catalog, family);
    ValidatedRow out;
    out.id = cell(table, index, "id");
    out.metric = row.in_tflops ? "tflops" : "time_us";
    out.measured = row.measured;
    out.skipped = row.skipped;
    out.source = first_words(cell(table, index, "source"));
    out.chip = row.chip;
    out.precision = name_of(row.precision);
    out.kernel = name_of(row.kind);
    for (const std::string& name : row.unread) {
        out.defaults.push_back("'" + name + "' of the shape is not read");
    }
    if (!out.skipped.empty()) return {out};
    settle(out, predict(row));
    if (is_transfer(catalog, part_named(catalog.chips, row.chip), family)) {
        out.nearness = name_of(Nearness::foreign);
    }
    // by kind of kernel; a band is of times, and a rate has it turned round
    add_band(out, catalog, "kernels", slug(out.kernel), row.in_tflops);
    return {out};
}

}  // namespace millwright
