// Field tables and names of enumerations, all of them: what is spelled once is spelled well, and
// the reader holds every figure against the range of its row.
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

#include "millwright/base/limits.h"
#include "millwright/catalog/toml_writer.h"
#include "millwright/fabric/shape.h"
#include "millwright/intake/frontier_text.h"
#include "millwright/parts/plan.h"

namespace millwright {
namespace TEST_FILE {

template <class Part>
void expect_sound_table(const std::string& of) {
    static const std::regex key(R"([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2})");
    std::set<std::string_view> keys;
    for_each_field<Part>([&](const auto& field) {
        EXPECT_TRUE(keys.insert(field.key).second) << of << ": " << field.key << " twice";
        EXPECT_TRUE(std::regex_match(std::string(field.key), key)) << of << ": " << field.key;
        EXPECT_FALSE(field.doc.empty()) << of << ": " << field.key;
        // it ends the sentence "it is the ..."
        EXPECT_NE(field.doc.back(), '.') << of << ": " << field.key;
        EXPECT_EQ(field.doc.find('\n'), std::string_view::npos) << of << ": " << field.key;
        EXPECT_LE(field.range.low, field.range.high) << of << ": " << field.key;
    });
    // a key is a value or a table, never both
    for (const std::string_view one : keys) {
        for (const std::string_view other : keys) {
            EXPECT_FALSE(other.starts_with(std::string(one) + ".")) << of << ": " << other;
        }
    }
}

TEST(FieldTables, HaveEachKeyOnceWithItsWords) {
    for_each_kind([]<class Part>(const PartKind<Part>& kind) {
        expect_sound_table<Part>(std::string(kind.singular));
        if constexpr (HasTables<Part>) {
            Part part;
            for_each_table(part, [&]<class Table>(const char* key, Table&) {
                expect_sound_table<Table>(std::string(kind.singular) + " " + key);
            });
        }
    });
    expect_sound_table<Source>("source");
    expect_sound_table<VerdictRow>("verdict");
    expect_sound_table<ClassRow>("class");
    expect_sound_table<RuleLine>("line");
    expect_sound_table<Requirement>("requirement");
    expect_sound_table<RuleEvent>("event");
    expect_sound_table<ScenarioText>("scenario");
    expect_sound_table<SiteText>("[site]");
    expect_sound_table<BuyerText>("[buyer]");
    expect_sound_table<AssumeText>("[assume]");
    expect_sound_table<FactoryText>("[[factory]]");
    expect_sound_table<JobText>("[[job]]");
    expect_sound_table<TrainJobText>("train");
    expect_sound_table<ServeJobText>("serve");
    expect_sound_table<FrontierText>("frontier");
    expect_sound_table<PartyText>("[[party]]");
}

/// A table inside a part's file has a key that no field of the part has.
TEST(FieldTables, TablesInsideAFileHaveKeysOfTheirOwn) {
    for_each_kind([]<class Part>(const PartKind<Part>&) {
        if constexpr (HasTables<Part>) {
            std::set<std::string> keys;
            for_each_field<Part>([&](const auto& field) { keys.emplace(field.key); });
            Part part;
            for_each_table(
                part, [&](const char* key, auto&) { EXPECT_TRUE(keys.insert(key).second) << key; });
        }
    });
}

template <class E>
void expect_sound_names() {
    std::set<std::string> slugs;
    const auto& names = EnumNames<E>::names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const E value = static_cast<E>(i);
        EXPECT_EQ(name_of(value), names[i]);
        EXPECT_EQ(enum_named<E>(names[i]), value) << names[i];
        // the reader does not look at case, so names differ by more
        EXPECT_TRUE(slugs.insert(lower(names[i])).second) << names[i];
        EXPECT_FALSE(names[i].empty());
        EXPECT_EQ(trimmed(names[i]), names[i]);
    }
    EXPECT_FALSE(enum_named<E>(""));
    EXPECT_FALSE(enum_named<E>("no such name"));
}

template <class... E>
void expect_all_sound() {
    (expect_sound_names<E>(), ...);
}

TEST(Enumerations, EveryNameLeadsBackToItsValue) {
    expect_all_sound<Market, ChipStatus, MemoryKind, LinkKind, Format, Precision, Schedule,
                     Recompute, Sharding, Offload, AttentionLibrary, StageDivision, MixerKind,
                     AsksAbout, VerdictTier, Having, Supply, EndUse, Confidence, Metric, Comparison,
                     EventKind, Grade, FabricKind, JobKind, Objective, SoftwareKind, Batching,
                     Reservation, Preemption, Topic>();
}

TEST(Enumerations, ASpellingIsExactWhereNoReaderHelps) {
    EXPECT_EQ(enum_named<Precision>("fp8-block"), Precision::fp8_block);
    EXPECT_FALSE(enum_named<Precision>("FP8-block"));
    EXPECT_FALSE(enum_named<Precision>("fp8 block"));
    EXPECT_EQ(enum_named<Schedule>("1f1b"), Schedule::one_f_one_b);
    EXPECT_EQ(enum_named<MemoryKind>("HBM3e"), MemoryKind::hbm3e);
}

// --- ranges --------------------------------------------------------------------------------

template <class T>
struct FigureOf {
    static constexpr bool is_whole = std::is_same_v<T, std::int64_t>;
    static constexpr Dimension dimension{};
    static T from_si(double si) { return static_cast<T>(si); }
};
template <Dimension D>
struct FigureOf<Quantity<D>> {
    static constexpr bool is_whole = false;
    static constexpr Dimension dimension = D;
    static Quantity<D> from_si(double si) { return Quantity<D>::from_si(si); }
};

/// The ends of a range, what is just beyond them, and numbers that are often wrong: those of them
/// that a figure of this type can be at all.
template <class T>
std::vector<double> numbers_about(const Range& range) {
    std::vector<double> numbers{0.0,
                                range.low,
                                range.high,
                                range.low - 1,
                                range.high + 1,
                                std::nextafter(range.low, -1e300),
                                -1.0,
                                1.5,
                                std::nextafter(range.high, 1e300)};
    std::erase_if(numbers, [](double v) {
        const bool digits = FigureOf<T>::is_whole && (v != std::floor(v) || std::abs(v) > 9e15);
        return digits || !is_within(v, limits_of(FigureOf<T>::dimension).si);
    });
    return numbers;
}

/// Writes a part with one figure set to each of these; the file is refused exactly where the figure
/// is outside its range.
template <class Part, class Owner, class T>
std::size_t check_range(const PartKind<Part>& kind, const Field<Owner, Cited<T>>& field) {
    const Range& range = field.range;
    const std::vector<double> numbers = numbers_about<T>(range);
    for (const double v : numbers) {
        Part part = (built_in_catalog().*kind.parts).front();
        part.*field.member = {FigureOf<T>::from_si(v), SourceId(0)};
        Catalog fresh;
        const std::string text = to_toml(built_in_catalog(), part);
        const std::string told = to_text(add_part(fresh, kind.name, part.id, text, "r.toml"));
        const bool whole = !range.whole || v == std::floor(v);
        const bool inside = v >= range.low && v <= range.high && whole;
        EXPECT_EQ(told.empty(), inside) << kind.name << ": " << field.key << " = " << v << told;
        EXPECT_TRUE(inside || contains(told, fmt::format("'{}' is", field.key))) << told;
    }
    return numbers.size();
}
// what is no single figure has no range of its own
template <class Part, class Owner, class T>
std::size_t check_range(const PartKind<Part>&, const Field<Owner, Cited<std::vector<T>>>&) {
    return 0;
}
template <class Part, class Owner>
std::size_t check_range(const PartKind<Part>&, const Field<Owner, Cited<Curve>>&) {
    return 0;
}
template <class Part, class Owner>
std::size_t check_range(const PartKind<Part>&, const Field<Owner, Cited<std::string>>&) {
    return 0;
}
template <class Part, class Owner>
std::size_t check_range(const PartKind<Part>&, const Field<Owner, Cited<Date>>&) {
    return 0;
}
template <class Part, class Owner, class T>
std::size_t check_range(const PartKind<Part>&, const Field<Owner, T>&) {
    return 0;
}

TEST(Ranges, AFigureIsTakenWithinItsRangeAndNowhereElse) {
    std::size_t tried = 0;
    for_each_kind([&]<class Part>(const PartKind<Part>& kind) {
        for_each_field<Part>([&](const auto& field) { tried += check_range(kind, field); });
    });
    EXPECT_GT(tried, 400U);
}

/// Whether a part with this figure is read.
template <class Part, class T>
bool takes(Cited<T> Part::*member, T value) {
    const PartKind<Part>& kind = kind_of<Part>();
    Part part = (built_in_catalog().*kind.parts).front();
    part.*member = {value, SourceId(0)};
    Catalog fresh;
    return add_part(fresh, kind.name, part.id, to_toml(built_in_catalog(), part), "r.toml").empty();
}

TEST(Ranges, AreThoseOfTheWorld) {
    EXPECT_TRUE(takes(&Site::pue, 1.0));
    EXPECT_TRUE(takes(&Site::pue, 5.0));
    EXPECT_FALSE(takes(&Site::pue, 0.99));
    EXPECT_FALSE(takes(&Site::pue, 5.01));
    EXPECT_TRUE(takes(&Site::energy, 2.0 * unit::USD / unit::kWh));
    EXPECT_FALSE(takes(&Site::energy, 2.01 * unit::USD / unit::kWh));
    EXPECT_TRUE(takes(&Site::carbon, CarbonIntensity{}));
    EXPECT_TRUE(takes(&Site::carbon, 2 * unit::kg / unit::kWh));
    EXPECT_FALSE(takes(&Site::carbon, 2.01 * unit::kg / unit::kWh));
    EXPECT_TRUE(takes(&Server::chips, 1.0));
    EXPECT_FALSE(takes(&Server::chips, 0.0));
    EXPECT_FALSE(takes(&Server::chips, 1.5));
    EXPECT_FALSE(takes(&Server::nics, 0.0));
    EXPECT_FALSE(takes(&Server::power, Watts{}));
    EXPECT_FALSE(takes(&Chip::dies, 65.0));
    EXPECT_FALSE(takes(&Chip::memory_capacity, Bytes{}));
    EXPECT_FALSE(takes(&Link::per_direction, Bandwidth{}));
    EXPECT_TRUE(takes(&Link::hop, Seconds{}));
    EXPECT_FALSE(takes(&Link::hop, -1.0 * unit::ns));
    EXPECT_FALSE(takes(&Switch::ports, 4097.0));
    EXPECT_FALSE(takes(&Fabric::oversubscription, 0.5));
    EXPECT_FALSE(takes(&Fabric::max_tiers, 5.0));
    EXPECT_FALSE(takes(&Band::low, 1.01));
    EXPECT_FALSE(takes(&Band::high, 0.99));
    EXPECT_FALSE(takes(&KernelFamily::memory_share, 1.01));
    EXPECT_TRUE(takes(&Model::layers, std::int64_t{10'000}));
    EXPECT_FALSE(takes(&Model::layers, std::int64_t{10'001}));
    EXPECT_FALSE(takes(&Model::hidden, std::int64_t{0}));
    EXPECT_TRUE(takes(&Model::ffn, std::int64_t{0}));
}

TEST(CitedFigures, AreAllWalkedTablesTooAndBareKeepsDefaults) {
    KernelFamily family;
    std::set<std::string> keys;
    for_each_cited(family, [&](const std::string& key, auto&, const Range&) {
        EXPECT_TRUE(keys.insert(key).second) << key;
    });
    EXPECT_TRUE(keys.contains("scale"));
    EXPECT_TRUE(keys.contains("gemm.fp8-block.peak_share"));
    EXPECT_TRUE(keys.contains("attention.backward_block"));
    EXPECT_FALSE(keys.contains("name"));
    // scale, processors, launch, sustained, two draws, memory_share, exponentials; nine of each
    // product, four of grouped ones in five forms, seven of each attention library, eight of each
    // cache, three of recurrences
    EXPECT_EQ(keys.size(), 8U + 4 * 9 + 5 * 4 + 4 * 7 + 4 * 8 + 3);
    GemmKernels cited;
    cited.peak_share = {0.75, SourceId(3)};
    const GemmKernel plain = bare(cited);
    EXPECT_EQ(plain.peak_share, 0.75);
    EXPECT_EQ(plain.knee, 2);
    EXPECT_EQ(plain.sustained, 1);
}

}  // namespace TEST_FILE
}  // namespace millwright
