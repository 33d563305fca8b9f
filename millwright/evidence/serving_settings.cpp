// What command lines and notes of a row set: limits, switches, ways, speculation.
#include "millwright/evidence/sayings.h"
#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace {

using Flags = SaidFlags;

/// A setting takes the first value that it is given: later ones are labels of blocks.
template <auto member>
void put_first(Flags& flags, const Heard& heard) {
    if (!(flags.settings.*member)) flags.settings.*member = heard.whole();
}

template <auto member, bool value>
void turn(Flags& flags, const Heard&) {
    if (!(flags.settings.*member)) flags.settings.*member = value;
}

void put_share(Flags& flags, const Heard& heard) {
    if (!flags.settings.memory_share) flags.settings.memory_share = heard.number(1);
}

template <auto member>
void put_ways(Flags& flags, const Heard& heard) {
    if (!(flags.*member)) flags.*member = heard.whole();
}

using S = EngineOverrides;

const Sayings<Flags>& limit_sayings() {
    static const Sayings<Flags> table{
        {"tokens", R"(\bmax[-_](?:num[-_](?:batched[-_])?|prefill[-_])tokens[ =](\d+))",
         put_first<&S::max_batched_tokens>},
        {"chunked", R"(\bchunked[-_]prefill[-_](?:size|tokens)[ =](\d+))",
         put_first<&S::max_batched_tokens>},
        {"max", R"(\bmax[-_](?:num[-_]seqs|batch[-_]size|running[-_]requests)[ =](\d+))",
         put_first<&S::max_sequences>},
        {"gpu_batch", R"(\bgpu_batch(?:_size)?=(\d+))", put_first<&S::max_sequences>},
        {"size", R"(\b(?:block|page)[-_]size[ =](\d+))", put_first<&S::block_size>},
        {"tokens_per_block", R"(\btokens_per_block[ =](\d+))", put_first<&S::block_size>},
        {"graph", R"(\bcuda[-_]graph[-_](?:max[-_])?(?:bs|batch[-_]size)[ =](\d+))",
         put_first<&S::largest_graph>},
        {"util", R"(\bgpu[-_]memory[-_]utili[sz]ation[ =](0?\.\d+|1(?:\.0+)?))", put_share},
        {"fraction", R"(\bmem[-_]fraction[-_]static[ =](0?\.\d+))", put_share},
        {"fraction", R"(\b(?:kv[-_ ]cache[-_ ]|kv[-_ ]|free[-_ ])\w*fraction[ =](0?\.\d+))",
         put_share},
    };
    return table;
}

const Sayings<Flags>& switch_sayings() {
    static const Sayings<Flags> table{
        {"chunked", R"(--(?:no-enable|disable)[-_]chunked[-_]prefill)", turn<&S::chunked, false>},
        {"chunked", R"(chunked[-_]prefill[-_]size[ =]-1)", turn<&S::chunked, false>},
        {"chunked", R"(--enable[-_]chunked[-_]prefill|\bchunked prefill on\b)",
         turn<&S::chunked, true>},
        {"prefix", R"(--no-enable[-_]prefix[-_]caching|prefix (?:cach\w+|reuse) (?:off|disabled))",
         turn<&S::prefix_cache, false>},
        {"radix", R"(--disable[-_]radix[-_]cache)", turn<&S::prefix_cache, false>},
        {"reuse", R"(kv[-_ ]cache[-_ ]reuse (?:off|disabled)|enable_block_reuse[:= ]+false)",
         turn<&S::prefix_cache, false>},
        {"prefix", R"(--enable[-_]prefix[-_]caching|prefix cach\w+ (?:on|enabled)\b)",
         turn<&S::prefix_cache, true>},
        {"async", R"(--no-async[-_]scheduling)", turn<&S::plans_ahead, false>},
        {"async", R"(--async[-_]scheduling)", turn<&S::plans_ahead, true>},
        {"pdl", R"(\btrtllm_enable_pdl=1)", turn<&S::dependent_launch, true>},
        {"pdl", R"(\btrtllm_enable_pdl=0)", turn<&S::dependent_launch, false>},
        // its public launch scripts plan ahead, let kernels begin behind each other, and keep no
        // prefixes, as prompts are random
        {"inference", R"(\binference(?:x|max)\b)",
         [](Flags& flags, const Heard& heard) {
             turn<&S::plans_ahead, true>(flags, heard);
             turn<&S::dependent_launch, true>(flags, heard);
             turn<&S::prefix_cache, false>(flags, heard);
         }},
        {"overlap", R"(--disable[-_]overlap[-_]schedule)", turn<&S::plans_ahead, false>},
        {"eager", R"(--enforce[-_]eager)", turn<&S::graphs, false>},
        {"graph", R"(--disable[-_]cuda[-_]graph)", turn<&S::graphs, false>},
        {"graph", R"(\bcuda graphs? with padding)", turn<&S::graphs, true>},
    };
    return table;
}

const Sayings<Flags>& way_sayings() {
    static const Sayings<Flags> table{
        {"tensor", R"(--tensor[-_]parallel(?:[-_]size)?[ =](\d+))", put_ways<&Flags::tensor>},
        {"tp", R"((?:^|\s)--?tp(?:[-_]size)?[ =](\d+))", put_ways<&Flags::tensor>},
        {"pipeline", R"(--pipeline[-_]parallel(?:[-_]size)?[ =](\d+))", put_ways<&Flags::pipeline>},
        {"pp", R"((?:^|\s)--?pp(?:[-_]size)?[ =](\d+))", put_ways<&Flags::pipeline>},
        {"data", R"(--data[-_]parallel(?:[-_]size)?[ =](\d+))", put_ways<&Flags::data>},
        {"dp", R"((?:^|\s)--?dp(?:[-_]size)?[ =](\d+))", put_ways<&Flags::data>},
        {"ep", R"((?:^|\s)--?(?:ep|expert[-_]parallel)(?:[-_]size)?[ =](\d+))",
         put_ways<&Flags::expert>},
        {"expert", R"(--enable[-_](?:expert[-_]parallel|ep-moe|deepep-moe))",
         [](Flags& flags, const Heard&) { flags.expert_parallel = true; }},
        {"attention", R"(\battention[-_ ](?:dp|data[-_ ]parallel\w*)\b(?!\s*(?:=\s*no|off)))",
         [](Flags& flags, const Heard&) { flags.attention_data = true; }},
        {"dp", R"(--enable[-_]dp[-_]attention|\bdp[-_ ]attention\b)",
         [](Flags& flags, const Heard&) { flags.attention_data = true; }},
    };
    return table;
}

// of drafts whose number is not said: what recipes for prediction blocks use
constexpr std::int64_t usual_depth = 3;

const Sayings<RowSpeculation>& whether_sayings() {
    using Said = RowSpeculation;
    static const Sayings<Said> table{
        {"spec", R"(\bspec(?:ulation)?\s*[=:]\s*(?:off|none|no|not stated))",
         [](Said&, const Heard&) {}},
        {"spec", R"(\bspec(?:ulation)?\s*[=:]\s*unresolved)",
         [](Said& said, const Heard&) { said.unresolved = true; }},
        {"mtp", R"(\b(?:no|without) mtp\b|\bmtp\s*[=:]?\s*(?:off|0)\b)",
         [](Said&, const Heard&) {}},
        {"mtp", R"(\bmtp\s*[-=:x]?\s*([1-9])\b)",
         [](Said& said, const Heard& heard) { said.depth = heard.whole(); }},
        {"num", R"(\bnum[-_]speculative[-_]tokens["']?\s*[=:]\s*([1-9]\d?))",
         [](Said& said, const Heard& heard) { said.depth = heard.whole(); }},
        {"steps", R"(\bspeculative[-_]num[-_]steps[ =]([1-9]\d?))",
         [](Said& said, const Heard& heard) { said.depth = heard.whole(); }},
        {"draft", R"(\bdraft\w*(?:[- ](?:depth|length|len|tokens))?\s*(?:of|[=:])?\s*([1-9]\d?)\b)",
         [](Said& said, const Heard& heard) { said.depth = heard.whole(); }},
        {"draft", R"(\b([1-9]\d?)\s+(?:draft|drafted)\b)",
         [](Said& said, const Heard& heard) { said.depth = heard.whole(); }},
        {"simulated", R"(\bmtp is simulated)", [](Said& said, const Heard&) { said.depth = 1; }},
        {"spec", R"(\bspec(?:ulation|ulative)?\s*[=:]\s*(?:mtp|eagle|on|nextn))",
         [](Said& said, const Heard&) { said.depth = usual_depth; }},
        {"mtp", R"(\bmtp\b)", [](Said& said, const Heard&) { said.depth = usual_depth; }},
        {"eagle", R"(\beagle)", [](Said& said, const Heard&) { said.depth = usual_depth; }},
        {"nextn", R"(\bnextn\b)", [](Said& said, const Heard&) { said.depth = usual_depth; }},
    };
    return table;
}

const Sayings<RowSpeculation>& acceptance_sayings() {
    using Said = RowSpeculation;
    static const Sayings<Said> table{
        {"accept", R"((\d+(?:\.\d+)?)\s*%\s*accept)",
         [](Said& said, const Heard& heard) { said.acceptance = heard.number(1) / 100; }},
        {"accept", R"(accept\w*[^;\d]{0,30}(\d+(?:\.\d+)?)\s*%)",
         [](Said& said, const Heard& heard) { said.acceptance = heard.number(1) / 100; }},
        {"accept", R"(accept\w*[^;\d]{0,30}(\d+(?:\.\d+)?))",
         [](Said& said, const Heard& heard) {
             const double value = heard.number(1);
             // a share of drafts up to one, tokens of a step above
             (value <= 1 ? said.acceptance : said.kept) = value;
         }},
    };
    return table;
}

}  // namespace

SaidFlags flags_in(const std::string& text) {
    SaidFlags flags;
    const std::string low = lower(text);
    limit_sayings().all(low, flags);
    switch_sayings().all(low, flags);
    way_sayings().all(low, flags);
    return flags;
}

RowSpeculation speculation_in(const std::string& text) {
    RowSpeculation said;
    const std::string low = lower(text);
    whether_sayings().first(low, said);
    if (said.depth > 0) acceptance_sayings().first(low, said);
    return said;
}

}  // namespace millwright
