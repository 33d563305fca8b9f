// An authority whose rules bind a deal, as data: what its verdicts are called, how strict each is,
// and what follows. A rule names a verdict by its code; no two authorities share one, so the code
// says whose answer it is. One file of data/authorities each; the engine knows none by name.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/parts/rule.h"

namespace millwright {

/// What the verdicts are about. Of an export, a condition that nobody can answer leaves the verdict
/// open, and later rules may loosen what earlier ones ask. Of a use, such as a purchase or an
/// import at the destination, only rows that hold for sure count, and the strictest stands.
enum class AsksAbout : std::uint8_t { sending, use };

template <>
struct EnumNames<AsksAbout> {
    static constexpr std::array<std::string_view, 2> names{"export", "use"};
};

/// How a study ranks a verdict; what is open comes after all of these.
enum class VerdictTier : std::uint8_t { free, possible, denied };

template <>
struct EnumNames<VerdictTier> {
    static constexpr std::array<std::string_view, 3> names{"free", "possible", "denied"};
};

/// Whether the part may be had: without a licence, where licences of the kind are being issued, or
/// not at all.
enum class Having : std::uint8_t { yes, licensed, no };

template <>
struct EnumNames<Having> {
    static constexpr std::array<std::string_view, 3> names{"yes", "licensed", "no"};
};

/// One answer.
struct VerdictRow {
    // where the [[verdict]] stands
    Place at;
    // what rules and answers call it, such as LIC_CBC; of no other authority
    std::string code;
    std::string words;
    // tiers never fall from row to row: rows are ordered by strictness in practice
    VerdictTier tier = VerdictTier::free;
    Having had = Having::yes;
    // a frontier without foreign parts keeps those whose verdict says so
    bool domestic = false;
};

template <std::same_as<VerdictRow> V>
struct Fields<V> {
    static constexpr auto table = std::tuple{
        Field{"code", &V::code, "code by which rules and results call it", Need::required},
        Field{"words", &V::words, "the answer in words", Need::required},
        Field{"tier", &V::tier, "free, possible or denied: how a study ranks it", Need::required},
        Field{"had", &V::had, "yes, licensed or no: whether the part may be had", Need::required},
        Field{"domestic", &V::domestic, "says that the part is made at home"},
    };
};

/// One class that lines of rules put a part into.
struct ClassRow {
    Place at;
    std::string code;
    std::string words;
};

template <std::same_as<ClassRow> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"code", &P::code, "code of the class", Need::required},
        Field{"words", &P::words, "the class in words"},
    };
};

/// Lists of places hold codes of ISO 3166. What is empty is not said; what must be said, and
/// together with what, authority_faults() checks.
struct Authority {
    std::string id;  // in lower case; the key of its verdict in JSON and CSV
    std::string name;
    // "US" heads a column, "maritime" stands in "a maritime measure"
    std::string label;
    std::string adjective;
    Cited<std::string> citation;
    AsksAbout asks = AsksAbout::sending;
    // ascending, those about exports first; the first of all leads: its class, rule and reason
    // stand for the whole answer
    std::int64_t order = 100;
    // false: its verdict is told and no factory is ranked by it
    bool ranks = true;
    std::vector<std::string> home;
    std::vector<std::string> no_letter_to;
    // a code that no row of `verdicts` has; empty where the authority asks about use
    std::string open;
    // codes that no row of `classes` has, and words; needed as soon as there are classes
    std::string under_all_lines, before_any_line, class_open;
    std::string uncontrolled;
    std::vector<VerdictRow> verdicts;  // the loosest first; it holds where no rule asks anything
    std::vector<ClassRow> classes;     // the most restrictive first
};

template <std::same_as<Authority> A>
struct Fields<A> {
    static constexpr auto table = std::tuple{
        Field{"name", &A::name, "name of the authority", Need::required},
        Field{"label", &A::label, "head of its column in tables", Need::required},
        Field{"adjective", &A::adjective, "as in \"a Chinese measure\"", Need::required},
        Field{"citation", &A::citation, "where its rules stand"},
        Field{"asks", &A::asks, "export, or use at the destination", Need::required},
        Field{"order", &A::order,
              "place among those who ask alike, 100 if left out; the first leads"},
        Field{"ranks", &A::ranks, "whether a study ranks factories by its verdicts"},
        Field{"home", &A::home, "countries to which nothing is an export"},
        Field{"no_letter_to", &A::no_letter_to,
              "countries to whose makers, if they are not named, no letter is addressed"},
        Field{"open", &A::open, "code where a figure is missing that would decide"},
        Field{"under_all_lines", &A::under_all_lines, "class of a part that meets no line"},
        Field{"before_any_line", &A::before_any_line, "class while no line is in force"},
        Field{"class_open", &A::class_open, "class where a figure is missing that would decide"},
        Field{"uncontrolled", &A::uncontrolled, "why nothing is asked while no line is in force"},
    };
};

// The engine keeps codes of an authority as bits of a word and answers in arrays of this size.
inline constexpr std::size_t most_authorities = 8;
inline constexpr std::size_t most_verdicts = 24;  // of one authority
inline constexpr std::size_t most_classes = 24;

/// Place of a code among the authority's verdicts, or -1.
int verdict_index(const Authority& authority, std::string_view code);

/// Place of a code among its classes; then come those of parts under all lines and before any.
/// -1 for what is none of these.
int class_index(const Authority& authority, std::string_view code);

/// Faults of the authorities themselves: no verdict, tiers that fall, one code twice.
Faults authority_faults(std::span<const Authority> authorities);

/// Faults for codes of verdicts and classes that no authority has, or of two in one row.
Faults code_faults(const Rule& rule, std::span<const Authority> authorities);

}  // namespace millwright
