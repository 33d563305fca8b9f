// Laws of numbers: text becomes a quantity that the world can have or a fault; what is printed is
// finite; a table of any cells at all gives finite results or faults, and never a bug.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "millwright/base/limits.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/evidence/calibrate.h"
#include "millwright/evidence/columns.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"
#include "millwright/trace/flow_table.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

// what breaks readers: edges of counts and doubles, numbers that are none, forms of other languages
const std::vector<std::string> hostile_numbers{
    "0",      "-0",   "-1",     "1.5",     "3e8",     "1e9",    "1e-320", "4.9e-324",
    "1e-15",  "1e24", "1e300",  "1e308",   "1e999",   "-1e308", "nan",    "inf",
    "-inf",   "",     " ",      "x",       "0x10",    "1,000",  "1e",     "9223372036854775807",
    "1e-999", "2",    "100000", "1000000", "10000000"};

TEST(Limits, TextIsAQuantityThatTheWorldCanHaveOrAFault) {
    std::size_t taken = 0;
    for (const std::string& number : hostile_numbers) {
        for (const char* unit :
             {"B",        "EB",   "GiB",     "bit",     "GB/s",  "bps",       "s",
              "ns",       "year", "FLOP",    "EFLOPS",  "W",     "EW",        "J",
              "kWh",      "USD",  "USD/kWh", "MUSD/MW", "USD/h", "USD/token", "tokens",
              "tokens/s", "mm2",  "ft3",     "%",       "",      "GB/W",      "T"}) {
            std::string why;
            const auto parsed = parse_quantity(number + " " + unit, why);
            EXPECT_NE(parsed.has_value(), !why.empty()) << number << " " << unit;
            if (!parsed) continue;
            ++taken;
            EXPECT_TRUE(is_within(parsed->si, limits_of(parsed->dimension).si));
            const std::string said = format_si(parsed->si, parsed->dimension);
            EXPECT_FALSE(contains(said, "inf") || contains(said, "nan")) << said;
        }
    }
    EXPECT_GT(taken, 50U);
}

// Formulas multiply a few quantities and a share. Where three at the ends of their ranges stay
// within a double, no such product is infinite, or zero for what is not.
TEST(Limits, ProductsOfThreeExtremesAreFinite) {
    for (const DimensionLimits& a : dimension_limits) {
        for (const DimensionLimits& b : dimension_limits) {
            EXPECT_TRUE(std::isfinite(a.si.most * b.si.most * plain_limits.most));
            EXPECT_TRUE(std::isfinite(a.si.most / b.si.least * plain_limits.most));
            EXPECT_GT(a.si.least * b.si.least * plain_limits.least, 0);
        }
    }
}

// Magnitudes are drawn evenly by logarithm, so that all prefixes are met.
TEST(Limits, ExactTextReadsBackAsTheSameNumber) {
    std::mt19937_64 random(11);
    for (const DimensionLimits& limits : dimension_limits) {
        std::uniform_real_distribution<double> logs(std::log(limits.si.least),
                                                    std::log(limits.si.most));
        for (int i = 0; i < 200; ++i) {
            const double value = std::exp(logs(random));
            if (!is_within(value, limits.si)) continue;
            const std::string text = exact_text(value, limits.dimension);
            std::string why;
            const auto parsed = parse_quantity(text, why);
            ASSERT_TRUE(parsed) << text << why;
            EXPECT_EQ(parsed->si, value) << text;
        }
    }
}

// An infinite or undefined number is a bug, told with its place, and never a result; a name may be
// "nan".
TEST(Output, WhatIsNotFiniteIsNeverPrinted) {
    const double nan = std::nan(""), infinite = HUGE_VAL;
    for (const double bad : {nan, infinite, -infinite}) {
        EXPECT_THROW(to_text(Seconds::from_si(bad)), std::logic_error);
        EXPECT_THROW(to_text(Bandwidth::from_si(bad)), std::logic_error);
        nlohmann::ordered_json json{{"jobs", {{{"step_s", 1.0}}, {{"step_s", bad}}}}};
        try {
            json_text(json);
            FAIL() << "a number that is not finite was written";
        } catch (const std::logic_error& error) {
            EXPECT_NE(std::string(error.what()).find("/jobs/1/step_s"), std::string::npos);
        }
    }
    for (const char* bad : {"inf", "-nan", "nan %", "-inf ns"}) {
        EXPECT_THROW(format_table({"factory", "days"}, {{"nan", bad}}, "lr"), std::logic_error);
    }
    EXPECT_NO_THROW(format_table({"factory", "days"}, {{"nan", "1.5"}}, "lr"));
    EXPECT_EQ(json_text({{"a", "\xFF"}}, -1), "{\"a\":\"\xEF\xBF\xBD\"}");
}

/// Every result goes through json_text(): nothing else turns JSON into text.
TEST(Output, HasOneWayFromJsonToText) {
    const std::regex dumps(R"(\.dump\()");
    const std::filesystem::path root = repository_root();
    std::size_t read = 0;
    for (const char* folder :
         {"apps", "millwright/api", "millwright/report", "millwright/study", "millwright/lawful"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (!entry.is_regular_file() || entry.path().filename() == "json_text.cpp") continue;
            const FileText file = read_file(entry.path().string(), 1'000'000);
            EXPECT_FALSE(std::regex_search(file.text, dumps)) << entry.path();
            ++read;
        }
    }
    EXPECT_GT(read, 80U);
}

// --- tables ----------------------------------------------------------------------------------

struct Good {
    TableKind kind;
    std::vector<std::pair<std::string, std::string>> cells;
};

/// "chips=16;nodes=2" as columns and cells.
Good good(TableKind kind, std::string_view text) {
    Good row{kind, {}};
    while (!text.empty()) {
        const std::string_view cell = text.substr(0, text.find(';'));
        const std::size_t equals = cell.find('=');
        row.cells.emplace_back(cell.substr(0, equals), cell.substr(equals + 1));
        text.remove_prefix(std::min(text.size(), cell.size() + 1));
    }
    return row;
}

const std::vector<Good>& good_rows() {
    static const std::vector<Good> rows{
        good(TableKind::training,
             "id=a;source=own;year=2024;system=H100-80GB SXM;chips=16;nodes=2;scaleup_domain=8;"
             "scaleout_net=8x400G IB NDR per node;model=mine;params_b=31.9;layers=32;hidden=4096;"
             "ffn=14336;heads=32;kv_heads=8;vocab=128256;seq=8192;experts=8;topk=2;precision=bf16;"
             "tp=2;pp=2;vp=2;dp=4;cp=1;ep=2;etp=1;zero_fsdp=zero-1;micro_batch=1;global_batch=128;"
             "recompute=block 2;flags=;metric=step_s;value=12.5"),
        good(TableKind::sweep,
             "id=a;system=H100-80GB SXM;chips=16;model=mine;layers=32;hidden=4096;seq=4096;tp=2;"
             "pp=2;dp=4;zero=1;micro_batch=2;global_batch=128;tokens_per_s_per_gpu=8000;"
             "memory_gb=41.5"),
        good(TableKind::kernels,
             "id=a;chip=H100-80GB SXM;kernel=attention;dtype=bf16;shape=b=1,s=4096,heads=32,d=128;"
             "time_us=123.4;weight=1"),
        good(TableKind::collectives,
             "id=a;system=H100-80GB SXM 8x400G IB;chips=16;nodes=2;op=all_reduce;bytes=1073741824;"
             "busbw_GBps=350.5;notes="),
    };
    return rows;
}

std::string table_of(const Good& good) {
    std::vector<std::string> names, values;
    for (const auto& [name, value] : good.cells) {
        names.push_back(name);
        values.push_back(value);
    }
    return csv_line(names) + csv_line(values);
}

/// Faults, or rows whose numbers are all finite.
void expect_sound(const Good& good) {
    const std::string text = table_of(good);
    const auto result = validate(good.kind, text, "t.csv", built_in_catalog(), {});
    if (!result) {
        EXPECT_FALSE(result.error().empty());
        for (const Fault& fault : result.error()) EXPECT_FALSE(fault.message.empty());
        return;
    }
    for (const ValidatedRow& row : result->rows) {
        for (const double number : {row.predicted, row.measured, row.error, row.low, row.high}) {
            EXPECT_TRUE(std::isfinite(number)) << text;
        }
        for (const auto& [name, value] : row.terms) {
            EXPECT_TRUE(std::isfinite(value) || !row.skipped.empty()) << name << "\n" << text;
        }
    }
}

// Else the laws below would hold of rows that are skipped.
TEST(Tables, GoodRowsArePredicted) {
    for (const Good& good : good_rows()) {
        const auto result = validate(good.kind, table_of(good), "t.csv", built_in_catalog(), {});
        ASSERT_TRUE(result) << to_text(result.error());
        for (const ValidatedRow& row : result->rows) EXPECT_EQ(row.skipped, "");
    }
}

TEST(Tables, AnyNumberInAnyCellGivesFiniteResultsOrFaults) {
    std::vector<std::string> values = hostile_numbers;
    const std::string nines(400, '9');
    for (const char* form : {"{} layers/stage", "block {}", "FSDP {}", "{}x400G IB", "8x{}G",
                             "m={},n=1,k=1", "b=1,s={},heads=1", "b={},s=1,heads=1,d=0"}) {
        values.push_back(fmt::format(fmt::runtime(form), nines));
        values.push_back(fmt::format(fmt::runtime(form), "1e300"));
    }
    for (const char* part : {"1x", "8x400G ", "9 ", "block ", "m=1,", "\xC3\xBC"}) {
        std::string many;  // as long as a text may be: patterns must not blow up on it
        while (many.size() + 8 < longest_text) many += part;
        values.push_back(many);
    }
    for (const Good& good : good_rows()) {
        for (std::size_t i = 0; i < good.cells.size(); ++i) {
            for (const std::string& value : values) {
                Good bad = good;
                bad.cells[i].second = value;
                expect_sound(bad);
            }
        }
    }
}

// Each at an end of its own range, so no cell is at fault by itself; products of them may be.
TEST(Tables, ExtremesOfSeveralCellsTogetherAreSound) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 600; ++i) {
        Good bad = good_rows()[random() % good_rows().size()];
        for (int k = 0; k < 4; ++k) {
            const Columns columns = columns_of(bad.kind);
            auto& [name, value] = bad.cells[random() % bad.cells.size()];
            for (const Column& column : columns) {
                if (column.name != name || column.kind == CellKind::text) continue;
                const double most = std::min(column.range.high, column.limits.most);
                const double least = std::max(column.range.low, 0.0);
                value = fmt::format("{:.15g}", random() % 2 == 0 ? most : least);
            }
        }
        expect_sound(bad);
    }
}

// Sixteen rows alike, as a fit of kernels needs twelve. What comes out is read back: no figure may
// be outside what the reader of the catalog takes.
TEST(Tables, CalibrationOfHostileRowsIsSound) {
    std::size_t written = 0;
    for (const Good& good : good_rows()) {
        const bool runs = good.kind == TableKind::training;
        if (!runs && good.kind != TableKind::kernels) continue;
        for (const char* value : {"1e300", "1.5e23", "0", "1.5e-12", "1.5e12", "12.5"}) {
            Good bad = good;
            bad.cells.back().second = bad.cells.back().first == "weight" ? "1" : value;
            if (!runs) bad.cells[bad.cells.size() - 2].second = value;
            std::string text = table_of(bad);
            const std::string row = text.substr(text.find('\n') + 1);
            for (int i = 0; i < 15; ++i) text += row;
            const auto result = calibrate(text, "t.csv", built_in_catalog(), {});
            if (!result) continue;
            Catalog read;
            for (const CalibratedFile& file : result->files) {
                const std::string kind = file.path.substr(0, file.path.find('/'));
                const Faults faults = add_part(read, kind, "x", file.text, file.path);
                EXPECT_TRUE(faults.empty()) << to_text(faults) << file.text;
                ++written;
            }
        }
    }
    EXPECT_GT(written, 4U);
}

TEST(Tables, FlowsOverAnyCablesAreFiniteOrFaults) {
    for (const std::string& capacity : hostile_numbers) {
        for (const std::string& bytes : hostile_numbers) {
            const auto cables = parse_csv(csv_line({"from", "to", "capacity_GBps", "latency_s"}) +
                                              csv_line({"a", "b", capacity, bytes}),
                                          "c.csv");
            const auto flows = parse_csv(csv_line({"source", "destination", "bytes", "start_s"}) +
                                             csv_line({"a", "b", bytes, "0"}),
                                         "f.csv");
            const auto both = flows_on_cables(*flows, *cables, Routing::ecmp, {});
            if (!both) continue;
            const FlowOutcome outcome = run_flows(both->problem, Symmetry::on);
            for (const Seconds s : outcome.finish) EXPECT_TRUE(std::isfinite(s.si())) << capacity;
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
