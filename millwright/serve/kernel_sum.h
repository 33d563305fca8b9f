// Kernels of a step one after the other, as an engine runs them.
#pragma once

#include "millwright/compute/expert_layer.h"
#include "millwright/compute/kernels.h"
#include "millwright/serve/layer_times.h"

namespace millwright {

/// Kernels of one layer, each with the engine's factors, and without what their gaps in a graph
/// fall short of the launch that the kernel model counts.
class KernelSum {
public:
    explicit KernelSum(const Replica& replica) : r_(replica), f_(replica.engine.figures) {
        shorter_ = r_.chip.launch - f_.gap;
        if (r_.chip.dependent_launch && r_.engine.dependent_launch) shorter_ += f_.early;
    }

    void kernel(Seconds time, double factor) {
        sum_.time += factor * max(time - shorter_, f_.gap);
        sum_.kernels += 1;
    }

    /// A kernel that begins while the one before it still runs, by what it takes longer.
    void longer(Seconds time, double factor) {
        sum_.time += factor * time;
        sum_.kernels += 1;
    }

    /// A fused sum and norm reads the residual and what is added, and writes both.
    void norm(Bytes rows) {
        constexpr double passes = 4;
        memory(passes * rows.si());
    }

    void memory(double bytes) { kernel(memory_time(r_.chip, bytes * unit::B), f_.pointwise); }

    void product(const Product& p) {
        if (p.precision != Precision::bf16 && f_.casts > 0) {
            sum_.time += f_.casts * quantise_time(r_.chip, p.precision, p.m, p.k);
            sum_.kernels += f_.casts;
        }
        kernel(product_time(r_.chip, p), f_.products);
    }

    /// A product of an MLP.
    void dense(double m, double n, double k) {
        product({.precision = r_.formats.dense.products,
                 .m = m,
                 .n = n,
                 .k = k,
                 .weight_bytes = r_.formats.dense.narrow_bytes()});
    }

    void communicate(Seconds time) {
        if (time <= Seconds{}) return;
        sum_.time += f_.communication * time;
        sum_.kernels += 1;
    }

    /// Of tokens with their experts: halves of the tokens may take turns at it.
    void exchange(Seconds time) {
        communicate(time);
        if (time > Seconds{}) sum_.exchanged += f_.communication * time;
    }

    void experts(const ExpertLayer& layer) {
        constexpr double kernels = 5;  // permute, two products, activation, combine
        const Seconds time = expert_layer_time(r_.chip, r_.formats.experts.products, layer);
        sum_.time += f_.experts * max(time - kernels * shorter_, kernels * f_.gap);
        sum_.kernels += kernels;
    }

    PartTime sum() const { return sum_; }

private:
    const Replica& r_;
    const EngineFigures<Bare>& f_;
    Seconds shorter_;
    PartTime sum_;
};

}  // namespace millwright
