// Times of single kernels on one chip: what tiles, waves and memory traffic make of a datasheet.
//
// A matrix product is cut into tiles of bm x bn, spread over P processors in waves; a tile takes
// (k + k0) steps at its share of the rate, where small tiles load more operand bytes per FLOP.
// The library picks the tile, and a split along k, that is fastest. Memory time joins compute
// time in a p-norm. Formulas and sources: docs/model.md, "Kernels".
#pragma once

#include "millwright/compute/chip_rates.h"

namespace millwright {

/// `count` products y[m,n] = x[m,k] w[k,n] in one kernel.
/// Dimensions are elements of one product; they need not be whole where work is an even share.
struct Product {
    Precision precision = Precision::bf16;
    double m = 0, n = 0, k = 0;
    double count = 1;
    bool grouped = false;     // experts: as ChipRates has them, fused or a call a group
    double output_bytes = 2;  // moved per element of y: 8 where it is added to an FP32 gradient
    double weight_bytes = 0;  // moved per element of w, where weights alone are cast; 0: the format
};

/// Time of the product, launch included, at the clock under load. Infinite if the chip lacks it.
Seconds product_time(const ChipRates& chip, const Product& product);

/// Backward of y = x w, in products of their own. The gradient of x, of dy [m,n] and w: n and k
/// change places.
Product input_gradient(const Product& product);
/// The gradient of w, of x [m,k] and dy [m,n]: n x k outputs a group of depth m, where `gradient`
/// bytes an element are added to in place, so read and written.
Product weight_gradient(const Product& product, double gradient);

/// Casting an m x k activation to the format of the product, scale included, as a separate
/// kernel; zero for BF16.
/// For rows of measured kernels: in a layer the cast is an operation's own (operations.h).
Seconds quantise_time(const ChipRates& chip, Precision precision, double m, double k);

/// A kernel bound by memory that moves `traffic` bytes.
Seconds memory_time(const ChipRates& chip, Bytes traffic);

}  // namespace millwright
