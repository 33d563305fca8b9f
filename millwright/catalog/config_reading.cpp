// Nested objects are flattened to dotted keys, and each question asks for all names of a thing at
// once. What was asked for is remembered, so that at the end the keys are known that nobody
// understood; what was faulty too, so that no fault follows from another.
#include "millwright/catalog/config_reading.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

// Counts are at most this; objects nested deeper stay values, which nobody reads.
constexpr std::int64_t most = 1'000'000'000;
constexpr int deepest_object = 3;

Place place_at(std::string_view text, const std::string& file, std::size_t offset) {
    Place place{file, 1, 1};
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        place.column = text[i] == '\n' ? 1 : place.column + 1;
        place.line += text[i] == '\n' ? 1 : 0;
    }
    return place;
}

/// Where the key stands: the last part of a dotted one, from the language model on.
/// Parsed JSON has no places: the first key of that name counts.
Place place_of(const ConfigReading& r, const std::string& key) {
    const std::string quoted = "\"" + key.substr(key.rfind('.') + 1) + "\"";
    const std::size_t at = r.text.find(quoted, r.begin);
    return at == std::string_view::npos ? Place{r.file, 1, 1} : place_at(r.text, r.file, at);
}

constexpr std::string_view python_numbers[] = {"-Infinity", "Infinity", "NaN"};

/// What stands for one of them: a text that no configuration has, of the same length.
std::string stand_in(std::string_view token) {
    return '"' + std::string(token.size() - 2, '\x7f') + '"';
}

bool is_stand_in(const Json& value) {
    return value.is_string() && value.get_ref<const std::string&>().starts_with('\x7f');
}

/// Python writes Infinity, -Infinity and NaN, which JSON lacks: they become texts as long as they
/// are, so that places of other faults stay true and no number is read from them.
std::string without_python_numbers(std::string_view text) {
    std::string out(text);
    bool quoted = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (quoted && out[i] == '\\') {
            ++i;
        } else if (out[i] == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            for (const std::string_view token : python_numbers) {
                if (std::string_view(out).substr(i, token.size()) != token) continue;
                out.replace(i, token.size(), stand_in(token));
                i += token.size() - 1;
                break;
            }
        }
    }
    return out;
}

/// What the format allows and a configuration must not have.
struct Oddities {
    std::string twice;  // a key that is written twice in one object
    bool deep = false;  // nested so deeply that reading it would take the stack
};

/// The callback sees what a parsed object no longer shows: keys written twice, and depth as it
/// grows.
Json parse_once(const std::string& text, Oddities& odd) {
    constexpr int most_depth = 64;
    std::vector<std::set<std::string>> open;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        odd.deep = odd.deep || depth > most_depth;
        if (event == Json::parse_event_t::object_start) open.emplace_back();
        if (event == Json::parse_event_t::object_end) open.pop_back();
        if (event == Json::parse_event_t::key && !open.back().insert(parsed).second) {
            odd.twice = parsed;
        }
        return depth <= most_depth;
    };
    return Json::parse(text, watch);
}

Result<Json> parsed(std::string_view text, const std::string& file) {
    Oddities odd;
    try {
        Json root = parse_once(without_python_numbers(text), odd);
        if (odd.deep)
            return failure(
                {{file, 1, 1}, "it is nested too deeply", "a configuration has a few levels"});
        if (!root.is_object())
            return failure(
                {{file, 1, 1}, "a JSON object is expected", "such as a config.json of the hub"});
        if (odd.twice.empty()) return root;
        const std::size_t at = text.rfind("\"" + odd.twice + "\"");
        return failure({place_at(text, file, at == std::string_view::npos ? 0 : at),
                        fmt::format("'{}' is written twice", odd.twice), "keep one of them"});
    } catch (const Json::parse_error& error) {
        return failure({place_at(text, file, error.byte > 0 ? error.byte - 1 : 0),
                        "this is not valid JSON", "a Hugging Face config.json is expected"});
    } catch (const Json::exception&) {  // a number beyond doubles
        return failure(
            {{file, 1, 1}, "a number in it is out of range", "counts are whole numbers"});
    }
}

/// {"a": {"b": 1}} becomes "a.b", so that all keys are looked for alike.
void flatten(const Json& object, const std::string& prefix, int depth,
             std::map<std::string, Json>& into) {
    for (const auto& [key, value] : object.items()) {
        if (value.is_object() && depth < deepest_object) {
            flatten(value, prefix + key + ".", depth + 1, into);
        } else {
            into[prefix + key] = value;
        }
    }
}

/// Steps into the configuration of the language model of one that sees or hears too.
void step_inside(ConfigReading& r, Json& root) {
    const Keys inner{"text_config", "llm_config", "language_config", "thinker_config",
                     "language_model_config"};
    bool found = true;
    while (found) {
        found = false;
        for (const std::string& key : inner) {
            const auto at = root.find(key);
            if (at == root.end() || !at->is_object()) continue;
            const std::size_t from = r.text.find("\"" + key + "\"", r.begin);
            if (from != std::string_view::npos) r.begin = from;
            Json model = *at;
            // what the language model leaves out, the whole may say for it
            for (const char* shared :
                 {"tie_word_embeddings", "model_type", "architectures", "vocab_size", "hidden_size",
                  "intermediate_size", "num_hidden_layers", "num_attention_heads"}) {
                if (!model.contains(shared) && root.contains(shared)) model[shared] = root[shared];
            }
            root = std::move(model);
            r.nested = found = true;
            break;
        }
    }
}

/// model_type, or what the class name of `architectures` says: LlamaForCausalLM is llama.
std::string type_of(const Json& root) {
    const auto type = root.find("model_type");
    if (type != root.end() && type->is_string()) return type->get<std::string>();
    const auto classes = root.find("architectures");
    if (classes == root.end() || !classes->is_array() || classes->empty()) return "";
    if (!classes->front().is_string()) return "";
    const std::string name = classes->front().get<std::string>();
    return lower(name.substr(0, name.find("For")));
}

/// 8, not 8.0 or "8"; unsigned numbers beyond 2^63 are compared as what they are.
bool is_count(const Json& value) {
    return value.is_number_integer() && value.get<std::int64_t>() >= 0 &&
           value.get<std::int64_t>() <= most &&
           !(value.is_number_unsigned() && value.get<std::uint64_t>() > most);
}

/// A number, or a list of the same number for each layer.
std::optional<std::int64_t> count_in(ConfigReading& r, const std::string& key, const Json& value) {
    if (is_count(value)) return value.get<std::int64_t>();
    if (value.is_array() && !value.empty()) {
        const bool equal = std::all_of(value.begin(), value.end(),
                                       [&](const Json& item) { return item == value.front(); });
        if (equal && is_count(value.front())) {
            if (!fits_layers(r, key, value.size())) return std::nullopt;
            return value.front().get<std::int64_t>();
        }
    }
    r.fault(key, fmt::format("'{}' is {}, not a count", key, short_text(value)),
            "counts are whole numbers from 0 to 1000000000");
    return std::nullopt;
}

const std::string& first_given(const ConfigReading& r, const Keys& keys) {
    for (const std::string& key : keys) {
        if (r.given.contains(key)) return key;
    }
    return keys.front();
}

/// Whether the key is one of the names.
bool is_in(const std::string& key, const Keys& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// What a file that is not nested always writes, so that its absence is a fault.
const Keys size_keys{"num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size",
                     "intermediate_size"};

}  // namespace

std::string short_text(const nlohmann::json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    for (const std::string_view token : python_numbers) {
        const std::string stand = stand_in(token);
        for (std::size_t at = 0; (at = text.find(stand, at)) != std::string::npos;) {
            text.replace(at, stand.size(), token);
        }
    }
    return text.size() > 40 ? text.substr(0, 40) + "..." : text;
}

void ConfigReading::fault(const std::string& key, std::string message, std::string hint) {
    // asked again by another reader, a key is as faulty as before
    const auto same = [&](const Fault& other) { return other.message == message; };
    faulty.insert(key);
    if (std::any_of(faults.begin(), faults.end(), same)) return;
    faults.push_back({place_of(*this, key), std::move(message), std::move(hint)});
}

bool ConfigReading::any_faulty(const Keys& keys) const {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const std::string& key) { return faulty.contains(key); });
}

Result<ConfigReading> parse_config(std::string_view text, const std::string& file) {
    auto root = parsed(text, file);
    if (!root) return tl::unexpected<Faults>(root.error());
    ConfigReading r;
    r.file = file;
    r.text = text;
    step_inside(r, *root);
    const auto type = root->find("model_type");
    if (type != root->end() && !type->is_null() && (!type->is_string() || is_stand_in(*type))) {
        r.fault("model_type", fmt::format("'model_type' is {}, not a name", short_text(*type)),
                "the family in quotes, such as \"llama\": what other keys mean hangs on it");
        return failure(std::move(r.faults));
    }
    r.type = type_of(*root);
    if (const Family* family = family_of(r.type)) {
        r.family = *family;
        r.family_known = true;
    }
    r.defaults = Json::parse(r.family_known ? r.family.defaults : "{}");
    flatten(*root, "", 0, r.given);
    return r;
}

const nlohmann::json* value_of(ConfigReading& r, const Keys& keys) {
    const Json* found = nullptr;
    std::string under;
    bool written = false;
    for (const std::string& key : keys) {
        const auto at = r.given.find(key);
        if (at == r.given.end()) continue;
        written = true;
        r.understood.insert(key);
        if (at->second.is_null()) continue;
        // of two names that disagree nobody can say which is meant
        if (found == nullptr) {
            found = &at->second;
            under = key;
        } else if (*found != at->second) {
            r.fault(key,
                    fmt::format("'{}' is {} and '{}' is {}", under, short_text(*found), key,
                                short_text(at->second)),
                    "they name one thing: keep one of them");
            r.faulty.insert(keys.begin(), keys.end());
        }
    }
    if (written) return found;
    for (const std::string& key : keys) {
        const auto usual = r.defaults.find(key);
        if (usual == r.defaults.end()) continue;
        // the size of a class is no size of a file that left it out by mistake
        if (!r.nested && is_in(key, size_keys)) return nullptr;
        if (!is_in(key, r.filled)) r.filled.push_back(key);
        return &*usual;
    }
    return nullptr;
}

std::optional<std::int64_t> count_of(ConfigReading& r, const Keys& keys) {
    const Json* value = value_of(r, keys);
    if (value == nullptr || value->empty() || r.any_faulty(keys)) return std::nullopt;
    const auto count = count_in(r, first_given(r, keys), *value);
    if (!count) r.faulty.insert(keys.begin(), keys.end());
    return count;
}

std::int64_t needed_count(ConfigReading& r, const Keys& keys, std::string_view doc) {
    const auto value = count_of(r, keys);
    if (value && *value > 0) return *value;
    if (value) {
        r.fault(first_given(r, keys), fmt::format("the {} is zero", doc),
                "write a whole number from 1 to 1000000000");
    } else if (!r.any_faulty(keys)) {
        r.fault(keys.front(), fmt::format("the configuration lacks the {}", doc),
                "looked for " + join(keys, ", "));
    }
    r.faulty.insert(keys.begin(), keys.end());
    // one, so that what divides by it goes on
    return 1;
}

std::vector<std::int64_t> counts_of(ConfigReading& r, const Keys& keys, std::int64_t layers) {
    const Json* value = value_of(r, keys);
    if (value == nullptr) return {};
    const auto size = static_cast<std::size_t>(layers);
    const std::string& key = first_given(r, keys);
    if (!value->is_array() || value->size() == 1) {
        const auto one = count_in(r, key, *value);
        return one ? std::vector<std::int64_t>(size, *one) : std::vector<std::int64_t>{};
    }
    if (!fits_layers(r, key, value->size()) || value->size() < size) return {};
    std::vector<std::int64_t> counts;
    for (std::size_t i = 0; i < size; ++i) {
        counts.push_back(count_in(r, key, (*value)[i]).value_or(0));
    }
    return counts;
}

bool fits_layers(ConfigReading& r, const std::string& key, std::size_t entries) {
    const auto layers = static_cast<std::size_t>(r.layers);
    if (entries == 1 || layers == 0 || entries == layers ||
        entries == layers + static_cast<std::size_t>(r.extra)) {
        return true;
    }
    r.fault(key, fmt::format("'{}' has {} entries for {} layers", key, entries, layers),
            "give one entry a layer, or one for all");
    return false;
}

bool flag_of(ConfigReading& r, const Keys& keys, bool otherwise) {
    const Json* value = value_of(r, keys);
    if (value == nullptr) return otherwise;
    if (value->is_boolean()) return value->get<bool>();
    const std::string& key = first_given(r, keys);
    r.fault(key, fmt::format("'{}' is {}, neither true nor false", key, short_text(*value)),
            "write true or false, without quotes");
    r.faulty.insert(keys.begin(), keys.end());
    return otherwise;
}

std::string word_of(ConfigReading& r, const Keys& keys) {
    const Json* value = value_of(r, keys);
    if (value == nullptr) return "";
    if (value->is_string() && !is_stand_in(*value)) return value->get<std::string>();
    const std::string& key = first_given(r, keys);
    if (!value->is_object()) {
        r.fault(key, fmt::format("'{}' is {}, not a name", key, short_text(*value)),
                "write a name in quotes, or leave the key out");
    }
    return "";
}

std::vector<std::string> words_of(ConfigReading& r, const Keys& keys) {
    const Json* value = value_of(r, keys);
    if (value == nullptr) return {};
    std::vector<std::string> words;
    if (value->is_string() && !is_stand_in(*value)) {
        std::string word;
        for (const char c : value->get<std::string>() + ",") {
            if (c == ',') {
                words.push_back(word);
                word.clear();
            } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
                word += c;
            }
        }
        return words;
    }
    const std::string& key = first_given(r, keys);
    if (!value->is_array()) {
        r.fault(key, fmt::format("'{}' is {}, not a list", key, short_text(*value)),
                "write a list in brackets, with one entry a layer");
        return {};
    }
    for (const Json& item : *value) {
        words.push_back(item.is_string() && !is_stand_in(item) ? item.get<std::string>()
                                                               : short_text(item));
    }
    return words;
}

}  // namespace millwright
