#include "tests/serving.h"

namespace millwright {

DecodeKernel plain_decode() { return {.memory_share = 1, .peak_share = 1, .parts = 1}; }

Model tiny_states() {
    Model m = tiny_model();
    m.delta_heads.value = m.delta_key_heads.value = 2;
    m.delta_width.value = m.delta_key_width.value = 4;
    m.delta_convolution.value = 4;
    m.delta_full_every.value = 8;
    return m;
}

Replica with_blocks(Replica r, std::int64_t blocks) {
    r.engine.memory_share = 1;
    r.engine.overhead = Bytes{};
    Replica lane = r;
    lane.engine.max_sequences /= static_cast<std::int64_t>(r.ways.pipeline);
    const ReplicaMemory m = memory_of(lane);
    const Bytes one = m.block > Bytes{} ? m.block : m.sequence;
    const double all = static_cast<double>(blocks) * r.ways.pipeline + 0.5;
    r.chip.memory_capacity = m.weights + m.activations + all * one;
    return r;
}

Replica steady_replica(Seconds step, Seconds sequence) {
    Replica r{.model = tiny_model(), .chip = plain_chip(), .network = plain_network(8, 8)};
    r.chip.dense.fill(FlopRate::from_si(1e40));
    r.chip.memory_bandwidth = Bandwidth::from_si(1e40);
    r.chip.decode = plain_decode();
    r.network.inner.per_chip = r.network.outer.per_chip = Bandwidth::from_si(1e40);
    r.engine.max_batched_tokens = 1 << 20;
    r.engine.max_sequences = 1 << 20;
    r.engine.block_size = 1;
    r.engine.figures.step = step;
    r.engine.figures.sequence = sequence;
    return with_blocks(r, 1'000'000'000);
}

Replica plain_replica(double gigabytes_a_second) {
    Replica r = steady_replica(Seconds{});
    r.chip = plain_chip();
    r.chip.memory_bandwidth = gigabytes_a_second * unit::GBps;
    r.chip.decode = plain_decode();
    r.network = plain_network(8, 8);
    r.engine.max_batched_tokens = 512;
    r.engine.max_sequences = 64;
    r.engine.block_size = 16;
    r.engine.largest_graph = 0;
    return with_blocks(r, 4096);
}

RequestSource source_of(std::vector<Request> requests) {
    return [all = std::move(requests), next = std::size_t{0}]() mutable -> std::optional<Request> {
        if (next == all.size()) return std::nullopt;
        return all[next++];
    };
}

Request request_at(Seconds arrival, std::int64_t prompt, std::int64_t output) {
    return {.arrival = arrival, .prompt = prompt, .output = output};
}

ServedRequests served(const Replica& replica, const ServeLoad& load,
                      std::vector<Request> requests) {
    ServedRequests run;
    run.outcome = simulate(replica, load, {}, source_of(std::move(requests)),
                           [&](const ServedRequest& one) { run.all.push_back(one); });
    std::ranges::sort(run.all, {}, &ServedRequest::index);
    return run;
}

}  // namespace millwright
