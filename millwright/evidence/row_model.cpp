// Printed weights are the judge. Of a gated or plain MLP and one or two matrices of embeddings
// the form nearest to them by ratio is taken. One blank width, or else the vocabulary, is solved
// from them: weights are linear in a size, so that two points give the line. A model that is then
// still too far from the print is refused.
#include "millwright/evidence/row_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/text_pattern.h"
#include "millwright/compute/weights.h"
#include "millwright/evidence/row_words.h"

namespace millwright {
namespace {

constexpr std::int64_t usual_head_width = 128;
constexpr std::int64_t usual_vocabulary = 32000;
// of weights as counted over weights as printed: sources leave out embeddings, biases, experts that
// all tokens share, and round
constexpr double loose_weights = 1.3;
// the same where every size that weighs is printed, or the catalog's: names are rounder than these
constexpr double looser_weights = 2;
// of sizes that are taken as usual
constexpr double near_weights = 1.05;

/// Takes a count of one or more; an empty cell leaves what is there.
void put(const Cells& cells, std::string_view column, Cited<std::int64_t>& into) {
    const auto value = cells.number(column);
    if (value && *value >= 1) into.value = static_cast<std::int64_t>(*value);
}

bool is_printed(const Cells& cells, std::string_view column) {
    return cells.number(column).value_or(0) >= 1;
}

/// Whether an MLP has a gate, and whether embeddings are one matrix.
struct Form {
    bool gated = true, tied = false;
};
constexpr std::array model_forms{Form{true, false}, Form{true, true}, Form{false, false},
                                 Form{false, true}};

/// A decoder of the printed dimensions. What is not printed is what goes with its hidden size as a
/// rule.
Model shaped(const Cells& cells, const Form& form) {
    Model m;
    put(cells, "layers", m.layers);
    put(cells, "hidden", m.hidden);
    m.ffn.value = 4 * m.hidden.value;
    put(cells, "ffn", m.ffn);
    m.heads.value = std::max<std::int64_t>(1, m.hidden.value / usual_head_width);
    put(cells, "heads", m.heads);
    m.vocab.value = usual_vocabulary;
    put(cells, "vocab", m.vocab);
    m.kv_heads = m.heads;
    put(cells, "kv_heads", m.kv_heads);
    m.head_dim.value = std::max<std::int64_t>(1, m.hidden.value / m.heads.value);
    put(cells, "experts", m.experts);
    put(cells, "topk", m.top_k);
    if (m.experts.value > 0 && m.top_k.value == 0) m.experts.value = 0;
    m.expert_ffn = m.ffn;
    m.gated = form.gated;
    m.tied_embeddings = form.tied;
    return m;
}

/// Weights as printed, and half a unit of the last digit.
struct Printed {
    double weights = 0, rounding = 0;
};

std::optional<Printed> printed_weights(const Cells& cells) {
    const auto billions = cells.number("params_b");
    if (!billions || *billions <= 0) return std::nullopt;
    const std::string text = cells.text("params_b");
    const std::size_t point = text.find('.');
    const double digits =
        point == std::string::npos ? 0 : static_cast<double>(text.size() - point - 1);
    return Printed{*billions * 1e9, 0.5e9 * std::pow(10, -digits)};
}

double distance(const Model& model, double weights) {
    return std::abs(std::log(parameters(model) / weights));
}

/// Of a size with which the model has so many weights, which are linear in it, and how much a
/// rounding of them moves it; nothing where no size does.
std::optional<double> solved(Model model, Cited<std::int64_t> Model::*size, const Printed& printed,
                             double& off) {
    constexpr std::int64_t one = 1024, two = 2048;
    (model.*size).value = one;
    const double low = parameters(model);
    (model.*size).value = two;
    const double slope = (parameters(model) - low) / static_cast<double>(two - one);
    if (slope <= 0) return std::nullopt;
    const double value = static_cast<double>(one) + (printed.weights - low) / slope;
    if (value < 1) return std::nullopt;
    off = printed.rounding / slope;
    return value;
}

/// Sizes that a row leaves blank and its weights tell: the width of experts or of the MLP, else the
/// vocabulary. A width is a multiple of 64 where that is as near as the print.
void solve_blanks(const Cells& cells, const Printed& printed, Model& m) {
    constexpr std::int64_t step = 64;
    constexpr double least_vocabulary = 25e3, most_vocabulary = 270e3, sharp = 0.15;
    double off = 0;
    if (!is_printed(cells, "ffn")) {
        auto size = is_moe(m) ? &Model::expert_ffn : &Model::ffn;
        const auto width = solved(m, size, printed, off);
        if (!width) return;
        const auto whole = std::max<std::int64_t>(1, std::llround(*width));
        const auto even = std::max(step, (whole + step / 2) / step * step);
        (m.*size).value =
            std::abs(static_cast<double>(even) - *width) <= std::max(off, 0.02 * *width) ? even
                                                                                         : whole;
        return;
    }
    if (is_printed(cells, "vocab")) return;
    const auto entries = solved(m, &Model::vocab, printed, off);
    if (!entries || *entries < least_vocabulary || *entries > most_vocabulary) return;
    if (off <= sharp * *entries) m.vocab.value = std::llround(*entries);
}

void note_derived(const Cells& cells, const Model& model, std::vector<std::string>& defaults) {
    if (!is_printed(cells, "heads")) defaults.push_back("heads of width 128");
    if (!is_printed(cells, "ffn")) {
        const bool four = !is_moe(model) && model.ffn.value == 4 * model.hidden.value;
        defaults.push_back(
            four ? "MLP of four times the hidden size"
                 : fmt::format("width {} from the printed weights",
                               is_moe(model) ? model.expert_ffn.value : model.ffn.value));
    }
    if (!is_printed(cells, "vocab")) {
        defaults.push_back(
            model.vocab.value == usual_vocabulary
                ? "vocabulary of 32,000"
                : fmt::format("vocabulary of {} from the printed weights", model.vocab.value));
    }
}

/// Of experts whose width is blank the MLP has a gate. Of models without printed weights too,
/// unless it is four times as wide as the model: two such matrices have the weights of three of the
/// width that goes with a gate.
bool may_have(const Form& form, const Cells& cells, bool sized) {
    const auto ffn = cells.number("ffn"), hidden = cells.number("hidden");
    if (!ffn && cells.number("experts").value_or(0) >= 1) return form.gated && !form.tied;
    if (sized) return true;
    const bool ungated = ffn && hidden && *ffn == 4 * *hidden;
    return form.gated != ungated && !form.tied;
}

/// From the printed dimensions; gated MLP and tied embeddings are those whose total is nearest the
/// printed number of weights, by ratio.
RowModel model_of_dimensions(const Cells& cells) {
    RowModel row;
    const auto printed = printed_weights(cells);
    std::optional<Model> best;
    // a width that goes with the model comes before one that has to be solved
    const bool usual =
        printed && std::ranges::any_of(model_forms, [&](const Form& form) {
            return distance(shaped(cells, form), printed->weights) < std::log(near_weights);
        });
    for (const Form& form : model_forms) {
        if (!may_have(form, cells, printed.has_value())) continue;
        Model model = shaped(cells, form);
        if (printed && !usual) solve_blanks(cells, *printed, model);
        if (best &&
            (!printed || distance(model, printed->weights) >= distance(*best, printed->weights))) {
            continue;
        }
        best = model;
    }
    row.model = *best;
    if (is_moe(row.model) && !is_printed(cells, "ffn") &&
        (!printed || distance(row.model, printed->weights) > std::log(loose_weights))) {
        row.skipped = "not usable: no width of experts, and no weights to solve it from";
    }
    note_derived(cells, row.model, row.defaults);
    return row;
}

/// The catalog's model of that name, trailing words ("proxy 7L", "LoRA rank16") left out one by
/// one.
const Model* known_model(const Catalog& catalog, std::string name) {
    while (!name.empty()) {
        if (const Model* model = find_part(catalog.models, name)) return model;
        const std::size_t space = name.find_last_of(' ');
        name = space == std::string::npos ? "" : name.substr(0, space);
    }
    return nullptr;
}

/// Leading layers without experts: as many as the row says, else their share of the depth, one at
/// least.
void cut_dense_layers(const Cells& cells, const Model& known, RowModel& row) {
    static const TextPattern said(R"((\d{1,4}) (?:leading )?dense layers?\b)");
    const std::string text = lower(cells.text("flags") + "; " + cells.text("notes"));
    Model& model = row.model;
    if (const auto found = said.find(text)) {
        const auto printed = static_cast<std::int64_t>(*number_of(found->groups[1]));
        model.dense_layers.value = std::min(printed, model.layers.value);
        return;
    }
    if (known.dense_layers.value == 0 || model.layers.value >= known.layers.value) return;
    const double share =
        static_cast<double>(model.layers.value) / static_cast<double>(known.layers.value);
    const auto left = std::llround(share * static_cast<double>(known.dense_layers.value));
    model.dense_layers.value = std::max<std::int64_t>(1, left);
    row.defaults.push_back("dense layers in proportion to the depth");
}

bool has_dimensions(const Cells& cells) {
    return is_printed(cells, "layers") && is_printed(cells, "hidden");
}

std::string not_as_printed(const Model& model, double weights) {
    return fmt::format("not usable: the dimensions give {:.3g} billion weights, {:.4g} are printed",
                       parameters(model) / 1e9, weights / 1e9);
}

}  // namespace

RowModel model_of_row(const Cells& cells, const Catalog& catalog) {
    const Model* known = known_model(catalog, cells.text("model"));
    const auto hidden = cells.number("hidden");
    const bool other = known != nullptr && hidden && *hidden >= 1 &&
                       *hidden != static_cast<double>(known->hidden.value);
    const auto printed = printed_weights(cells);
    if (known == nullptr || other) {
        if (!has_dimensions(cells)) {
            return {.skipped = fmt::format("model '{}' is unknown and without dimensions",
                                           excerpt(cells.text("model")))};
        }
        RowModel row = model_of_dimensions(cells);
        const bool whole = is_printed(cells, "ffn") && is_printed(cells, "vocab");
        const double loose = whole ? looser_weights : loose_weights;
        if (row.skipped.empty() && printed &&
            distance(row.model, printed->weights) > std::log(loose)) {
            row.skipped = not_as_printed(row.model, printed->weights);
        }
        return row;
    }
    RowModel row{.model = *known};
    put(cells, "layers", row.model.layers);
    put(cells, "vocab", row.model.vocab);
    put(cells, "kv_heads", row.model.kv_heads);
    cut_dense_layers(cells, *known, row);
    const Said prediction = said_in(cells, catalog, "", {}).prediction;
    const bool slice = row.model.layers.value < known->layers.value;
    if (prediction == Said::no || (slice && prediction == Said::open)) {
        row.model.mtp_layers.value = 0;
    }
    // a slice may print the weights of the whole
    const bool fits = !printed ||
                      distance(row.model, printed->weights) <= std::log(looser_weights) ||
                      distance(*known, printed->weights) <= std::log(looser_weights);
    if (!fits) row.skipped = not_as_printed(row.model, printed->weights);
    return row;
}

}  // namespace millwright
