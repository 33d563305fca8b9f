// What roofline says of a served model bounds what its engines do.
#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/api/serve.h"
#include "millwright/serve/roofline.h"

namespace millwright {
namespace {

const Setting setting{.threads = 2};

/// Requests a second and chip that no replica of up to eight chips exceeds.
double bound_of(const ServeAnswer& a) {
    const Replica& r = a.pools.front().fleet.replica;
    const ServeContext context{r.model, r.formats.dense.products, r.chip, a.factory.network};
    ServeRequest asked{.prompt = a.span.prompt, .output = a.span.output, .per_token = 60 * unit::s};
    const auto a_chip = [](TokenRate rate, const Served& replica, double tokens) {
        return rate.si() / tokens / static_cast<double>(replica.chips);
    };
    const Served decode = best_replica(context, asked);
    asked.by_prefill = true;
    const Served prefill = best_replica(context, asked);
    return std::min(a_chip(prefill.prefill, prefill, asked.prompt),
                    a_chip(decode.decode, decode, asked.output));
}

/// Kernels of engines may be faster than those that were measured apart.
double fastest_factor(const EngineFigures<Bare>& f) {
    return std::min({1.0, f.products, f.experts, f.prefill_attention, f.decode_attention,
                     f.pointwise, f.communication});
}

TEST(ServingBoundLaw, NoEngineServesMoreThanTheRoofline) {
    const Catalog& catalog = setting.catalog;
    for (const char* server : {"hgx-h100", "hgx-b200", "hgx-h20"}) {
        for (const char* model : {"llama-3.1-8b", "llama-3.1-70b", "qwen3-30b-a3b"}) {
            for (const auto& [prompt, output] : {std::pair(4096, 64), std::pair(512, 512)}) {
                for (const Engine& engine : catalog.engines) {
                    if (engine.launch.command.empty()) continue;
                    ServeQuestion q{.model = model, .server = server, .engine = engine.id};
                    q.chips = q.layout.tensor = 4;
                    q.precision = WeightForm::bf16;
                    q.load.concurrency = 256;
                    q.load.requests = 1024;
                    q.load.prompt = FixedLength{prompt};
                    q.load.output = FixedLength{output};
                    const auto a = serve(q, setting);
                    ASSERT_TRUE(a) << to_text(a.error());
                    if (!a->feasible()) continue;
                    const Replica& r = a->pools.front().fleet.replica;
                    const double done = a->outcome.requests_per_s() / a->chips();
                    EXPECT_LE(done, bound_of(*a) / fastest_factor(r.engine.figures))
                        << server << " " << model << " " << engine.id << " " << prompt;
                    EXPECT_GT(done, 0.02 * bound_of(*a)) << server << " " << model;
                }
            }
        }
    }
}

}  // namespace
}  // namespace millwright
