// Names from outside: what is printed of them, what folder they give, and numbers as typed.
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/counts.h"
#include "millwright/base/names.h"
#include "millwright/base/sha256.h"
#include "millwright/base/text.h"
#include "millwright/report/table.h"
#include "millwright/report/terminal.h"

namespace millwright {
namespace TEST_FILE {

const std::vector<std::string>& hostile_names() {
    static const std::vector<std::string> names{"",
                                                "/",
                                                "//",
                                                ".",
                                                "..",
                                                "...",
                                                "-",
                                                "--out",
                                                "a/b",
                                                "a b",
                                                "A b",
                                                "con",
                                                "NUL",
                                                "com1.txt",
                                                "con.a",
                                                "CON.a",
                                                "nul.tar.gz",
                                                "aux.",
                                                "com10.txt",
                                                "console.txt",
                                                "lpt9",
                                                "\u667a\u80fd\u5de5\u5382",
                                                "\u667a\u80fd",
                                                "small",
                                                "Small",
                                                "SMALL",
                                                "small ",
                                                "small.",
                                                ".small",
                                                "smaLL",
                                                "\x1b[31mRED",
                                                std::string("a\0b", 3),
                                                std::string(5000, 'a'),
                                                std::string(5001, 'a'),
                                                std::string(61, 'b'),
                                                "<script>",
                                                "../../etc/passwd",
                                                "a\nb",
                                                "a\tb",
                                                "caf\u00e9",
                                                "cafe\u0301",
                                                "\u202egnp.exe",
                                                "yiwu-115-000-accelerators",
                                                "Yiwu, 115,000 accelerators",
                                                "small-2248bb0b"};
    return names;
}

/// Characters of all kinds: plain, controls, wide, combining, and broken bytes.
rc::Gen<std::string> any_text() {
    const std::vector<std::string> pieces{"a",          "Z",
                                          "0",          "-",
                                          ".",          " ",
                                          "\n",         "\t",
                                          "\r",         "\x1b",
                                          "\x07",       "\x7f",
                                          "\u0085",     "\u009b",
                                          "\u202e",     "\u2028",
                                          "\u200b",     "\u00e9",
                                          "\u0301",     "\u4e49",
                                          "\U0001f600", "\U000e0041",
                                          "<",          "\"",
                                          "\\",         std::string(1, '\0'),
                                          "\xff",       "\xc3",
                                          "\xe4\xb9",   "\xed\xa0\x80",
                                          "\xc0\xaf",   "\xf4\x90\x80\x80"};
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                        [](const std::vector<std::string>& parts) { return join(parts, ""); });
}

TEST(Names, Sha256OfThePublishedVectors) {
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    EXPECT_EQ(base64(sha256("")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(Names, PlainNamesKeepTheirFolder) {
    for (const char* name : {"small", "yiwu-115k", "llama-3.1-405b", "a"}) {
        EXPECT_EQ(folder_name(name), name);
    }
    EXPECT_TRUE(folder_name("Yiwu, 115,000").starts_with("yiwu-115-000-"));
}

void expect_safe(const std::string& folder) {
    EXPECT_FALSE(folder.empty());
    EXPECT_LE(folder.size(), 60U);
    EXPECT_EQ(folder.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-."),
              std::string::npos);
    EXPECT_NE(folder.front(), '.');
    EXPECT_NE(folder.front(), '-');
    EXPECT_NE(folder.back(), '.');
    const std::string stem = folder.substr(0, folder.find('.'));
    for (const char* device : {"con", "prn", "aux", "nul", "com1", "com9", "lpt0", "lpt9"}) {
        EXPECT_NE(stem, device) << folder;
    }
}

TEST(Names, FoldersAreSafeAndDifferWhereNamesDo) {
    std::set<std::string> folders;
    for (const std::string& name : hostile_names()) {
        const std::string folder = folder_name(name);
        expect_safe(folder);
        EXPECT_TRUE(folders.insert(folder).second) << name;
    }
}

TEST(Names, DevicesAreNoFoldersWhateverTheirEnding) {
    EXPECT_EQ(folder_name("con.a").substr(0, 6), "con-a-");
    EXPECT_EQ(folder_name("con").substr(0, 4), "con-");
    EXPECT_EQ(folder_name("com10.txt"), "com10.txt");
    EXPECT_EQ(folder_name("console.txt"), "console.txt");
    EXPECT_EQ(folder_name("a.con"), "a.con");
}

TEST(Names, FoldersOfAnyTextAreSafeAndDiffer) {
    EXPECT_TRUE(rc::check([] {
        const std::string a = *any_text();
        const std::string b = *any_text();
        expect_safe(folder_name(a));
        RC_ASSERT((a == b) == (folder_name(a) == folder_name(b)));
    }));
}

TEST(Names, WhatIsPrintedHoldsNoControl) {
    EXPECT_TRUE(rc::check([] {
        const std::string text = *any_text();
        const std::string shown = printable(text);
        RC_ASSERT(first_invalid_utf8(shown) == std::string::npos);
        for (std::size_t at = 0; at < shown.size();) {
            const Utf8 c = utf8_at(shown, at);
            RC_ASSERT(c.code == '\n' || c.code == '\t' || !is_control(c.code));
            at += c.length;
        }
        if (first_control(text) == std::string::npos) RC_ASSERT(shown == text);
        RC_ASSERT(printable(shown) == shown);
    }));
}

TEST(Names, ControlsAreWrittenAsJsonWritesThem) {
    EXPECT_EQ(printable("\x1b[0m"), "\\u001b[0m");
    EXPECT_EQ(printable("\u202e"), "\\u202e");
    EXPECT_EQ(printable("\U000e0041"), "\\udb40\\udc41");
    EXPECT_EQ(printable("a\xff"), "a\uFFFD");
}

TEST(Names, SurrogatesAndOverlongFormsAreNoUtf8) {
    for (const char* text :
         {"\xed\xa0\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xf4\x90\x80\x80", "\xf8"}) {
        EXPECT_EQ(first_invalid_utf8(text), 0U) << text;
    }
    EXPECT_EQ(first_invalid_utf8("\u667a\U0001f600"), std::string::npos);
}

TEST(Names, AStreamIsPrintableInAnyPieces) {
    EXPECT_TRUE(rc::check([] {
        const std::string text = *any_text();
        std::ostringstream into;
        {
            PrintableBuffer buffer(into.rdbuf());
            std::ostream out(&buffer);
            for (std::size_t at = 0; at < text.size();) {
                const auto size = *rc::gen::inRange<std::size_t>(1, 5);
                out << text.substr(at, size);
                if (*rc::gen::arbitrary<bool>()) out << std::flush;
                at += size;
            }
        }
        RC_ASSERT(into.str() == printable(text));
    }));
}

TEST(Names, TablesCutAtCharactersAndKeepTheirWidth) {
    const std::string wide = join(std::vector<std::string>(80, "\u667a"), "");
    const std::string text = format_table({"name", "n"}, {{wide, "1"}, {"a\x1b\nb", "2"}}, "lr");
    EXPECT_EQ(first_invalid_utf8(text), std::string::npos);
    EXPECT_TRUE(contains(text, "a\\u001b b"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::size_t columns = 0;
        for (std::size_t at = 0; at < line.size();) {
            const Utf8 c = utf8_at(line, at);
            columns += columns_of(c.code);
            at += c.length;
        }
        EXPECT_LE(columns, report_width);
    }
}

struct Typed {
    const char *text, *plain;
    NumberKind kind = NumberKind::whole;
};

TEST(Counts, AreReadAsPeopleWriteThem) {
    for (const Typed& t : std::vector<Typed>{{"16k", "16000"},
                                             {"16K", "16000"},
                                             {"1.5M", "1500000"},
                                             {"2B", "2000000000"},
                                             {"14.8T", "14800000000000"},
                                             {"115_000", "115000"},
                                             {"115,000", "115000"},
                                             {"1,115,000", "1115000"},
                                             {"-3", "-3"},
                                             {"0100", "100"},
                                             {"0", "0"},
                                             {"000", "0"},
                                             {"0.5k", "500"},
                                             {"0.5", "0.5", NumberKind::real},
                                             {"1e9", "1e9", NumberKind::real},
                                             {"2_368.5", "2368.5", NumberKind::real}}) {
        std::string why;
        EXPECT_EQ(plain_number(t.text, t.kind, why), t.plain) << t.text << ": " << why;
    }
}

TEST(Counts, WhatIsNoNumberIsSaid) {
    for (const char* text :
         {"", "k", "16q", "1.5", "16 k", "1,15", "11,50,000", "_1", "1_", "1__0", "nan", "inf",
          "-inf", "0x10", "1e3k", "99999999999999999999", "--", "1k k"}) {
        std::string why;
        EXPECT_EQ(plain_number(text, NumberKind::whole, why), "") << text;
        EXPECT_TRUE(contains(why, text)) << why;
    }
    std::string why;
    EXPECT_EQ(plain_number("-1", NumberKind::natural, why), "");
    EXPECT_EQ(plain_number("nan", NumberKind::real, why), "");
    EXPECT_EQ(plain_number("1e999", NumberKind::real, why), "");
}

TEST(Hints, AreNeverEmpty) {
    EXPECT_EQ(hint_from("chip", {"chips", "links"}, "kinds"), "did you mean 'chips'?");
    EXPECT_EQ(hint_from("zebra", {"a", "b"}, "kinds"), "kinds: a, b");
    EXPECT_FALSE(hint_from("zebra", {}, "kinds").empty());
    EXPECT_EQ(join_hints({"", "x?", "", "y", "z"}), "x? y; z");
}

}  // namespace TEST_FILE
}  // namespace millwright
