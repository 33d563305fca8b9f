// Which engine a text names, of which release, and when a row was measured.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "millwright/evidence/phrases.h"
#include "millwright/evidence/row_words.h"
#include "millwright/evidence/sayings.h"
#include "millwright/evidence/serving_parts.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

using Version = std::vector<int>;

/// "0.14.0rc1" as 0, 14, 0; nothing where a text has no point between numbers. Numbers beyond all
/// versions are none.
Version version_of(std::string_view text) {
    if (text.starts_with('v')) text.remove_prefix(1);
    Version version;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) {
        int number = 0;
        const auto read = std::from_chars(at, end, number);
        if (read.ec != std::errc{} || number > 9999) break;
        version.push_back(number);
        if (read.ptr == end || *read.ptr != '.') break;
        at = read.ptr + 1;
    }
    return version.size() < 2 ? Version{} : version;
}

/// Where a mark stands in a text; the first place counts, and of marks there the longest.
struct Marked {
    std::size_t at = std::string::npos, words = 0;

    bool before(const Marked& other) const {
        return at != other.at ? at < other.at : words > other.words;
    }
};

Marked marked(const Engine& engine, const std::vector<std::string>& text) {
    Marked best;
    for (const std::string& mark : engine.marks) {
        const std::vector<std::string> phrase = words_of(mark);
        const std::vector<std::size_t> places = places_of(phrase, text);
        if (places.empty()) continue;
        const Marked found{places.front(), phrase.size()};
        if (found.before(best)) best = found;
    }
    return best;
}

/// The version that stands behind a mark, or with one word between.
Version version_behind(const Marked& mark, const std::vector<std::string>& text) {
    const std::size_t from = mark.at + mark.words;
    for (std::size_t i = from; i < text.size() && i < from + 2; ++i) {
        const Version version = version_of(text[i]);
        if (!version.empty()) return version;
    }
    return {};
}

using Releases = std::vector<const Engine*>;

/// Of releases by growing versions the last that is not above; the first where all are.
const Engine* by_version(const Releases& releases, const Version& version) {
    const Engine* best = releases.front();
    for (const Engine* engine : releases) {
        if (version_of(engine->version) <= version) best = engine;
    }
    return best;
}

/// Of releases by growing versions the last that was out; the last of all for no day.
const Engine* by_day(const Releases& releases, const Date& day) {
    const Engine* best = releases.front();
    for (const Engine* engine : releases) {
        if (!day.ok() || engine->since.value <= day) best = engine;
    }
    return best;
}

/// Whether a version can be this product's on that day: not far above all that there are, and not
/// of a release whose next was out a year before (images are numbered by what they carry).
bool is_of_family(const Releases& releases, const Version& version, const Date& day) {
    const Version newest = version_of(releases.back()->version);
    if (newest.empty() || version.front() > newest.front() + 1) return false;
    const Engine* chosen = by_version(releases, version);
    const auto next = std::find(releases.begin(), releases.end(), chosen) + 1;
    if (!day.ok() || next == releases.end()) return true;
    return std::chrono::sys_days(day) - std::chrono::sys_days((*next)->since.value) <
           std::chrono::days(365);
}

/// A day as a text has it.
struct SaidDay {
    int year = 0;
    unsigned month = 0, day = 1;
};

const Sayings<SaidDay>& measured_sayings() {
    static const auto whole = [](SaidDay& said, const Heard& heard) {
        said.year = static_cast<int>(heard.number(1));
        said.month = static_cast<unsigned>(heard.number(2));
        said.day = static_cast<unsigned>(heard.number(3));
    };
    static const Sayings<SaidDay> table{
        {"measured", R"(\bmeasured (20\d\d)-(\d\d)-(\d\d))", whole},
    };
    return table;
}

const Sayings<SaidDay>& day_sayings() {
    static const auto month = [](unsigned number) {
        return [number](SaidDay& said, const Heard& heard) {
            said.year = static_cast<int>(heard.number(1));
            said.month = number;
        };
    };
    static const auto whole = [](SaidDay& said, const Heard& heard) {
        said.year = static_cast<int>(heard.number(1));
        said.month = static_cast<unsigned>(heard.number(2));
        said.day = static_cast<unsigned>(heard.number(3));
    };
    static const Sayings<SaidDay> table{
        {"20", R"((?:^|\D)(20\d\d)-?(\d\d)-?(\d\d)(?!\d))", whole},
        {"jan", R"(\bjan(?:uary)?[ -](20\d\d))", month(1)},
        {"feb", R"(\bfeb(?:ruary)?[ -](20\d\d))", month(2)},
        {"mar", R"(\bmar(?:ch)?[ -](20\d\d))", month(3)},
        {"apr", R"(\bapr(?:il)?[ -](20\d\d))", month(4)},
        {"may", R"(\bmay[ -](20\d\d))", month(5)},
        {"jun", R"(\bjune?[ -](20\d\d))", month(6)},
        {"jul", R"(\bjuly?[ -](20\d\d))", month(7)},
        {"aug", R"(\baug(?:ust)?[ -](20\d\d))", month(8)},
        {"sep", R"(\bsept?(?:ember)?[ -](20\d\d))", month(9)},
        {"oct", R"(\boct(?:ober)?[ -](20\d\d))", month(10)},
        {"nov", R"(\bnov(?:ember)?[ -](20\d\d))", month(11)},
        {"dec", R"(\bdec(?:ember)?[ -](20\d\d))", month(12)},
        {"gtc", R"(\bgtc[ -](20\d\d))", month(3)},
        {"early", R"(\bearly[ -](20\d\d))", month(2)},
        {"mid", R"(\bmid[ -](20\d\d))", month(7)},
        {"late", R"(\blate[ -](20\d\d))", month(11)},
        {"20", R"(\b(20\d\d)\b)", month(7)},
    };
    return table;
}

Date day_said(const Sayings<SaidDay>& table, const std::string& text) {
    SaidDay said;
    if (!table.first(lower(text), said)) return {};
    return on(said.year, said.month, said.day);
}

}  // namespace

const Engine* engine_in(const Catalog& catalog, const std::string& printed, const Date& day) {
    const std::vector<std::string> text = words_of(printed);
    Marked best;
    for (const Engine& engine : catalog.engines) {
        const Marked found = marked(engine, text);
        if (found.before(best)) best = found;
    }
    if (best.at == std::string::npos) return nullptr;
    Releases releases;
    for (const Engine& engine : catalog.engines) {
        const Marked found = marked(engine, text);
        if (found.at == best.at && found.words == best.words) releases.push_back(&engine);
    }
    std::ranges::stable_sort(releases, {}, [](const Engine* e) { return version_of(e->version); });
    const Version version = version_behind(best, text);
    if (!version.empty() && is_of_family(releases, version, day)) {
        return by_version(releases, version);
    }
    return by_day(releases, day);
}

Date day_of_row(const Cells& cells, const Catalog& catalog) {
    const Date measured = day_said(measured_sayings(), cells.text("notes"));
    if (measured.ok()) return measured;
    const Date named = day_said(day_sayings(), cells.text("engine"));
    if (named.ok()) return named;
    return release_of(cells, catalog);
}

void read_engine(const Cells& cells, const Catalog& catalog, ServingRow& row) {
    row.release = day_of_row(cells, catalog);
    take_engine(catalog, cells.text("engine"), row);
}

void take_engine(const Catalog& catalog, const std::string& printed, ServingRow& row) {
    row.engine = engine_in(catalog, printed, row.release);
    if (row.engine == nullptr) {
        row.engine = &engine_for(catalog, *row.chip);
        row.defaults.push_back(fmt::format("engine {}", row.engine->id));
    }
    // a row of a release cannot be older than it
    const Date since = row.engine->since.value;
    if (!row.release.ok() || row.release < since) row.release = since;
}

}  // namespace millwright
