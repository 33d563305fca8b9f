// A family that reads like a known one is a word in a row; one that differs is a trait or a
// default. Families that would be counted wrongly stand in the table too, with the reason why
// they are refused. Types are found by a walk over all rows, which is made once a file.
#include "millwright/catalog/families.h"

#include "millwright/base/text.h"

namespace millwright {
namespace trait {
namespace {

// A row says only what the keys of a file do not: whether the MLP has a gate, biases, learnt
// positions, whether the embeddings are one matrix, and what an absent key means. Keys by which all
// families say the same thing are read by the readers themselves.
//
// Defaults are those of the published configuration classes (transformers, or the code beside the
// weights). Sizes are taken only inside a nested configuration, which leaves out what equals them.
constexpr Family rows[] = {
    {"llama vicuna aquila codellama", gated,
     R"({"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
         "num_hidden_layers": 32, "num_attention_heads": 32, "tie_word_embeddings": false})"},
    {"mistral ministral", gated,
     R"({"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336,
         "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
         "tie_word_embeddings": false})"},
    // intermediate_size is an expert's: there are no dense layers
    {"mixtral", gated | plain_width, R"({"num_key_value_heads": 8, "tie_word_embeddings": false})"},
    // its intermediate_size is both halves of the gated MLP
    {"qwen", gated | both_halves, R"({"tie_word_embeddings": false})"},
    {"qwen2 qwen2_vl qwen2_5_vl qwen2_vl_text qwen2_5_vl_text", gated,
     R"({"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
         "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
         "use_sliding_window": false, "max_window_layers": 28, "tie_word_embeddings": false})"},
    {"qwen2_moe", gated,
     R"({"shared_expert_intermediate_size": 5632, "moe_intermediate_size": 1408,
         "use_sliding_window": false, "max_window_layers": 28, "tie_word_embeddings": false})"},
    {"qwen3 qwen3_moe qwen3_vl_text qwen3_vl_moe_text", gated,
     R"({"head_dim": 128, "use_sliding_window": false, "tie_word_embeddings": false})"},
    // three layers of delta net to one of attention, with a gate on its output
    {"qwen3_next", gated | gated_output,
     R"({"head_dim": 256, "full_attention_interval": 4, "linear_conv_kernel_dim": 4,
         "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_num_key_heads": 16,
         "linear_num_value_heads": 32, "shared_expert_intermediate_size": 512,
         "moe_intermediate_size": 512, "num_experts": 512, "num_experts_per_tok": 10,
         "tie_word_embeddings": false})"},
    {"qwen3_5_moe qwen3_5_moe_text", gated | gated_output,
     R"({"vocab_size": 248320, "hidden_size": 2048, "num_hidden_layers": 40,
         "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256,
         "full_attention_interval": 4, "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128,
         "linear_value_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 32,
         "shared_expert_intermediate_size": 512, "moe_intermediate_size": 512,
         "num_experts": 256, "num_experts_per_tok": 8, "tie_word_embeddings": false})"},
    {"qwen3_5 qwen3_5_text", gated | gated_output,
     R"({"vocab_size": 248320, "hidden_size": 4096, "intermediate_size": 12288,
         "num_hidden_layers": 32, "num_attention_heads": 16, "num_key_value_heads": 4,
         "head_dim": 256, "full_attention_interval": 4, "linear_conv_kernel_dim": 4,
         "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_num_key_heads": 16,
         "linear_num_value_heads": 32, "tie_word_embeddings": false})"},
    {"gemma", gated, R"({"head_dim": 256, "tie_word_embeddings": true})"},
    // every second layer attends in full
    {"gemma2", gated,
     R"({"vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216,
         "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
         "head_dim": 256, "sliding_window": 4096, "sliding_window_pattern": 2,
         "tie_word_embeddings": true})"},
    // five windowed layers to a full one
    {"gemma3 gemma3_text", gated,
     R"({"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216,
         "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
         "head_dim": 256, "sliding_window": 4096, "sliding_window_pattern": 6,
         "tie_word_embeddings": true})"},
    {"gemma4 gemma4_text", gated | parallel_mlp,
     R"({"vocab_size": 262144, "hidden_size": 2304, "intermediate_size": 9216,
         "num_hidden_layers": 30, "num_attention_heads": 8, "num_key_value_heads": 4,
         "head_dim": 256, "global_head_dim": 512, "sliding_window": 512,
         "sliding_window_pattern": 6, "hidden_size_per_layer_input": 256,
         "tie_word_embeddings": true})"},
    // refused: what is counted wrong is worse than what is not counted
    {"gemma3n gemma3n_text", gated, "{}",
     "its per-layer embeddings and alternating updates are not understood"},
    {"deepseek", gated,
     R"({"moe_layer_freq": 1, "first_k_dense_replace": 0, "tie_word_embeddings": false})"},
    {"deepseek_v2 deepseek_vl_v2", gated,
     R"({"vocab_size": 102400, "hidden_size": 4096, "intermediate_size": 11008,
         "moe_intermediate_size": 1407, "num_hidden_layers": 30, "num_attention_heads": 32,
         "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "v_head_dim": 128,
         "qk_nope_head_dim": 128, "moe_layer_freq": 1, "first_k_dense_replace": 0,
         "tie_word_embeddings": false})"},
    // three dense layers first, unless the file says otherwise
    {"deepseek_v3 kimi_k2 deepseek_v32", gated,
     R"({"vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432,
         "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128,
         "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "v_head_dim": 128,
         "qk_nope_head_dim": 128, "n_shared_experts": 1, "n_routed_experts": 256,
         "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1,
         "tie_word_embeddings": false})"},
    {"deepseek_v4", gated, "{}",
     "its compressed attention and hyper-connections are not understood"},
    // intermediate_size is an expert's; dense layers have a width of their own
    {"llama4 llama4_text", gated | own_chunks | plain_width,
     R"({"vocab_size": 202048, "hidden_size": 5120, "intermediate_size": 8192,
         "intermediate_size_mlp": 16384, "num_hidden_layers": 48, "num_attention_heads": 40,
         "num_key_value_heads": 8, "head_dim": 128, "num_local_experts": 16,
         "num_experts_per_tok": 1, "n_shared_experts": 1, "interleave_moe_layer_step": 1,
         "attention_chunk_size": 8192, "no_rope_layer_interval": 4,
         "tie_word_embeddings": false})"},
    {"gpt_oss", gated | biases | plain_width,
     R"({"head_dim": 64, "num_key_value_heads": 8, "sliding_window": 128,
         "sliding_window_pattern": 2, "tie_word_embeddings": false})"},
    {"glm chatglm glm4", gated, R"({"tie_word_embeddings": false})"},
    {"glm4_moe glm4_moe_lite glm4v_moe_text dots1 seed_oss", gated,
     R"({"tie_word_embeddings": false})"},
    {"glm_moe_dsa", gated, R"({"tie_word_embeddings": false})"},
    {"ernie4_5", gated, R"({"tie_word_embeddings": true})"},
    {"ernie4_5_moe", gated,
     R"({"num_key_value_heads": 4, "moe_intermediate_size": 1536, "moe_k": 6,
         "moe_num_experts": 64, "moe_num_shared_experts": 2, "moe_layer_start_index": 1,
         "moe_layer_interval": 1, "tie_word_embeddings": true})"},
    {"hunyuan hunyuan_v1_dense hunyuan_v1_moe hunyuan_dense hunyuan_moe", gated,
     R"({"tie_word_embeddings": false})"},
    // a layer has two attentions, two dense MLPs and experts
    {"longcat_flash", gated | twin, R"({"tie_word_embeddings": false})"},
    {"minimax_m2", gated | plain_width, R"({"tie_word_embeddings": false})"},
    // attention and lightning attention in an order that only the file knows
    {"minimax minimax_text_01", gated | ordered | plain_width, R"({"tie_word_embeddings": false})"},
    {"nemotron", two_matrices, R"({"tie_word_embeddings": false})"},
    // each layer is a mixer or an MLP; a letter of the pattern says which
    {"nemotron_h", two_matrices | one_mixer | ordered,
     R"({"n_shared_experts": 1, "moe_shared_expert_intermediate_size": 7688,
         "moe_intermediate_size": 7688, "mamba_num_heads": 128, "mamba_head_dim": 64,
         "ssm_state_size": 128, "n_groups": 8,
         "conv_kernel": 4, "tie_word_embeddings": false})"},
    {"decilm", gated, R"({"tie_word_embeddings": false})"},
    {"nemotron-nas", gated | ordered, R"({"tie_word_embeddings": false})"},
    // attention in one layer of eight, the rest Mamba; experts in every second
    {"jamba", gated | plain_width,
     R"({"attn_layer_period": 8, "attn_layer_offset": 4, "expert_layer_period": 2,
         "expert_layer_offset": 1, "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2,
         "num_experts": 16, "num_experts_per_tok": 2, "tie_word_embeddings": false})"},
    // layers of a mixer alone, without an MLP
    {"mamba falcon_mamba", gated | mamba | one_mixer,
     R"({"state_size": 16, "conv_kernel": 4, "expand": 2, "tie_word_embeddings": true})"},
    {"mamba2", gated | mamba | one_mixer,
     R"({"conv_kernel": 4, "expand": 2, "n_groups": 8, "tie_word_embeddings": false})"},
    {"bamba granitemoehybrid", gated | ordered | plain_width, R"({"tie_word_embeddings": false})"},
    {"granite granitemoe granitemoeshared", gated | plain_width,
     R"({"tie_word_embeddings": false})"},
    {"kimi_linear", gated | ordered, R"({"tie_word_embeddings": false})"},
    {"lfm2 lfm2_moe", gated | ordered, R"({"tie_word_embeddings": true})"},
    // an absent width of the MLP means four times the hidden size
    {"gpt2", two_matrices | biases | learnt,
     R"({"mlp_ratio": 4, "n_positions": 1024, "tie_word_embeddings": true})"},
    {"gpt_bigcode", two_matrices | biases | learnt,
     R"({"mlp_ratio": 4, "n_positions": 1024, "multi_query": true, "tie_word_embeddings": true})"},
    {"gpt_neox", two_matrices | biases, R"({"tie_word_embeddings": false})"},
    {"gptj codegen", two_matrices, R"({"mlp_ratio": 4, "tie_word_embeddings": false})"},
    {"bloom", two_matrices | biases, R"({"mlp_ratio": 4, "tie_word_embeddings": true})"},
    {"opt", two_matrices | biases | learnt, R"({"tie_word_embeddings": true})"},
    {"mpt", two_matrices,
     R"({"mlp_ratio": 4, "attn_config.alibi": false, "tie_word_embeddings": true})"},
    // one key-value head unless the newer architecture says how many
    {"falcon RefinedWeb RefinedWebModel", two_matrices | old_falcon,
     R"({"mlp_ratio": 4, "new_decoder_architecture": false, "multi_query": true,
         "tie_word_embeddings": true})"},
    {"phi", two_matrices | biases, R"({"tie_word_embeddings": false})"},
    {"phi3 phi3small", gated, R"({"tie_word_embeddings": false})"},
    {"phimoe", gated | plain_width, R"({"tie_word_embeddings": false})"},
    {"starcoder2", two_matrices | biases,
     R"({"num_key_value_heads": 2, "tie_word_embeddings": true})"},
    {"persimmon arcee apertus", two_matrices, R"({"tie_word_embeddings": false})"},
    {"stablelm baichuan internlm internlm2 internlm3 xverse yi Yi orion exaone bitnet", gated,
     R"({"tie_word_embeddings": false})"},
    {"exaone4", gated,
     R"({"sliding_window": 4096, "sliding_window_pattern": 4, "tie_word_embeddings": false})"},
    {"minicpm", gated, R"({"tie_word_embeddings": true})"},
    {"minicpm3", gated, R"({"tie_word_embeddings": true})"},
    {"cohere", gated, R"({"tie_word_embeddings": true})"},
    {"cohere2", gated,
     R"({"sliding_window": 4096, "sliding_window_pattern": 4, "tie_word_embeddings": true})"},
    {"olmo olmo2 olmoe", gated | plain_width, R"({"tie_word_embeddings": false})"},
    {"olmo3", gated,
     R"({"sliding_window": 4096, "sliding_window_pattern": 4, "tie_word_embeddings": false})"},
    {"dbrx", gated | plain_width, R"({"tie_word_embeddings": false})"},
    {"grok-1 grok grok1", gated | plain_width, R"({"tie_word_embeddings": true})"},
    {"bailing_moe bailing_moe_v2", gated,
     R"({"first_k_dense_replace": 0, "tie_word_embeddings": false})"},
    {"smollm3", gated,
     R"({"use_sliding_window": false, "num_key_value_heads": 4, "tie_word_embeddings": true})"},
    {"PanguProMoE pangu", gated, R"({"tie_word_embeddings": false})"},
    {"step3_text", gated, R"({"tie_word_embeddings": false})",
     "its attention of low rank is not understood"},
    {"zamba zamba2", gated, "{}", "blocks shared by several layers are not understood"},
    {"recurrent_gemma", gated, "{}", "its recurrent blocks are not understood"},
    {"rwkv rwkv5 rwkv6 rwkv7", none, "{}", "its recurrent layers are not understood"},
    {"jetmoe", gated, "{}", "its mixture of attention heads is not understood"},
    {"falcon_h1", gated, "{}", "its layers of attention and Mamba side by side are not understood"},
    {"arctic", gated, "{}", "its dense residual beside the experts is not understood"},
    // known by name, so that the refusal says why
    {"bert roberta t5 mt5 bart whisper", none, "{}", "only decoders are understood"},
};

}  // namespace
}  // namespace trait

std::span<const Family> families() { return trait::rows; }

const Family* family_of(std::string_view model_type) {
    if (model_type.empty() || contains(model_type, " ")) return nullptr;
    for (const Family& family : trait::rows) {
        // whole words: "llama" is in "llama4" too
        const std::string types = " " + std::string(family.types) + " ";
        if (contains(types, " " + std::string(model_type) + " ")) return &family;
    }
    return nullptr;
}

}  // namespace millwright
