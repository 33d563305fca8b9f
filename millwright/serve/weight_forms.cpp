#include "millwright/serve/weight_forms.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/compute/operation_parts.h"

namespace millwright {
namespace {

bool has_int8_alone(const Chip& chip) {
    return chip.int8.known() && chip.bf16.known() && !chip.fp8.known();
}

ChipRates with_int8(ChipRates rates, const Chip& chip) {
    const auto from = static_cast<std::size_t>(Precision::bf16);
    const auto to = static_cast<std::size_t>(Precision::fp8);
    rates.dense[to] = rates.dense[from] * (chip.int8.value / chip.bf16.value);
    rates.gemm[to] = rates.gemm[from];
    rates.grouped[to] = rates.grouped[from];
    return rates;
}

}  // namespace

double bytes_of(WeightForm form) {
    switch (form) {
        case WeightForm::bf16: return 2;
        case WeightForm::fp8:
        case WeightForm::int8: return 1;
        case WeightForm::fp8_block: return 1 + 4.0 / (128 * 128);  // a scale of FP32 each tile
        case WeightForm::nvfp4: return 0.5 + 1.0 / 16;             // one of FP8 for 16
        case WeightForm::mxfp4: return 0.5 + 1.0 / 32;             // one of 8 bits for 32
        case WeightForm::int4: return 0.5 + 2.5 / 128;             // FP16 and a zero for 128
    }
    return 2;
}

Format products_of(WeightForm form, const Chip& chip) {
    switch (form) {
        case WeightForm::bf16:
        case WeightForm::int4: return Format::bf16;
        case WeightForm::fp8:
        case WeightForm::fp8_block: return chip.fp8.known() ? Format::fp8 : Format::bf16;
        case WeightForm::nvfp4: return chip.fp4.known() ? Format::fp4 : Format::bf16;
        case WeightForm::mxfp4:
            return chip.fp4.known() && chip.fp8.known() ? Format::fp8 : Format::bf16;
        case WeightForm::int8: return chip.int8.known() ? Format::int8 : Format::bf16;
    }
    return Format::bf16;
}

WeightFormat format_of(WeightForm form, const Chip& chip) {
    const bool tiles = form == WeightForm::fp8_block || form == WeightForm::mxfp4;
    Precision products = Precision::bf16;
    switch (products_of(form, chip)) {
        case Format::fp4: products = Precision::fp4; break;
        case Format::fp8: products = tiles ? Precision::fp8_block : Precision::fp8; break;
        case Format::int8: products = Precision::fp8; break;
        default: break;
    }
    return {products, bytes_of(form)};
}

bool multiplies(const ChipRates& chip, Precision precision) {
    return chip.rate(precision) > FlopRate{} && chip.kernel(precision).peak_share > 0;
}

std::array<WeightForm, 3> forms_of(std::optional<WeightForm> given, const Model& model,
                                   const Engine& engine, const Chip& chip, const ChipRates& rates) {
    const auto all = [](WeightForm form) { return std::array{form, form, form}; };
    if (given) return all(*given);
    std::array kept{model.kept_attention, model.kept_dense, model.kept_experts};
    if (kept == all(WeightForm::bf16)) {
        return all(multiplies(rates, Precision::fp8) ? WeightForm::fp8 : WeightForm::bf16);
    }
    if (engine.int8_for_fp8 && has_int8_alone(chip)) {
        std::ranges::replace_if(
            kept, [](WeightForm f) { return f == WeightForm::fp8 || f == WeightForm::fp8_block; },
            WeightForm::int8);
    }
    return kept;
}

std::string forms_text(const std::array<WeightForm, 3>& forms, bool experts) {
    const bool alike = forms[0] == forms[1] && (forms[1] == forms[2] || !experts);
    if (alike) return std::string(name_of(forms[0]));
    std::string text = fmt::format("attention {}, MLPs {}", name_of(forms[0]), name_of(forms[1]));
    return experts ? text + fmt::format(", experts {}", name_of(forms[2])) : text;
}

Replica replica_in(const std::array<WeightForm, 3>& forms, const Model& model, const Engine& engine,
                   const Chip& chip, const ChipRates& rates) {
    const bool int8 = std::ranges::count(forms, WeightForm::int8) > 0 && has_int8_alone(chip);
    Replica r{.model = model, .chip = int8 ? with_int8(rates, chip) : rates};
    r.formats = {format_of(forms[0], chip), format_of(forms[1], chip), format_of(forms[2], chip),
                 bf16_bytes};
    r.engine = settings_of(engine, chip);
    r.routing_skew = usual_routing_skew;
    return r;
}

}  // namespace millwright
