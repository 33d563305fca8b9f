// Formats of served models: what a cell of precision says, and what a model's own weights are.
#pragma once

#include <string>

#include "millwright/evidence/serving_row.h"

namespace millwright {

/// The name of a model with what stands behind it: "Qwen3-32B-FP8" is Qwen3-32B in FP8.
struct ServedName {
    const Model* model = nullptr;
    std::optional<WeightForm> form;  // that the name says
    std::optional<double> cache_bytes;
};

/// The model of the catalog that a printed name means: exactly, or with remarks in brackets, an
/// owner before it, and forms, dates and kinds of tuning behind it left away; of "A/B" the first.
ServedName served_model(const Catalog& catalog, const std::string& printed);

/// Sets the row's forms from its cell of precision, its model's name and what its maker publishes.
/// The row has its chip, engine and model.
void read_forms(const std::string& precision, const ServedName& name, ServingRow& row);

}  // namespace millwright
