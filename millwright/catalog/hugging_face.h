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
/// What was taken for granted is in the model's `caveats`. Every fault of a text that parses is
/// told; none follows from another. Towers for sight and sound are not counted.
Result<Model> model_from_config(std::string_view text, const std::string& file);

/// The source entry of such a file.
/// Its grade is that of a maker's statement, since the file is the model's own.
Source config_source(const std::string& id, const std::string& file);

/// Marks every figure of the model as taken from `source`.
/// Those that the file does not give too: zero is what it says of them.
void cite(Model& model, SourceId source);

}  // namespace millwright
