// Tenants as written, and what a deployment does with them.
#include "millwright/api/tenants.h"

#include <gtest/gtest.h>

#include "millwright/api/serve.h"
#include "millwright/base/text.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.threads = 1};

const std::string two =
    "[[tenant]]\nname = \"chat\"\nshare = 3\nprompt = \"uniform(100,300)\"\noutput = \"50\"\n"
    "[[tenant]]\nname = \"batch\"\nshare = 1\npriority = -1\nweight = 2.5\nprompt = \"4000\"\n"
    "output = \"200\"\nprefix_tokens = 1000\nprefix_groups = 4\n";

Result<std::vector<NamedTenant>> read(const std::string& text) {
    const TestFolder folder;
    return read_tenants(folder.put("t.toml", text));
}

std::string faults_of(const std::string& text) {
    const auto tenants = read(text);
    return tenants ? "" : to_text(tenants.error());
}

TEST(Tenants, AreReadAsWritten) {
    const auto tenants = read(two);
    ASSERT_TRUE(tenants) << to_text(tenants.error());
    ASSERT_EQ(tenants->size(), 2U);
    const NamedTenant &chat = tenants->at(0), &batch = tenants->at(1);
    EXPECT_EQ(chat.name, "chat");
    EXPECT_EQ(chat.weight, 1);
    EXPECT_EQ(chat.requests.share, 3);
    EXPECT_EQ(mean_of(chat.requests.prompt), 200);
    EXPECT_EQ(batch.weight, 2.5);
    EXPECT_EQ(batch.requests.priority, -1);
    EXPECT_EQ(batch.requests.prefix.groups, 4);
    EXPECT_EQ(batch.requests.prefix.tokens, 1000);
    EXPECT_EQ(mean_of(batch.requests.output), 200);
}

TEST(Tenants, EveryFaultIsToldWithItsPlace) {
    const std::string told = faults_of(
        "[[tenant]]\nname = \"a\"\nshare = 0\nprompt = \"many\"\noutput = \"10\"\n"
        "[[tenant]]\nname = \"a\"\nshare = 1\nprompt = \"100\"\noutput = \"10\"\n"
        "prefix_groups = 2\nthink = \"3 s\"\nwait = 1\n");
    for (const char* part :
         {"t.toml:3:9: error: 'share' is 0", "t.toml:4:10: error: 'many':",
          "t.toml:7:8: error: two tenants", "t.toml:11:17: error: prefix_groups says nothing",
          "t.toml:12:9: error: think says nothing", "t.toml:13:1: error:", "'wait'"}) {
        EXPECT_TRUE(contains(told, part)) << part << "\n" << told;
    }
    const std::string shared = faults_of(
        "[[tenant]]\nname = \"a\"\nshare = 1\nprompt = \"100\"\noutput = \"10\"\n"
        "prefix_tokens = 100\n");
    EXPECT_TRUE(contains(shared, "t.toml:1:1: error: no prompt is longer")) << shared;
    EXPECT_TRUE(contains(faults_of(""), "[[tenant]]"));
    EXPECT_FALSE(read_tenants("/no/such/file.toml"));
}

ServeQuestion question() {
    ServeQuestion q{.model = "llama-3.1-8b", .server = "hgx-h100", .chips = 1};
    q.layout.tensor = q.replicas = 1;
    q.load.rate = 60;
    q.load.requests = 600;
    q.load.tenants = read(two).value();
    return q;
}

/// More than it keeps up with: by turns of tokens the small tenant's users wait less than they do
/// behind all others, and as many requests are answered.
TEST(Tenants, FairnessIsToWhomWaits) {
    ServeQuestion q = question();
    q.load.tenants[1].requests.priority = 0;
    q.load.tenants[1].weight = 1;
    const ServeAnswer first = serve(q, setting).value();
    q.load.fair = true;
    const ServeAnswer fair = serve(q, setting).value();
    const auto wait = [](const ServeAnswer& a, std::size_t tenant) {
        return a.of_tenant(tenant).first_token.mean();
    };
    EXPECT_LT(wait(fair, 0), wait(first, 0));
    EXPECT_GT(wait(fair, 1), wait(first, 1));
    EXPECT_EQ(fair.outcome.completed, first.outcome.completed);
    EXPECT_EQ(fair.outcome.completed, fair.of_tenant(0).completed + fair.of_tenant(1).completed);
    EXPECT_EQ(fair.of_tenant(7).completed, 0U);
}

TEST(Tenants, TellWhatNobodyElseDoes) {
    ServeQuestion q = question();
    q.load.prompt = FixedLength{5};
    q.load.output = FixedLength{5};
    q.load.prefix_tokens = 3;
    const std::string told = to_text(serve(q, setting).error());
    for (const char* option : {"--prompt: error", "--output: error", "--prefix-tokens: error"}) {
        EXPECT_TRUE(contains(told, option)) << told;
    }
    ServeQuestion none = question();
    none.load.tenants.clear();
    none.load.fair = true;
    EXPECT_TRUE(contains(to_text(serve(none, setting).error()), "--fairness: error: there is one"));
}

/// Images lengthen prompts by their tokens; who asks for them of a model that sees none is told.
TEST(Tenants, ImagesAreOfModelsThatSee) {
    ServeQuestion q{.model = "gemma-3-4b", .server = "hgx-h100", .chips = 1};
    q.load.rate = 1;
    q.load.requests = 20;
    q.load.prompt = FixedLength{100};
    q.load.output = FixedLength{4};
    const ServeAnswer without = serve(q, setting).value();
    q.load.images = 3;
    const ServeAnswer with = serve(q, setting).value();
    EXPECT_EQ(with.span.prompt, 100 + 3 * 256);
    EXPECT_GT(with.outcome.first_token.mean(), without.outcome.first_token.mean());
    q.model = "llama-3.1-8b";
    const auto told = [&] { return to_text(serve(q, setting).error()); };
    EXPECT_TRUE(contains(told(), "--images: error: llama-3.1-8b has no"));
    q.model = "gemma-3-4b";
    q.load.turns = FixedLength{2};
    EXPECT_TRUE(contains(told(), "--images: error: images are of"));
}

TEST(Tenants, AGrammarIsOfEnginesThatHaveAFigure) {
    ServeQuestion q{.model = "llama-3.1-8b", .server = "hgx-h100", .engine = "vllm-0.1"};
    q.chips = 1;
    q.load.rate = 1;
    q.load.requests = 20;
    q.limits.structured_share = 1;
    const std::string told = to_text(serve(q, setting).error());
    EXPECT_TRUE(contains(told, "--structured-share: error: vllm-0.1")) << told;
    q.engine = "vllm-0.14";
    const Seconds with = serve(q, setting).value().outcome.per_token.mean();
    q.limits.structured_share = 0;
    EXPECT_GT(with, serve(q, setting).value().outcome.per_token.mean());
}

}  // namespace TEST_FILE
}  // namespace millwright
