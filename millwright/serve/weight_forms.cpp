#include "millwright/serve/weight_forms.h"

namespace millwright {

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
        case Format::int8:
            if (chip.fp8.known()) products = Precision::fp8;
            break;
        default: break;
    }
    return {products, bytes_of(form)};
}

}  // namespace millwright
