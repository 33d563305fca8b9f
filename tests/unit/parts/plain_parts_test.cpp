// What parts say of themselves, worked out by hand: formats, plans, models by their counts, and
// what an authority must be.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/parts/authority.h"
#include "millwright/parts/chip.h"
#include "millwright/parts/model.h"
#include "millwright/parts/plan.h"

namespace millwright {
namespace TEST_FILE {

TEST(Formats, HaveTheBitsThatRulesCount) {
    const std::pair<Format, int> bits[] = {
        {Format::fp64, 64}, {Format::fp32, 32}, {Format::tf32, 19}, {Format::bf16, 16},
        {Format::fp8, 8},   {Format::fp6, 6},   {Format::fp4, 4},   {Format::int8, 8}};
    ASSERT_EQ(std::size(bits), format_count);
    for (const auto& [format, count] : bits) EXPECT_EQ(bit_length(format), count);
}

TEST(Formats, OperandsOfARecipeAreAsWideAsItsProducts) {
    EXPECT_EQ(operand_bytes(Precision::bf16), 2);
    EXPECT_EQ(operand_bytes(Precision::fp8), 1);
    EXPECT_EQ(operand_bytes(Precision::fp8_block), 1);
    EXPECT_EQ(operand_bytes(Precision::fp4), 0.5);
}

TEST(Formats, AChipHasARateOfEach) {
    Chip chip;
    Cited<FlopRate>* rates[] = {&chip.fp64, &chip.fp32, &chip.tf32, &chip.bf16,
                                &chip.fp8,  &chip.fp6,  &chip.fp4,  &chip.int8};
    for (std::size_t i = 0; i < format_count; ++i) {
        rates[i]->value = static_cast<double>(i + 1) * unit::TFLOPS;
    }
    for (std::size_t i = 0; i < format_count; ++i) {
        EXPECT_EQ(rate(chip, static_cast<Format>(i)).value.in(unit::TFLOPS), i + 1) << i;
    }
}

TEST(Plans, ChipsAreTheProductOfWaysWithoutExperts) {
    const Plan plan{.tensor = 2, .pipeline = 3, .data = 5, .context = 7, .expert = 10};
    EXPECT_EQ(chips_used(plan), 210);
    EXPECT_EQ(chips_used(Plan{}), 1);
}

TEST(Plans, MicroBatchesAreWhole) {
    Plan plan{.data = 4, .micro_batch = 3, .global_batch = 48};
    EXPECT_EQ(micro_batches(plan), 4);
    plan.global_batch = 47;
    EXPECT_EQ(micro_batches(plan), 3);
    plan.global_batch = 11;
    EXPECT_EQ(micro_batches(plan), 0);
    plan.global_batch = 0;
    EXPECT_EQ(micro_batches(plan), 0);
}

TEST(Plans, BothIsEachOfTheTwo) {
    for (const auto& [offload, optimizer, activations] :
         {std::tuple(Offload::none, false, false), std::tuple(Offload::optimizer, true, false),
          std::tuple(Offload::activations, false, true), std::tuple(Offload::both, true, true)}) {
        EXPECT_EQ(offloads_optimizer(offload), optimizer);
        EXPECT_EQ(offloads_activations(offload), activations);
    }
}

Model counted_model(std::int64_t layers) {
    Model model;
    model.layers.value = layers;
    model.heads.value = 12;
    model.kv_heads.value = 4;
    model.head_dim.value = 64;
    model.ffn.value = 100;
    return model;
}

TEST(Layers, LatentAttentionHasItsRanksAndNoWidthOfAHead) {
    Model model = counted_model(1);
    EXPECT_EQ(attention_of(model).kind, MixerKind::attention);
    EXPECT_EQ(attention_of(model).kv_heads, 4);
    model.kv_lora.value = 512;
    model.rope_dim.value = 64;
    const Mixer mixer = attention_of(model);
    EXPECT_EQ(mixer.kind, MixerKind::latent);
    EXPECT_EQ(mixer.kv_lora, 512);
    EXPECT_EQ(mixer.rope_dim, 64);
    EXPECT_EQ(mixer.kv_heads, 0);
    EXPECT_EQ(mixer.head_dim, 0);
}

/// Dense kinds come before those with experts and full ones before those with windows, wherever in
/// the model they stand first.
TEST(Layers, KindsComeInOneOrderWhateverStandsFirst) {
    Model model = counted_model(4);
    model.window.value = 128;
    model.full_every.value = 2;
    model.experts.value = 8;
    model.moe_every.value = 4;
    const Pattern pattern = pattern_of(model);
    // of index 0 and 2 windowed and dense, 1 full and dense, 3 full with experts
    ASSERT_EQ(pattern.kinds.size(), 3U);
    EXPECT_EQ(pattern.kinds[0].mixer.window, 0);
    EXPECT_EQ(pattern.kinds[1].mixer.window, 128);
    EXPECT_EQ(pattern.kinds[2].channel, ChannelKind::experts);
    EXPECT_EQ(pattern.order, (std::vector<std::size_t>{1, 0, 1, 2}));
}

TEST(Layers, APredictionBlockAttendsInFullAndHasTheLastLayersChannel) {
    Model model = counted_model(2);
    model.window.value = 128;
    model.mtp_layers.value = 1;
    Pattern pattern = pattern_of(model);
    EXPECT_EQ(pattern.order, (std::vector<std::size_t>{1, 1}));
    EXPECT_EQ(pattern.kinds.at(pattern.prediction).mixer.window, 0);
    // of layers given one by one it has the attention, and no window either
    Mixer windowed = attention_of(model);
    windowed.window = 128;
    windowed.heads = 6;
    model.own_layers.assign(2, {windowed, ChannelKind::dense, 100});
    pattern = pattern_of(model);
    EXPECT_EQ(pattern.kinds.at(pattern.prediction).mixer.heads, 6);
    EXPECT_EQ(pattern.kinds.at(pattern.prediction).mixer.window, 0);
    // after a last layer without a channel it has the model's
    model.own_layers.assign(2, {attention_of(model), ChannelKind::dense, 100});
    model.own_layers[1] = {Mixer{.kind = MixerKind::mamba2, .heads = 8}, ChannelKind::none, 0};
    pattern = pattern_of(model);
    const Layer& block = pattern.kinds.at(pattern.prediction);
    EXPECT_EQ(block.channel, ChannelKind::dense);
    EXPECT_EQ(block.ffn, 100);
    EXPECT_EQ(block.mixer.kind, MixerKind::attention);
}

TEST(Layers, HeadsDivideIntoWhatAllMixersHaveInCommon) {
    Model model = counted_model(2);
    EXPECT_EQ(dividing_heads(model), 12);
    model.own_layers.assign(2, {attention_of(model), ChannelKind::dense, 100});
    model.own_layers[1].mixer.heads = 32;
    EXPECT_EQ(dividing_heads(model), 4);  // of 12 and 32
    model.own_layers[0].mixer = model.own_layers[1].mixer = {};
    EXPECT_EQ(dividing_heads(model), 1);  // what has no heads does not divide
}

TEST(Layers, IdleChoicesOfTheRouterMeetNoWeights) {
    Model model = counted_model(1);
    EXPECT_EQ(routed_experts(model), 0);
    model.experts.value = 12;
    model.top_k.value = 4;
    EXPECT_EQ(routed_experts(model), 4);
    model.idle_experts = 4;
    EXPECT_EQ(routed_experts(model), 3);  // twelve of sixteen choices have weights
}

TEST(Layers, AreCountedByMixerWhereTheyAreUnlike) {
    Model model = counted_model(3);
    EXPECT_EQ(mixers_text(model), "");
    model.own_layers.assign(3, {attention_of(model), ChannelKind::dense, 100});
    EXPECT_EQ(mixers_text(model), "");
    model.own_layers[1].mixer = {.kind = MixerKind::mamba2};
    model.own_layers[2].mixer = {};
    EXPECT_EQ(mixers_text(model), "1 of no token mixer, 1 of attention, 1 of Mamba-2");
}

// --- authorities ---------------------------------------------------------------------------

Authority sound(const std::string& id) {
    Authority a{.id = id, .name = id, .open = id + "_OPEN"};
    a.verdicts = {{.code = id + "_YES"}, {.code = id + "_NO", .tier = VerdictTier::denied}};
    return a;
}

Authority with_classes(const std::string& id) {
    Authority a = sound(id);
    a.classes = {{.code = id + ".a"}, {.code = id + ".b"}};
    a.under_all_lines = id + ".under";
    a.before_any_line = id + ".before";
    a.class_open = id + ".open";
    a.uncontrolled = "nothing is asked";
    return a;
}

std::string told(const Authority& a) { return to_text(authority_faults(std::vector{a})); }

TEST(Authorities, AreSoundOrSayWhatIsWrong) {
    EXPECT_EQ(told(sound("us")), "");
    EXPECT_EQ(told(with_classes("us")), "");
    for (const char* id : {"", "US", "1us", "u-s", "u s", "_us"}) {
        EXPECT_TRUE(contains(told(sound(id)), "cannot be the key of an answer")) << id;
    }
    for (const char* id : {"u", "us2", "u_s"}) EXPECT_EQ(told(sound(id)), "") << id;
    Authority a = sound("us");
    a.verdicts.clear();
    EXPECT_TRUE(contains(told(a), "an authority has 1 to 24 verdicts"));
    a = sound("us");
    std::swap(a.verdicts[0].tier, a.verdicts[1].tier);
    EXPECT_TRUE(contains(told(a), "'us_NO' is stricter than 'us_YES', but of a looser tier"));
    a = sound("us");
    a.open = "";
    EXPECT_TRUE(contains(told(a), "'open' is the code of an export"));
    a.asks = AsksAbout::use;
    EXPECT_EQ(told(a), "");
    a = with_classes("us");
    a.class_open = "";
    EXPECT_TRUE(contains(told(a), "classes need words for parts in none of them"));
}

TEST(Authorities, NumbersEndWhereBitsOfAWordDo) {
    Authority a = sound("us");
    while (a.verdicts.size() < most_verdicts) {
        a.verdicts.push_back(
            {.code = fmt::format("V{}", a.verdicts.size()), .tier = VerdictTier::denied});
    }
    EXPECT_EQ(told(a), "");
    a.verdicts.push_back({.code = "more", .tier = VerdictTier::denied});
    EXPECT_FALSE(told(a).empty());
    std::vector<Authority> all;
    while (all.size() < most_authorities) all.push_back(sound(fmt::format("a{}", all.size())));
    EXPECT_EQ(to_text(authority_faults(all)), "");
    all.push_back(sound("b"));
    EXPECT_TRUE(contains(to_text(authority_faults(all)), "there are 9 authorities, more than 8"));
}

TEST(Authorities, ACodeMeansOneThing) {
    Authority us = with_classes("us"), eu = with_classes("eu");
    EXPECT_EQ(to_text(authority_faults(std::vector{us, eu})), "");
    eu.verdicts[0].code = "us_OPEN";
    eu.classes[1].code = "us.before";
    const std::string both = to_text(authority_faults(std::vector{us, eu}));
    EXPECT_TRUE(contains(both, "'us_OPEN' is a code of 'us' already")) << both;
    EXPECT_TRUE(contains(both, "'us.before' is a code of 'us' already")) << both;
    // of verdicts and of classes apart
    eu = with_classes("eu");
    eu.classes[0].code = "us_YES";
    EXPECT_EQ(to_text(authority_faults(std::vector{us, eu})), "");
}

TEST(Authorities, IndicesAreThoseOfRowsAndThenOfWordsForNone) {
    const Authority a = with_classes("us");
    EXPECT_EQ(verdict_index(a, "us_NO"), 1);
    EXPECT_EQ(verdict_index(a, "us_OPEN"), -1);
    EXPECT_EQ(class_index(a, "us.b"), 1);
    EXPECT_EQ(class_index(a, "us.under"), 2);
    EXPECT_EQ(class_index(a, "us.before"), 3);
    EXPECT_EQ(class_index(a, "us.open"), -1);
    EXPECT_EQ(class_index(sound("us"), ""), -1);
}

Written<std::vector<std::string>> codes(std::vector<std::string> list) {
    return {std::move(list), {"r.toml", 3, 1}, true};
}

std::string told_of(const Requirement& ask) {
    const std::vector<Authority> both{with_classes("us"), with_classes("eu")};
    Rule rule;
    rule.requirements = {ask};
    return to_text(code_faults(rule, both));
}

TEST(Codes, OfARowAreOfOneAuthority) {
    EXPECT_EQ(told_of({.classes = codes({"us.a", "us.under"})}), "");
    EXPECT_TRUE(contains(told_of({.classes = codes({"us.a", "eu.b"})}),
                         "'eu.b' is a class of 'eu', those before it of 'us'"));
    EXPECT_TRUE(contains(told_of({.classes = codes({"us.c"})}),
                         "r.toml:3:1: error: no class of an authority is called 'us.c'"));
    EXPECT_TRUE(contains(told_of({.classes = codes({"us.aa"})}), "did you mean"));
    Requirement ask{.after = codes({"us_YES"})};
    ask.verdict = {"us_NO", {}, true};
    EXPECT_EQ(told_of(ask), "");
    ask.verdict.value = "eu_NO";
    EXPECT_TRUE(contains(told_of(ask), "'us_YES' is no answer that this row can follow on"));
    ask.verdict.value = "us_NEIN";
    EXPECT_TRUE(contains(told_of(ask), "no verdict of an authority is called 'us_NEIN'"));
}

TEST(Codes, ALineGivesAClassOfARow) {
    const std::vector<Authority> one{with_classes("us")};
    Rule rule;
    rule.lines.emplace_back();
    EXPECT_EQ(to_text(code_faults(rule, one)), "");  // what was faulty is not judged
    for (const auto& [code, good] : {std::pair("us.a", true), std::pair("us.under", false),
                                     std::pair("us.before", false), std::pair("us_YES", false)}) {
        rule.lines[0].cls = {code, {"r.toml", 1, 1}, true};
        EXPECT_EQ(code_faults(rule, one).size(), good ? 0U : 1U) << code;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
