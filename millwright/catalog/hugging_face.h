// Models from Hugging Face config.json files, as they are.
#pragma once

#include <string>
#include <string_view>

#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

/// Reads a decoder configuration (Llama, Mistral, Mixtral, Qwen, DeepSeek, Kimi, gpt-oss, GPT-2,
/// GPT-NeoX, BLOOM, OPT and others of the same keys; a nested `text_config` too). The fault for a
/// missing field names the keys it was looked for under.
Result<Model> model_from_config(std::string_view text, const std::string& file);

/// The source entry of such a file.
Source config_source(const std::string& id, const std::string& file);

/// Marks every figure of the model as taken from `source`.
void cite(Model& model, SourceId source);

}  // namespace millwright
