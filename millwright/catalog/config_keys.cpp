// Which keys of a configuration may go unread.
//
// A configuration may hold any key, and one that is not read may be what sets this model apart. So
// keys that nobody read are sorted by their names: harmless ones are passed over, those that look
// like arithmetic are refused, and the rest is a note. Better a model that is refused than one
// that is counted wrong in silence.
#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/config_reading.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

// Keys that change no weight and no work: names, numerics, training, tokens, rotary positions,
// other towers. Norms and biases are too small to tell. Words are parted by spaces.
constexpr std::string_view harmless_parts =
    "_drop _pretrain _token alibi attn_implementation bf16 bias cache checkpoint clip "
    "dropout dtype eps flash fp16 fp32 init jitter kernels loss mrope multiplier norm pdrop "
    "position quant rope rotary router scale scaling sinkhorn softcap temperature token_id "
    "token_index";

// How the keys of other towers, of generation and of tools begin.
constexpr std::string_view harmless_prefixes =
    "audio_ audio_config. auto_map code2wav_config. compression_config. decoder_start "
    "diffusion_ encoder_no generation_config. id2label. image_ init_config. label2id. log_ "
    "mamba_dt_ max_ mm_ output_ projector_ quantization_config. return_ summary_ "
    "talker_config. task_specific_params. time_step_ transformers_ use_cache video_ vision_ "
    "vision_config. visual. vit_";

// Single keys that would be refused, or told in a note, for their names.
constexpr std::string_view harmless_names =
    "_name_or_path add_qkv_bias architectures attention_method attention_softmax_in_fp32 "
    "attn_config.attn_impl attn_config.attn_type attn_config.attn_uses_sequence_id "
    "attn_config.prefix_lm attn_config.qk_ln chunk_size chunk_size_feed_forward "
    "compression_ratio do_sample ep_size finetuning_task floor_scale fsep hidden_act "
    "interleaved_qkv is_decoder is_encoder_decoder length_penalty license mamba_chunk_size "
    "min_length model_max_length model_type moe_capacity moe_dropout_prob moe_gate "
    "moe_group_experts moe_multimodal_dispatch_use_allgather moe_norm_min "
    "moe_shared_expert_overlap moe_use_aux_free n_ctx no_repeat_ngram_size "
    "no_rope_layer_interval no_rope_layers num_beam_groups num_beams num_labels "
    "num_logits_to_keep num_return_sequences onnx_safe original_rope parallel_attn "
    "post_layer_norm prefix pretraining_tp query_pre_attn_scalar residual_in_fp32 "
    "scoring_func sep_token_id seq_aux seq_len seq_length swiglu_alpha swiglu_limit "
    "tie_weights tokenizer_class tokenizer_path top_k top_p topk_method torchscript "
    "train_seq_len type_vocab_size typical_p use_bfloat16 use_correction_bias "
    "use_dynamic_ntk use_logn_attn use_mem_rope use_moe use_parallel_residual use_rmsnorm "
    "verbose norm_topk_prob score_function mlp_type zero_expert_type dim_model_base "
    "mtp_transformer_layers mtp_hybrid_override_pattern mtp_layers_block_type "
    "moe_renormalize mla_use_nope num_media_embeds org_vocab_size pad_vocab_size_multiple";

// What a key that changes the arithmetic is likely to have in its name.
constexpr std::string_view arithmetic_parts =
    "att block channel conv dense dim embd every expand expert ffn freq group head hidden "
    "hybrid inner interval kv layer linear lora mlp moe mult n_ num_ pattern period query "
    "rank ratio share size state step tie_ top type vocab width window";

/// Whether `is` holds for any of the words.
template <class Is>
bool any_word(std::string_view words, Is&& is) {
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (end > 0 && is(words.substr(0, end))) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

/// Parts of a name excuse no key that counts: "num_token_experts" is not harmless for its token.
bool is_harmless(std::string_view key) {
    const bool counts = contains(key, "topk") || contains(key, "top_k") || contains(key, "num_");
    const auto has = [&](std::string_view part) { return contains(key, part); };
    return any_word(harmless_names, [&](std::string_view name) { return key == name; }) ||
           (!counts && any_word(harmless_parts, has)) ||
           any_word(harmless_prefixes,
                    [&](std::string_view start) { return key.starts_with(start); });
}

bool looks_arithmetic(const std::string& key) {
    return any_word(arithmetic_parts, [&](std::string_view part) { return contains(key, part); });
}

/// Whether a value says nothing: absent, empty, off, none of it.
bool is_trivial(const Json& value) {
    if (value.is_null() || value.empty()) return true;
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_string()) return value.get<std::string>().empty();
    return value.is_number() && (value == 0 || value == -1);
}

}  // namespace

bool ConfigReading::unsure() const {
    // What a fault in one of them leaves unread would be told as keys that are not understood.
    static const Keys deciding{"num_hidden_layers",
                               "num_layers",
                               "num_experts",
                               "enable_moe_block",
                               "kv_lora_rank",
                               "use_mla",
                               "use_mtp",
                               "num_nextn_predict_layers",
                               "hybrid_override_pattern",
                               "layer_types",
                               "layers_block_type",
                               "attn_type_list",
                               "expert_layer_period",
                               "attn_layer_indices",
                               "attn_layer_period",
                               "attn_layer_offset",
                               "full_attention_interval",
                               "block_configs",
                               "linear_attn_config.full_attn_layers",
                               "linear_attn_config.kda_layers",
                               "index_n_heads",
                               "mlp_only_layers",
                               "moe_layers",
                               "moe_layers_enum",
                               "moe_layer_freq",
                               "mlp_layer_types",
                               "first_k_dense_replace",
                               "sliding_window",
                               "attention_chunk_size",
                               "intermediate_size",
                               "multi_query",
                               "new_decoder_architecture",
                               "mlp_ratio",
                               "shared_expert_intermediate_size"};
    return any_faulty(deciding);
}

// The first twenty of each sort are named: a file of another kind has hundreds.
void judge_unread(ConfigReading& r) {
    constexpr std::size_t most_told = 20;
    std::vector<std::string> passed;
    std::size_t odd = 0;
    for (const auto& [key, value] : r.given) {
        if (r.understood.contains(key) || is_trivial(value) || is_harmless(key)) continue;
        const bool counts = value.is_number() || value.is_array() || value.is_object();
        if (!counts || !looks_arithmetic(lower(key))) {
            if (passed.size() < most_told) passed.push_back(key);
        } else if (!r.unsure() && ++odd <= most_told) {
            r.fault(key, fmt::format("'{}' = {} is not understood", key, short_text(value)),
                    "it looks as if it changed the weights; take it out if it does not");
        }
    }
    if (odd > most_told) {
        r.faults.push_back({{r.file, 0, 0},
                            fmt::format("{} more keys are not understood", odd - most_told),
                            "mend those told first"});
    }
    if (!passed.empty()) r.caveats.push_back("keys passed over: " + join(passed, ", "));
    if (r.filled.empty()) return;
    r.caveats.push_back(fmt::format("taken from the class of '{}', as the file leaves them out: {}",
                                    r.type, join(r.filled, ", ")));
}

}  // namespace millwright
