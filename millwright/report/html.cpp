// All pages are built by one function and differ in data and script. Style, library and scripts
// are files that the build embeds; their hashes are taken when a page is made, so they need no
// upkeep. Names reach the page twice, in its head and in its data, each escaped for where it
// stands.
#include "millwright/report/html.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/names.h"
#include "millwright/base/plural.h"
#include "millwright/base/sha256.h"
#include "millwright/report/books_json.h"
#include "millwright/report/goodput_json.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/serve_run_json.h"
#include "millwright/report/serve_run_text.h"
#include "millwright/report/sweep_json.h"

// made by cmake/embed.cmake: text of the files, each ended by a zero byte
extern "C" {
extern const char mw_page_echarts[];
extern const char mw_page_style[];
extern const char mw_page_base[];
extern const char mw_page_kinds[];
extern const char mw_page_study[];
extern const char mw_page_rules[];
extern const char mw_page_served[];
extern const char mw_page_goodput[];
extern const char mw_page_books[];
extern const char mw_page_sweep[];
}

namespace millwright {
namespace {

/// Text inside HTML, in attributes too: quotes are escaped as the signs of tags are, and controls
/// are printable before.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

/// JSON inside a script element: nothing in it can end the element, open a comment or another
/// script, or break a line. Each of these characters stands within a text, so it may be escaped:
/// JSON reads \u003c as the sign itself. U+2028 and U+2029, separators of lines, are three bytes
/// each, found when the last has come.
std::string inside_script(const nlohmann::ordered_json& data) {
    std::string out;
    for (const char c : json_text(data, -1)) {
        switch (c) {
            case '<': out += "\\u003c"; break;
            case '>': out += "\\u003e"; break;
            case '&': out += "\\u0026"; break;
            default: out += c;
        }
        if (out.ends_with("\xE2\x80\xA8")) out.replace(out.size() - 3, 3, "\\u2028");
        if (out.ends_with("\xE2\x80\xA9")) out.replace(out.size() - 3, 3, "\\u2029");
    }
    return out;
}

/// How the policy of a page names an inline script or style that it allows.
std::string hash_of(const std::string& text) { return "'sha256-" + base64(sha256(text)) + "'"; }

/// What the page may do: run its own two scripts, use its own style. No network, no frames, no
/// script or style that came with the data.
std::string policy(const std::string& library, const std::string& script,
                   const std::string& style) {
    return fmt::format(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "script-src {} {}; style-src {}; base-uri 'none'; form-action 'none'\">\n",
        hash_of(library), hash_of(script), hash_of(style));
}

/// What stands on top of a page, before any script has run.
struct Heading {
    std::string title, subtitle;  // plain text
};

/// Style, data, chart library and a script that draws the data, in one file. The policy's hashes
/// are of the bytes between the tags: `style`, `library` and `code` are put in as they were hashed,
/// line breaks too, or the browser would refuse them. Data comes first, so that the script finds
/// it.
std::string page_of(const Heading& heading, const nlohmann::ordered_json& data,
                    const std::string& script) {
    const std::string library = mw_page_echarts;
    const std::string style = std::string("\n") + mw_page_style;
    const std::string code =
        std::string("\n\"use strict\";\n(() => {\n") + mw_page_base + script + "finish();\n})();\n";
    std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += policy(library, code, style);
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
                        escaped(heading.title), style);
    page += fmt::format("<header><h1>{}</h1><p>{}</p></header>\n<main id=\"main\"></main>\n",
                        escaped(heading.title), escaped(heading.subtitle));
    page += "<script type=\"application/json\" id=\"data\">" + inside_script(data) + "</script>\n";
    page += "<script>" + library + "</script>\n<script>" + code + "</script>\n</body>\n</html>\n";
    return page;
}

}  // namespace

std::string study_html(const Study& study) {
    std::vector<std::string> sites;
    for (const StudySite& site : study.sites) {
        sites.push_back(fmt::format("site {} · buyer {}", site.name, site.buyer));
    }
    const std::string subtitle =
        fmt::format("rules of {} · {}", to_text(study.date), join(sites, "; "));
    const std::string script = std::string(mw_page_kinds) + mw_page_study;
    return page_of({study.name, subtitle}, study_json(study), script);
}

std::string serve_html(const ServeAnswer& answer) {
    const std::string title = answer.asked.model + " on " + answer.asked.server;
    return page_of({title, deployment_text(answer)}, serve_answer_json(answer), mw_page_served);
}

std::string goodput_html(const GoodputAnswer& answer) {
    const GoodputInputs& in = answer.inputs;
    const std::string title = in.name.empty() ? "How much of the time a job works" : in.name;
    const std::string subtitle =
        fmt::format("{} · policy {} · {:.4g} days", counted(in.chips, "chip"),
                    name_of(in.job.policy), in.job.horizon.in(unit::day));
    return page_of({title, subtitle}, goodput_json(answer), mw_page_goodput);
}

std::string books_html(const BooksAnswer& answer) {
    std::vector<std::string> sites;
    for (const SiteAsked& site : answer.scenario.sites) sites.push_back(site.name);
    const std::string subtitle = fmt::format("{} · {} · {}", to_text(answer.scenario.date),
                                             join(sites, ", "), counted(answer.samples, "sample"));
    return page_of({answer.scenario.name, subtitle}, books_json(answer), mw_page_books);
}

std::string sweep_html(const SweepAnswer& answer) {
    std::vector<std::string> paths;
    for (const SweptPath& path : answer.over) paths.push_back(path.path);
    const std::string subtitle =
        fmt::format("{} over {}", counted(answer.points.size(), "point"), join(paths, ", "));
    return page_of({answer.name, subtitle}, sweep_json(answer), mw_page_sweep);
}

std::string rules_html(const std::string& title, const std::string& subtitle,
                       const nlohmann::ordered_json& data) {
    return page_of({title, subtitle}, data, mw_page_rules);
}

}  // namespace millwright
