// Each tool has a function of its own, since they differ in what they can say; what a tool cannot
// say is told beside its command rather than left out silently. A beginning that prompts share is
// asked for apart where the tool can, so it is taken off their own length. vllm and aiperf are
// told to ignore ends of answers, as lengths of answers are the load.
#include "millwright/api/launch_benchmark.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include <fmt/format.h>

#include "millwright/api/shell.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// Mean and deviation in tokens; ends of a uniform law, zero where there are none.
struct LengthSpread {
    double mean = 0, deviation = 0;
    std::int64_t low = 0, high = 0;

    bool varies() const { return deviation > 0; }
    /// How far the ends are from the mean, over it.
    double reach() const { return real(high - low) / real(high + low); }
};

LengthSpread spread_of(const FixedLength& law) { return {real(law.tokens)}; }
LengthSpread spread_of(const UniformLength& law) {
    const double count = real(law.high - law.low + 1);
    return {real(law.low + law.high) / 2, std::sqrt((count * count - 1) / 12), law.low, law.high};
}
LengthSpread spread_of(const LognormalLength& law) { return {law.mean, law.mean * law.variation}; }
LengthSpread spread_of(const ObservedLength& law) {
    double sum = 0, squares = 0, before = 0;
    for (std::size_t i = 0; i < law.tokens.size(); ++i) {
        const double share = (law.up_to[i] - before) / law.up_to.back();
        before = law.up_to[i];
        sum += share * real(law.tokens[i]);
        squares += share * real(law.tokens[i]) * real(law.tokens[i]);
    }
    return {sum, std::sqrt(std::max(0.0, squares - sum * sum))};
}

/// The load as all tools see it; lengths of a trace are its means.
struct Load {
    std::string model;
    LengthSpread prompt, output;
    double prefix = 0, rate = 0, shape = 1;  // the last: of gamma gaps
    ArrivalKind arrivals = ArrivalKind::poisson;
    std::int64_t requests = 0;
    bool trace = false, turns = false;
    std::int64_t groups = 1;  // of prompts that begin alike

    bool comes_at_once() const { return rate <= 0; }
    double own() const { return std::max(1.0, prompt.mean - prefix); }  // tokens of a prompt
};

Load load_of(const std::string& model, const ServeAnswer& answer, double rate) {
    const LoadAsked& asked = answer.asked.load;
    Load load{.model = model, .prefix = real(asked.prefix_tokens), .rate = rate};
    load.trace = !asked.trace.empty();
    load.turns = asked.turns.has_value();
    load.groups = std::max<std::int64_t>(1, asked.prefix_groups);
    load.requests = answer.span.count;
    const auto spread = [&](const std::optional<Lengths>& law, double mean) {
        LengthSpread made{mean};
        if (law && !load.trace) made = std::visit([](const auto& l) { return spread_of(l); }, *law);
        return made;
    };
    load.prompt = spread(asked.prompt, answer.span.prompt);
    load.output = spread(asked.output, answer.span.output);
    load.arrivals = asked.arrivals.value_or(ArrivalKind::poisson);
    if (load.arrivals == ArrivalKind::gamma && asked.variation) {
        load.shape = 1 / (*asked.variation * *asked.variation);
    }
    return load;
}

std::string count(double tokens) { return fmt::format("{:.0f}", tokens); }
std::string figure(double value) { return fmt::format("{:.6g}", value); }

std::string differing(const Load& load, bool lengths, bool gaps) {
    std::vector<std::string> parts;
    if (load.turns) parts.emplace_back("single requests of a turn's new tokens, no conversations");
    if (load.trace) parts.emplace_back("requests of the trace's mean lengths at its mean rate");
    if (lengths) parts.emplace_back("all lengths are the means");
    if (gaps) parts.emplace_back("requests come at random times (Poisson)");
    return join(parts, "; ");
}

/// Lengths uniform about their means, if both reach as far, which is one number there.
BenchmarkText vllm(const Load& load) {
    const LengthSpread &in = load.prompt, &out = load.output;
    const bool uniform = in.high > in.low && out.high > out.low && load.prefix == 0 &&
                         std::abs(in.reach() - out.reach()) < 0.005;
    const bool steady = load.arrivals == ArrivalKind::constant;
    std::vector<std::string> words{"vllm",     "bench",          "serve", "--model",
                                   load.model, "--dataset-name", "random"};
    const auto add = [&](std::vector<std::string> more) {
        words.insert(words.end(), more.begin(), more.end());
    };
    add({"--random-input-len", count(load.own()), "--random-output-len", count(out.mean)});
    if (load.prefix > 0) add({"--random-prefix-len", count(load.prefix)});
    if (uniform) add({"--random-range-ratio", fmt::format("{:.3g}", in.reach())});
    add({"--ignore-eos", "--request-rate", load.comes_at_once() ? "inf" : figure(load.rate)});
    if (load.shape != 1) add({"--burstiness", figure(load.shape)});
    add({"--num-prompts", std::to_string(load.requests)});
    add({"--percentile-metrics", "ttft,tpot,itl,e2el", "--metric-percentiles", "50,90,99"});
    const bool lengths = (in.varies() || out.varies()) && !uniform;
    std::string differs = differing(load, lengths, steady);
    if (load.groups > 1) {
        differs += fmt::format("{}one beginning of prompts in place of {}",
                               differs.empty() ? "" : "; ", load.groups);
    }
    return {"vllm bench serve", "benchmark CLI of vLLM 0.14, docs.vllm.ai", shell_text(words),
            differs};
}

BenchmarkText aiperf(const Load& load) {
    std::vector<std::string> words{"aiperf",          "profile",     "--model",
                                   load.model,        "--url",       "localhost:8000",
                                   "--endpoint-type", "completions", "--streaming"};
    const auto add = [&](std::vector<std::string> more) {
        words.insert(words.end(), more.begin(), more.end());
    };
    add({"--synthetic-input-tokens-mean", count(load.own())});
    if (load.prompt.varies()) {
        add({"--synthetic-input-tokens-stddev", count(load.prompt.deviation)});
    }
    if (load.prefix > 0) {
        add({"--num-prefix-prompts", std::to_string(load.groups), "--prefix-prompt-length",
             count(load.prefix)});
    }
    add({"--output-tokens-mean", count(load.output.mean)});
    if (load.output.varies()) add({"--output-tokens-stddev", count(load.output.deviation)});
    add({"--extra-inputs", "ignore_eos:true"});
    const std::string requests = std::to_string(load.requests);
    if (load.comes_at_once()) {
        add({"--concurrency", requests});
    } else {
        add({"--request-rate", figure(load.rate)});
    }
    add({"--request-count", requests, "--num-dataset-entries", requests});
    return {"aiperf", "command line options of AIPerf, github.com/ai-dynamo/aiperf",
            shell_text(words), differing(load, false, load.arrivals != ArrivalKind::poisson)};
}

std::string synthetic(const char* what, double mean, const LengthSpread& law) {
    std::string text = fmt::format("{}_tokens={}", what, count(mean));
    if (!law.varies()) return text;
    text += fmt::format(",{}_tokens_stdev={}", what, count(std::max(1.0, law.deviation)));
    text += fmt::format(",{}_tokens_min={}", what, std::max<std::int64_t>(1, law.low));
    if (law.high > 0) text += fmt::format(",{}_tokens_max={}", what, law.high);
    return text;
}

BenchmarkText guidellm(const Load& load) {
    const bool steady = load.arrivals == ArrivalKind::constant;
    std::vector<std::string> words{"guidellm", "benchmark", "--target",   "http://localhost:8000",
                                   "--model",  load.model,  "--rate-type"};
    const auto add = [&](std::vector<std::string> more) {
        words.insert(words.end(), more.begin(), more.end());
    };
    if (load.comes_at_once()) {
        add({"throughput"});
    } else {
        add({steady ? "constant" : "poisson", "--rate", figure(load.rate)});
    }
    add({"--max-requests", std::to_string(load.requests), "--data",
         synthetic("prompt", load.prompt.mean, load.prompt) + "," +
             synthetic("output", load.output.mean, load.output)});
    std::string differs = differing(load, false, load.arrivals == ArrivalKind::gamma);
    if (load.prefix > 0) differs += differs.empty() ? "" : "; ";
    if (load.prefix > 0) differs += "no two prompts begin alike";
    return {"guidellm", "benchmarks and datasets of GuideLLM, github.com/vllm-project/guidellm",
            shell_text(words), differs};
}

}  // namespace

std::vector<BenchmarkText> benchmark_texts(const std::string& model, const ServeAnswer& answer,
                                           double rate) {
    const Load load = load_of(model, answer, rate);
    return {vllm(load), aiperf(load), guidellm(load)};
}

}  // namespace millwright
