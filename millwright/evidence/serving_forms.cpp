// What a cell says of a part comes before what it says of all weights, that before the model's
// name, that before what its maker publishes. "FP8" means the model's own kind of it, and a model
// published with experts in MXFP4 stays so, whatever narrow form is printed. Ends of a name are
// taken off one by one until the catalog knows the rest.
#include "millwright/evidence/serving_forms.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "millwright/evidence/sayings.h"

namespace millwright {
namespace {

/// A word for a form of weights, as a whole word; of words inside each other the longer is first.
struct FormWord {
    std::string_view word;
    WeightForm form;
};

constexpr std::array form_words{
    FormWord{"fp8_block", WeightForm::fp8_block},
    FormWord{"fp8-block", WeightForm::fp8_block},
    FormWord{"block fp8", WeightForm::fp8_block},
    FormWord{"mxfp8", WeightForm::fp8_block},
    FormWord{"nvfp4", WeightForm::nvfp4},
    FormWord{"mxfp4", WeightForm::mxfp4},
    FormWord{"w4a16_mxfp4", WeightForm::mxfp4},
    FormWord{"int4", WeightForm::int4},
    FormWord{"awq", WeightForm::int4},
    FormWord{"gptq", WeightForm::int4},
    FormWord{"w4a16", WeightForm::int4},
    FormWord{"w4a8", WeightForm::int4},
    FormWord{"int8", WeightForm::int8},
    FormWord{"w8a8", WeightForm::int8},
    FormWord{"fp4", WeightForm::nvfp4},
    FormWord{"fp8", WeightForm::fp8},
    FormWord{"f8_e4m3", WeightForm::fp8},
    FormWord{"bf16", WeightForm::bf16},
    FormWord{"fp16", WeightForm::bf16},
    FormWord{"bfloat16", WeightForm::bf16},
    FormWord{"float16", WeightForm::bf16},
    FormWord{"half", WeightForm::bf16},
};

/// The first form that a text in lower case names; of two at one place the longer word.
std::optional<WeightForm> form_in(const std::string& low) {
    std::size_t best = std::string::npos, length = 0;
    std::optional<WeightForm> form;
    for (const FormWord& word : form_words) {
        const std::size_t at = low.find(word.word);
        if (at == std::string::npos || at > best) continue;
        if (at == best && word.word.size() <= length) continue;
        best = at;
        length = word.word.size();
        form = word.form;
    }
    return form;
}

std::optional<double> cache_in(const std::string& low) {
    const auto form = form_in(low);
    if (!form) return std::nullopt;
    return *form == WeightForm::bf16 ? 2.0 : std::max(0.5, std::floor(2 * bytes_of(*form)) / 2);
}

/// What a cell says, part by part.
struct SaidForms {
    std::optional<WeightForm> weights, dense, experts, attention;
    std::optional<double> cache_bytes;
    bool experts_alone = false;    // the form of weights is of experts
    bool experts_and_mlp = false;  // of experts and dense MLPs
    bool own = false;              // as published, whatever the cell calls it
};

const Sayings<SaidForms>& form_sayings() {
    using Said = SaidForms;
    static const Sayings<Said> table{
        {"kv", R"(\bkv(?:[_ ]?cache)?\s*=\s*([\w-]+))",
         [](Said& said, const Heard& heard) { said.cache_bytes = cache_in(heard.text(1)); }},
        {"attn", R"(\battn(?:/kv)?\s*=\s*([\w-]+))",
         [](Said& said, const Heard& heard) { said.attention = form_in(heard.text(1)); }},
        {"w=", R"((?:^|[^\w])w\s*=\s*([\w-]+(?:\s*/\s*[\w-]+)*))",
         [](Said& said, const Heard& heard) {
             said.weights = form_in(heard.text(1));
             // "fp8/fp4": experts, which are most of the weights, are in the narrower
             const std::size_t slash = heard.text(1).find('/');
             if (slash == std::string::npos) return;
             const auto other = form_in(heard.text(1).substr(slash));
             if (other && said.weights) said.experts = other;
         }},
        // bytes that hold two numbers of four bits
        {"/u8", R"(/u8\b)", [](Said& said, const Heard&) { said.experts = WeightForm::nvfp4; }},
        {"gemm", R"(\bgemm\s+([\w-]+))",
         [](Said& said, const Heard& heard) { said.dense = form_in(heard.text(1)); }},
        {"moe ", R"(\bmoe\s+([\w-]+))",
         [](Said& said, const Heard& heard) { said.experts = form_in(heard.text(1)); }},
        {"(moe)", R"(\(moe\))", [](Said& said, const Heard&) { said.experts_alone = true; }},
        {"(moe", R"(\(moe\s*\+\s*dense)",
         [](Said& said, const Heard&) { said.experts_and_mlp = true; }},
        {"(moe", R"(\(moe\s*,)", [](Said& said, const Heard&) { said.experts_and_mlp = true; }},
        {"native", R"(\bnative)", [](Said& said, const Heard&) { said.own = true; }},
        {"see page", R"(see page)", [](Said& said, const Heard&) { said.own = true; }},
    };
    return table;
}

/// What is said behind a name, and which of it are forms.
struct NameEnd {
    std::string_view end;  // in lower case, with its dash
    std::optional<WeightForm> form;
};

const std::array name_ends{
    NameEnd{"-fp8-block", WeightForm::fp8_block},
    NameEnd{"-fp8-dynamic", WeightForm::fp8},
    NameEnd{"-fp8", WeightForm::fp8},
    NameEnd{"-nvfp4", WeightForm::nvfp4},
    NameEnd{"-fp4", WeightForm::nvfp4},
    NameEnd{"-mxfp4", WeightForm::mxfp4},
    NameEnd{"-awq", WeightForm::int4},
    NameEnd{"-gptq-int4", WeightForm::int4},
    NameEnd{"-gptq", WeightForm::int4},
    NameEnd{"-int4", WeightForm::int4},
    NameEnd{"-w4a16", WeightForm::int4},
    NameEnd{"-w8a8", WeightForm::int8},
    NameEnd{"-int8", WeightForm::int8},
    NameEnd{"-bf16", WeightForm::bf16},
    NameEnd{"-instruct", std::nullopt},
    NameEnd{"-chat", std::nullopt},
    NameEnd{"-base", std::nullopt},
    NameEnd{"-thinking", std::nullopt},
    NameEnd{"-it", std::nullopt},
    NameEnd{"-hf", std::nullopt},
    NameEnd{"-2507", std::nullopt},
    NameEnd{"-0528", std::nullopt},
    NameEnd{"-0324", std::nullopt},
    NameEnd{"-terminus", std::nullopt},
    NameEnd{"-exp", std::nullopt},
    NameEnd{"-v0.1", std::nullopt},
    NameEnd{"-v0.2", std::nullopt},
    NameEnd{"-v0.3", std::nullopt},
    NameEnd{"-architecture", std::nullopt},
    NameEnd{"-v2", std::nullopt},
};

/// Takes one end off; false if there is none.
bool take_end(std::string& name, ServedName& served) {
    for (const NameEnd& end : name_ends) {
        if (!name.ends_with(end.end) || name.size() == end.end.size()) continue;
        name.resize(name.size() - end.end.size());
        if (end.form && !served.form) served.form = end.form;
        return true;
    }
    return false;
}

/// The model of a name, whatever ends it has.
bool find_with_ends(const Catalog& catalog, std::string name, ServedName& served) {
    ServedName found = served;
    std::string whole = slug(name);
    do {
        found.model = find_part(catalog.models, whole);
    } while (found.model == nullptr && take_end(whole, found));
    if (found.model == nullptr) return false;
    // an alias may hold the end that says the form
    std::string ends = slug(name);
    while (take_end(ends, found)) {
    }
    served = found;
    return true;
}

/// What a name could be without remarks, owners, alternatives and words around it.
std::vector<std::string> readings_of(const std::string& printed) {
    std::vector<std::string> readings{printed};
    const auto add = [&](std::string_view text) {
        if (!trimmed(text).empty()) readings.emplace_back(trimmed(text));
    };
    const std::string plain = printed.substr(0, printed.find('('));
    add(plain);
    const std::size_t slash = plain.find('/');
    if (slash != std::string::npos) {
        add(std::string_view(plain).substr(slash + 1));  // an owner before it
        add(std::string_view(plain).substr(0, slash));   // or another name behind it
    }
    const std::size_t space = plain.find(' ');
    if (space != std::string::npos) add(std::string_view(plain).substr(space + 1));
    const std::size_t last = plain.find_last_of(' ');
    if (last != std::string::npos && space != last && last > space) {
        add(std::string_view(plain).substr(space + 1, last - space - 1));
    }
    return readings;
}

/// The form that FP8 of this model means, and all else as it is.
WeightForm as_published(const Model& model, WeightForm form) {
    return form == WeightForm::fp8 ? model.kept_fp8 : form;
}

/// Whether a form is that of the published weights under another name: models that are trained in
/// MXFP4 have no other narrow form.
bool is_own_form(const Model& model, WeightForm form) {
    if (!is_moe(model) || bytes_of(form) >= 2) return false;
    return model.kept_experts == WeightForm::mxfp4 ||
           (bytes_of(form) < 1 && model.kept_experts == form);
}

void take_weights(const SaidForms& said, const Model& model, ServedForms& forms) {
    const WeightForm form = as_published(model, *said.weights);
    if (is_own_form(model, form)) return;
    if (said.experts_alone || said.experts_and_mlp) {
        forms.experts = form;
        if (said.experts_and_mlp) forms.dense = form;
        return;
    }
    forms = {.attention = form, .dense = form, .experts = form, .cache_bytes = 2};
    // published checkpoints in four bits keep the projections of latent attention wide
    const bool narrow = form == WeightForm::nvfp4 && model.kv_lora.value > 0;
    if (narrow) forms.attention = WeightForm::bf16;
}

/// Bytes of the cache where nobody says: engines keep it as wide as activations, but recipes for
/// quantised weights of NVIDIA's own engine, and those for chips with FP4, have it in FP8.
double usual_cache(const ServingRow& row) {
    const bool quantised =
        row.forms.dense != WeightForm::bf16 || row.forms.experts != WeightForm::bf16;
    const bool own_engine = row.engine != nullptr && row.engine->reservation == Reservation::whole;
    return quantised && (own_engine || row.chip->fp4.known()) && row.chip->fp8.known() ? 1 : 2;
}

}  // namespace

ServedName served_model(const Catalog& catalog, const std::string& printed) {
    ServedName served;
    for (const std::string& reading : readings_of(printed)) {
        if (find_with_ends(catalog, reading, served)) break;
    }
    return served;
}

void read_forms(const std::string& precision, const ServedName& name, ServingRow& row) {
    const Model& model = row.model;
    SaidForms said;
    const std::string low = lower(precision);
    form_sayings().all(low, said);
    if (!said.weights && !said.own) said.weights = form_in(low);
    row.forms = {.attention = model.kept_attention,
                 .dense = model.kept_dense,
                 .experts = model.kept_experts};
    if (!said.weights && name.form && !said.own) said.weights = name.form;
    if (said.weights && !said.own) {
        take_weights(said, model, row.forms);
    } else {
        row.defaults.push_back("weights as their maker publishes them");
    }
    const bool own = said.weights && is_own_form(model, *said.weights);
    if (said.dense && !own) {
        row.forms.dense = as_published(model, *said.dense);
        if (bytes_of(row.forms.dense) >= 1) row.forms.attention = row.forms.dense;
    }
    if (said.experts && !own) row.forms.experts = as_published(model, *said.experts);
    // beside weights in a byte and more the word means attention's own products
    if (said.attention && said.weights && bytes_of(*said.weights) < 1) {
        row.forms.attention = as_published(model, *said.attention);
    }
    if (said.cache_bytes) {
        row.forms.cache_bytes = *said.cache_bytes;
        return;
    }
    row.forms.cache_bytes = usual_cache(row);
    row.defaults.push_back(fmt::format("a cache of {:.0f} bytes a number", row.forms.cache_bytes));
}

}  // namespace millwright
