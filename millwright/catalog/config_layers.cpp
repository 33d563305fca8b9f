// Configurations say the order of their layers in about twenty ways (docs/catalog.md). Each way has
// a function here, which changes the plans that came before it and leaves them alone where its key
// is absent. Counts that follow a rule come first, lists of every layer later, and so prevail.
#include "millwright/catalog/config_layers.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

using Json = nlohmann::json;
using Plans = std::vector<Layer>;

/// Stands for the window of a layer that has one, until all are placed.
constexpr std::int64_t in_window = 1;

/// What a word in a list of layers says.
struct Meaning {
    std::string_view words;  // between spaces
    MixerKind mixer;
    bool windowed;
    ChannelKind channel;
};

// In a list of whole layers the channel is as the experts' keys say; in families whose layers are
// a mixer or an MLP alone it is that of this table.
constexpr Meaning meanings[] = {
    {"full_attention attention global_attention global full softmax_attention G *",
     MixerKind::attention, false, ChannelKind::none},
    {"sliding_attention sliding_window_attention local_attention local sliding chunked_attention "
     "swa L",
     MixerKind::attention, true, ChannelKind::none},
    {"mamba mamba2 M", MixerKind::mamba2, false, ChannelKind::none},
    {"conv short_conv", MixerKind::short_conv, false, ChannelKind::none},
    {"moe E", MixerKind::none, false, ChannelKind::experts},
    {"mlp -", MixerKind::none, false, ChannelKind::dense},
};

/// Which mixer "linear_attention" means: the one whose widths the configuration gives.
MixerKind linear_mixer(const ConfigReading& r) {
    if (r.given.contains("mamba_num_heads") || r.defaults.contains("mamba_num_heads")) {
        return MixerKind::mamba2;
    }
    if (r.type.starts_with("minimax")) return MixerKind::lightning;
    return MixerKind::delta;
}

const Meaning* meaning_of(std::string_view word) {
    for (const Meaning& meaning : meanings) {
        if (contains(" " + std::string(meaning.words) + " ", " " + std::string(word) + " ")) {
            return &meaning;
        }
    }
    return nullptr;
}

/// Sets mixer and window of a layer, and in families of single parts its channel, by one word.
void apply_word(ConfigReading& r, const std::string& key, const std::string& word, Layer& layer) {
    if (word == "linear_attention") {
        layer.mixer.kind = linear_mixer(r);
        if (r.is(trait::one_mixer)) layer.channel = ChannelKind::none;
        return;
    }
    const Meaning* meaning = word.empty() ? nullptr : meaning_of(word);
    if (meaning == nullptr) {
        r.fault(key, fmt::format("'{}' has layers of '{}', which are not understood", key, word),
                "understood are attention, sliding and chunked attention, linear attention, "
                "mamba, conv, moe and mlp");
        return;
    }
    layer.mixer.kind = meaning->mixer;
    layer.mixer.window = meaning->windowed ? in_window : 0;
    if (r.is(trait::one_mixer)) {
        layer.channel = meaning->channel;
    } else if (meaning->mixer == MixerKind::none) {
        layer.mixer.kind = MixerKind::attention;  // a list of channels: see place_experts
    }
}

/// One word for each layer, from a list that has one or one for all; empty after a fault.
std::vector<std::string> one_a_layer(ConfigReading& r, const std::string& key,
                                     std::vector<std::string> words, const Plans& plans) {
    if (!fits_layers(r, key, words.size()) || r.layers == 0) return {};
    if (words.size() == 1) words.assign(plans.size(), words.front());
    return words;
}

void apply_words(ConfigReading& r, const std::string& key, const std::vector<std::string>& given,
                 Plans& plans) {
    // one fault a list: a word that is not understood tends to come again
    const std::vector<std::string> words = one_a_layer(r, key, given, plans);
    const std::size_t before = r.faults.size();
    for (std::size_t i = 0; i < words.size() && i < plans.size() && r.faults.size() == before;
         ++i) {
        apply_word(r, key, words[i], plans[i]);
    }
}

std::vector<std::string> letters_of(const std::string& pattern) {
    std::vector<std::string> words;
    for (const char c : pattern) words.emplace_back(1, c);
    return words;
}

/// "LLLG" repeated over the layers, as a list of so many words.
std::vector<std::string> repeated(const std::string& pattern, std::size_t layers) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < layers; ++i) words.emplace_back(1, pattern[i % pattern.size()]);
    return words;
}

/// Layers are windowed but for every n-th one.
/// Zero: all of them are.
void window_all_but(std::int64_t every, Plans& plans) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const bool full = every > 0 && (i + 1) % static_cast<std::size_t>(every) == 0;
        plans[i].mixer.window = full ? 0 : in_window;
    }
}

/// By a pattern of letters, or every n-th layer in full; then by the layer that windows begin with;
/// then by a list.
void place_windows(ConfigReading& r, Plans& plans) {
    static const Keys pattern_keys{"sliding_window_pattern", "_sliding_window_pattern",
                                   "layer_switch"};
    const Json* pattern = value_of(r, pattern_keys);
    if (pattern != nullptr && pattern->is_string() && !pattern->get<std::string>().empty()) {
        apply_words(r, pattern_keys.front(), repeated(pattern->get<std::string>(), plans.size()),
                    plans);
        return;
    }
    const auto every = pattern != nullptr ? count_of(r, pattern_keys)
                                          : count_of(r, {"global_attn_every_n_layers"});
    window_all_but(every.value_or(0), plans);
    // windows begin with that layer
    const auto first = count_of(r, {"max_window_layers"});
    for (std::size_t i = 0; first && i < plans.size(); ++i) {
        plans[i].mixer.window = static_cast<std::int64_t>(i) >= *first ? in_window : 0;
    }
    const std::string key = "hybrid_layer_pattern";  // 1: windowed
    const auto given = words_of(r, {key});
    if (given.empty()) return;
    const auto hybrid = one_a_layer(r, key, given, plans);
    for (std::size_t i = 0; i < plans.size() && i < hybrid.size(); ++i) {
        plans[i].mixer.window = hybrid[i] == "1" ? in_window : 0;
    }
}

/// Llama 4: chunks in layers with rotary positions, full attention in the others.
/// Despite its name, `no_rope_layers` has 1 where a layer does have rotary positions.
void place_chunks(ConfigReading& r, Plans& plans) {
    const auto given = words_of(r, {"no_rope_layers"});
    if (given.empty()) {
        window_all_but(count_of(r, {"no_rope_layer_interval"}).value_or(0), plans);
        return;
    }
    const auto rope = one_a_layer(r, "no_rope_layers", given, plans);
    for (std::size_t i = 0; i < plans.size() && i < rope.size(); ++i) {
        plans[i].mixer.window = rope[i] != "0" ? in_window : 0;
    }
}

/// Attention in layers `offset`, `offset + period` and so on, `other` in the rest.
void place_periodic(std::int64_t period, std::int64_t offset, MixerKind other, Plans& plans) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const bool attention =
            static_cast<std::int64_t>(i) % std::max<std::int64_t>(1, period) == offset;
        plans[i].mixer.kind = attention ? MixerKind::attention : other;
    }
}

/// The mixer of layers that a list names by number, counted from `first`.
void place_listed(ConfigReading& r, const std::string& key, MixerKind listed, std::int64_t first,
                  Plans& plans) {
    for (const std::string& word : words_of(r, {key})) {
        if (r.layers == 0) return;  // a fault already
        const auto number = number_of(word);
        const double at = number.value_or(-1) - static_cast<double>(first);
        if (at < 0 || at >= static_cast<double>(plans.size()) ||
            at != static_cast<double>(static_cast<long>(at))) {
            r.fault(key, fmt::format("'{}' names layer {}, which there is not", key, word),
                    fmt::format("layers are {} to {}", first,
                                first + static_cast<std::int64_t>(plans.size()) - 1));
            return;
        }
        plans[static_cast<std::size_t>(at)].mixer.kind = listed;
    }
}

/// Key by key, the most particular last: what a list of all layers says holds.
void place_mixers(ConfigReading& r, Plans& plans) {
    if (r.is(trait::mamba)) {
        for (Layer& layer : plans) {
            layer.mixer.kind = r.type == "mamba2" ? MixerKind::mamba2 : MixerKind::mamba;
            layer.channel = ChannelKind::none;
        }
    }
    if (const auto period = count_of(r, {"attn_layer_period"})) {
        const auto offset = count_of(r, {"attn_layer_offset"}).value_or(0);
        place_periodic(*period, offset, MixerKind::mamba, plans);
    }
    // the last layer of each interval has full attention
    if (const auto interval = count_of(r, {"full_attention_interval"})) {
        place_periodic(*interval, *interval - 1, linear_mixer(r), plans);
    }
    // the layers that are not named are Mamba-2
    if (r.given.contains("attn_layer_indices")) {
        for (Layer& layer : plans) layer.mixer.kind = MixerKind::mamba2;
        place_listed(r, "attn_layer_indices", MixerKind::attention, 0, plans);
    }
    // these lists count from 1
    if (r.given.contains("linear_attn_config.full_attn_layers")) {
        place_listed(r, "linear_attn_config.full_attn_layers", MixerKind::attention, 1, plans);
        place_listed(r, "linear_attn_config.kda_layers", MixerKind::kimi_delta, 1, plans);
    }
    if (const auto given = words_of(r, {"attn_type_list"}); !given.empty()) {
        const auto numbered = one_a_layer(r, "attn_type_list", given, plans);
        for (std::size_t i = 0; i < plans.size() && i < numbered.size(); ++i) {
            plans[i].mixer.kind = numbered[i] == "1" ? MixerKind::attention : MixerKind::lightning;
        }
    }
    const std::string pattern = word_of(r, {"hybrid_override_pattern"});
    if (!pattern.empty() && !r.is(trait::one_mixer)) {
        r.fault("hybrid_override_pattern",
                fmt::format("what its letters mean for a '{}' is not known", r.type),
                "it is known of nemotron_h");
    } else if (!pattern.empty()) {
        apply_words(r, "hybrid_override_pattern", letters_of(pattern), plans);
    }
    for (const std::string key : {"layers_block_type", "layer_types"}) {
        const auto words = words_of(r, {key});
        if (!words.empty()) apply_words(r, key, words, plans);
    }
}

/// Families of unlike layers say nothing without their order.
void need_order(ConfigReading& r) {
    static const Keys orders{"hybrid_override_pattern",
                             "layers_block_type",
                             "layer_types",
                             "attn_type_list",
                             "attn_layer_indices",
                             "block_configs",
                             "linear_attn_config.full_attn_layers"};
    const bool given = std::any_of(orders.begin(), orders.end(),
                                   [&](const std::string& key) { return r.given.contains(key); });
    if (r.is(trait::ordered) && !given) {
        r.fault("model_type",
                fmt::format("the layers of a '{}' are unlike, and their order is "
                            "not given",
                            r.type),
                "looked for " + join(orders, ", "));
    }
}

/// Rules that say which layers have experts, each by its own key; a layer has them if all agree.
/// Indices count from zero, `last` included.
struct ExpertRule {
    std::int64_t first = 0, last = 0;
    std::int64_t step = 1, offset = 0;  // index % step == offset
};

ExpertRule expert_rule(ConfigReading& r, std::int64_t layers) {
    ExpertRule rule{.last = layers - 1};
    rule.first = count_of(r, {"first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"})
                     .value_or(0);
    // -1 is the last layer
    const Json* end = value_of(r, {"moe_layer_end_index"});
    if (end != nullptr && *end != -1) {
        rule.last = count_of(r, {"moe_layer_end_index"}).value_or(rule.last);
    }
    // of a twin the first half
    if (r.is(trait::twin)) rule.step = 2;
    // three habits: the last layer of each period has experts, the one at an offset, or the first
    const auto from_end = count_of(r, {"decoder_sparse_step", "interleave_moe_layer_step",
                                       "moe_layer_interval", "moe_layer_frequency"});
    const Json* frequency = value_of(r, {"moe_layer_freq"});
    const auto period = count_of(r, {"expert_layer_period"});
    if (from_end) {
        rule.step = std::max<std::int64_t>(1, *from_end);
        rule.offset = rule.step - 1;
    } else if (period) {
        rule.step = std::max<std::int64_t>(1, *period);
        rule.offset = count_of(r, {"expert_layer_offset"}).value_or(0);
    } else if (frequency != nullptr && !frequency->is_array()) {
        rule.step = std::max<std::int64_t>(1, count_of(r, {"moe_layer_freq"}).value_or(1));
    }
    return rule;
}

/// Layers named by index; the others lose their experts, or these do.
void place_experts_at(ConfigReading& r, const std::string& key, bool named, Plans& plans) {
    const auto words = words_of(r, {key});
    if (words.empty() || r.layers == 0) return;
    if (named) {
        for (Layer& layer : plans) layer.channel = ChannelKind::dense;
    }
    for (const std::string& word : words) {
        const double at = number_of(word).value_or(-1);
        if (at < 0 || at >= static_cast<double>(plans.size())) {
            r.fault(key, fmt::format("'{}' names layer {}, which there is not", key, word),
                    fmt::format("layers are 0 to {}", plans.size() - 1));
            return;
        }
        plans[static_cast<std::size_t>(at)].channel =
            named ? ChannelKind::experts : ChannelKind::dense;
    }
}

/// One entry a layer: dense or with experts, in words or as 0 and 1.
void place_experts_listed(ConfigReading& r, const std::string& key, Plans& plans) {
    const Json* list = value_of(r, {key});
    if (list == nullptr || list->empty()) return;
    if (key == "moe_layer_freq" && !list->is_array()) return;  // a period: see expert_rule
    const auto words = one_a_layer(r, key, words_of(r, {key}), plans);
    for (std::size_t i = 0; i < plans.size() && i < words.size(); ++i) {
        const bool dense = words[i] == "0" || words[i] == "dense" || words[i] == "mlp";
        const bool experts = words[i] == "1" || words[i] == "sparse" || words[i] == "moe";
        if (!dense && !experts) {
            r.fault(key, fmt::format("'{}' has '{}', which is not understood", key, words[i]),
                    "use dense and sparse, or 0 and 1");
            return;
        }
        plans[i].channel = dense ? ChannelKind::dense : ChannelKind::experts;
    }
}

/// In families of single parts the words of the layers have said it already.
void place_experts(ConfigReading& r, const Model& m, Plans& plans) {
    if (!is_moe(m)) {
        const bool some = std::ranges::any_of(
            plans, [](const Layer& layer) { return layer.channel == ChannelKind::experts; });
        if (some && r.faults.empty()) {  // where the count was faulty, that says it
            r.fault("hybrid_override_pattern", "layers have experts, and how many is not given",
                    "give n_routed_experts and num_experts_per_tok, or take 'E' out");
        }
        return;
    }
    if (!r.is(trait::one_mixer)) {
        const ExpertRule rule = expert_rule(r, m.layers.value);
        for (std::size_t i = 0; i < plans.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i);
            const bool has = at >= rule.first && at <= rule.last && at % rule.step == rule.offset;
            plans[i].channel = has ? ChannelKind::experts : ChannelKind::dense;
        }
    }
    // exceptions to the rule, and lists in its place
    place_experts_at(r, "moe_layers", true, plans);
    place_experts_at(r, "moe_layers_enum", true, plans);
    place_experts_at(r, "mlp_only_layers", false, plans);
    place_experts_listed(r, "moe_layer_freq", plans);
    place_experts_listed(r, "mlp_layer_types", plans);
}

}  // namespace

std::vector<Layer> read_layers(ConfigReading& r, const Model& m) {
    Plans plans(static_cast<std::size_t>(std::clamp<std::int64_t>(m.layers.value, 0, most_layers)));
    for (Layer& layer : plans) {
        layer.mixer = attention_of(m);
        layer.ffn = m.ffn.value;
    }
    // where `layer_types` is given, it says the windows itself
    if (r.is(trait::own_chunks)) {
        place_chunks(r, plans);
    } else if (m.window.value > 0 && !r.given.contains("layer_types")) {
        place_windows(r, plans);
    }
    need_order(r);
    place_mixers(r, plans);
    const bool windowed = std::any_of(plans.begin(), plans.end(),
                                      [](const Layer& layer) { return layer.mixer.window > 0; });
    if (windowed && m.window.value == 0 && !r.unsure()) {
        r.fault("sliding_window", "layers have a window whose length is not given",
                "give sliding_window");
    }
    for (Layer& layer : plans) {
        if (layer.mixer.window > 0) layer.mixer.window = m.window.value;
    }
    place_blocks(r, m, plans);
    place_experts(r, m, plans);
    return plans;
}

}  // namespace millwright
