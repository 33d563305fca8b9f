// What roofline says of a served model bounds what its engines do.
#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/api/serve.h"
#include "millwright/factory/resolve.h"
#include "millwright/serve/bound.h"
#include "millwright/serve/roofline.h"
#include "millwright/study/job_report.h"

namespace millwright {
namespace TEST_FILE {

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
                    const MeanRequest mean{a->span.prompt, a->span.output};
                    const ServeBound bound = serve_bound(r, 4, mean, {});
                    EXPECT_LE(done, bound.rate.si()) << server << " " << model << " " << engine.id;
                    EXPECT_GT(done, 0.01 * bound.rate.si()) << server << " " << model;
                }
            }
        }
    }
}

/// A serving job of a scenario, in whatever layout it comes out: experts spread, attention apart,
/// many replicas, short prompts that share steps.
TEST(ServingBoundLaw, NoJobServesMoreThanItsBound) {
    const Catalog& catalog = setting.catalog;
    Scenario scenario;
    for (const char* server : {"hgx-h200", "hgx-h20", "rtx-pro-6000d", "gb200-nvl72"}) {
        Factory factory = resolve_factory(catalog, part_named(catalog.servers, server),
                                          part_named(catalog.fabrics, "rail-fat-tree"), 16, {});
        factory.job_chips = factory.chips;
        for (const char* model : {"llama-3.1-8b", "qwen3-30b-a3b", "gpt-oss-20b"}) {
            for (const auto& [prompt, output] : {std::pair(64, 64), std::pair(4096, 128)}) {
                ServeJob job{.model = part_named(catalog.models, model)};
                job.prompt_tokens = prompt;
                job.output_tokens = output;
                job.replica_chips = 4;
                const JobSite site{scenario, catalog, factory, 1e6 * unit::USD, 2};
                const JobReport report = report_job(site, job);
                ASSERT_TRUE(report.feasible) << server << model << report.infeasible;
                const auto& of = std::get<ServeReport>(report.of);
                EXPECT_LE(of.most, of.most_possible) << server << " " << model << " " << prompt;
                EXPECT_GT(of.most, 0.02 * of.most_possible) << server << " " << model;
                EXPECT_LE(of.least_per_request, of.per_request);
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
