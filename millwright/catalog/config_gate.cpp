// Whether the MLP of a configuration has a gate.
#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/config_layers.h"

namespace millwright {
namespace {

// What layers are known to compute by, as their published code names it.
constexpr std::string_view activations =
    " silu swish gelu gelu_10 gelu_fast gelu_new gelu_python gelu_pytorch_tanh gelu_accurate "
    "gelu_python_tanh gelu_tanh quick_gelu geglu swiglu reglu glu relu relu2 relu6 relu_squared "
    "squared_relu leaky_relu prelu xielu laplace linear mish sigmoid tanh openai-gelu ";

}  // namespace

// An activation with "glu" in its name is a gate whatever the family; then the family's row says;
// then habit does, and the guess is told: SiLU comes with a gate, GELU and ReLU without, and a file
// that names none means SiLU.
bool is_gated(ConfigReading& r) {
    std::string activation;
    for (const char* key : {"hidden_act", "hidden_activation", "activation_function",
                            "mlp_hidden_act", "activation", "ffn_config.ffn_act_fn.name"}) {
        const std::string word = word_of(r, {key});
        if (activation.empty()) activation = lower(word);
    }
    if (!activation.empty() && !contains(activations, " " + activation + " ")) {
        r.caveats.push_back(
            fmt::format("the activation '{}' is not known: it is taken to cost what others do",
                        excerpt(activation)));
    }
    const std::string kind = word_of(r, {"ffn_config.ffn_type"});
    if (contains(activation, "glu") || contains(kind, "glu")) return true;
    if (r.is(trait::gated)) return true;
    if (r.is(trait::two_matrices)) return false;
    const bool gate = activation.empty() || activation == "silu" || activation == "swish";
    r.caveats.push_back(fmt::format("the MLP is taken to have {} by its activation '{}'",
                                    gate ? "a gate" : "no gate", activation));
    return gate;
}

}  // namespace millwright
