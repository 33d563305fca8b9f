// Law: a part of the catalog that is written and read again is the same part, whatever its kind.
#include <gtest/gtest.h>

#include "millwright/catalog/catalog.h"
#include "millwright/catalog/toml_writer.h"

namespace millwright {
namespace TEST_FILE {

template <class T>
bool same(const T& a, const T& b) {
    return a == b;
}
bool same(const Curve& a, const Curve& b) { return a.x == b.x && a.y == b.y; }
template <class T>
bool same(const Cited<T>& a, const Cited<T>& b) {
    return a.known() == b.known() && same(a.value, b.value);
}
template <class T>
bool same(const Written<T>& a, const Written<T>& b) {
    return a.given == b.given && same(a.value, b.value);
}

template <class Part>
void expect_same_fields(const Part& a, const Part& b, const std::string& name) {
    for_each_field<Part>([&](const auto& field) {
        EXPECT_TRUE(same(a.*field.member, b.*field.member)) << name << ": " << field.key;
    });
}

template <class Part>
void expect_same_lists(const std::vector<Part>& a, const std::vector<Part>& b,
                       const std::string& name) {
    ASSERT_EQ(a.size(), b.size()) << name;
    for (std::size_t i = 0; i < a.size(); ++i) expect_same_fields(a[i], b[i], name);
}

template <class Part>
void expect_same(const Part& a, const Part& b, const std::string& name) {
    expect_same_fields(a, b, name);
    if constexpr (HasTables<const Part>) {
        for_each_table(a, [&](std::string_view at, const auto& table) {
            for_each_table(b, [&](std::string_view other, const auto& read) {
                if constexpr (std::is_same_v<decltype(table), decltype(read)>) {
                    if (at == other) expect_same_fields(table, read, name);
                }
            });
        });
    }
    if constexpr (std::is_same_v<Part, Rule>) {
        expect_same_lists(a.lines, b.lines, name);
        expect_same_lists(a.requirements, b.requirements, name);
        expect_same_lists(a.events, b.events, name);
    }
    if constexpr (std::is_same_v<Part, Authority>) {
        expect_same_lists(a.verdicts, b.verdicts, name);
        expect_same_lists(a.classes, b.classes, name);
    }
}

/// Writes, reads into an empty catalog and compares; the second writing has the same text.
template <class Part>
void expect_round_trip(const Catalog& catalog, const std::string& kind, const Part& part) {
    const std::string name = kind + "/" + part.id;
    const std::string text = to_toml(catalog, part);
    Catalog fresh;
    const Faults faults = add_part(fresh, kind, part.id, text, name + ".toml");
    ASSERT_TRUE(faults.empty()) << to_text(faults) << text;
    with_parts(fresh, kind, [&](const auto& parts) {
        if constexpr (std::is_same_v<std::decay_t<decltype(parts)>, std::vector<Part>>) {
            ASSERT_EQ(parts.size(), 1U) << name;
            expect_same(part, parts[0], name);
            EXPECT_EQ(to_toml(fresh, parts[0]), text);
        }
    });
}

TEST(RoundTrip, EveryPartOfTheCatalog) {
    const Catalog& catalog = built_in_catalog();
    std::size_t count = 0;
    for (const std::string& kind : part_kinds()) {
        with_parts(catalog, kind, [&](const auto& parts) {
            EXPECT_FALSE(parts.empty()) << kind;
            for (const auto& part : parts) expect_round_trip(catalog, kind, part);
            count += parts.size();
        });
    }
    EXPECT_GT(count, 400U);
}

/// Another value of a plain member, so that no default hides what a writer drops.
void change(bool& value) { value = !value; }
void change(std::string& value) { value += " \"quoted\" \\ back \xC3\xBC"; }
void change(std::vector<std::string>& value) { value.emplace_back("one, \"more\""); }
template <class E>
    requires std::is_enum_v<E>
void change(E& value) {
    const std::size_t count = EnumNames<E>::names.size();
    value = static_cast<E>((static_cast<std::size_t>(value) + 1) % count);
}
template <class T>
void change(T&) {}

TEST(RoundTrip, EveryPartWithEveryPlainMemberChanged) {
    const Catalog& catalog = built_in_catalog();
    for (const std::string& kind : part_kinds()) {
        with_parts(catalog, kind, [&](const auto& parts) {
            for (auto part : parts) {
                using Part = decltype(part);
                for_each_field<Part>([&](const auto& field) { change(part.*field.member); });
                expect_round_trip(catalog, kind, part);
            }
        });
    }
}

// Sources are named within a file; a part that cites two files of like names is written with both.
TEST(RoundTrip, SourcesOfOneNameInTwoFilesStayApart) {
    Catalog catalog;
    for (const char* id : {"a/measured", "b/measured"}) {
        catalog.sources.push_back({.id = id, .title = id, .publisher = "p"});
    }
    Band band{.id = "x", .name = "x"};
    band.low = {0.5, SourceId(0)};
    band.high = {1.5, SourceId(1)};
    Catalog fresh;
    const std::string text = to_toml(catalog, band);
    ASSERT_TRUE(add_part(fresh, "bands", "x", text, "x.toml").empty()) << text;
    ASSERT_EQ(fresh.sources.size(), 2U);
    EXPECT_EQ(fresh.sources[fresh.bands[0].low.source.index()].title, "a/measured");
    EXPECT_EQ(fresh.sources[fresh.bands[0].high.source.index()].title, "b/measured");
}

}  // namespace TEST_FILE
}  // namespace millwright
