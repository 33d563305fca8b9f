#include "report/html.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/json_text.h"

// made by cmake/embed.cmake: text of the files, each ended by a zero byte
extern "C" {
extern const char mw_page_echarts[];
extern const char mw_page_style[];
extern const char mw_page_base[];
extern const char mw_page_study[];
extern const char mw_page_rules[];
}

namespace millwright {
namespace {

/// Text inside HTML.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
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

/// JSON inside a script element: "</" could close it.
std::string inside_script(std::string json) {
    for (std::size_t at = json.find("</"); at != std::string::npos; at = json.find("</", at + 3)) {
        json.replace(at, 2, "<\\/");
    }
    return json;
}

struct Heading {
    std::string title, subtitle;  // plain text
};

/// Style, data, chart library and a script that draws the data, in one file.
std::string page_of(const Heading& heading, const nlohmann::ordered_json& data,
                    const char* script) {
    std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += fmt::format("<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
                        escaped(heading.title), mw_page_style);
    page += fmt::format("<header><h1>{}</h1><p>{}</p></header>\n<main id=\"main\"></main>\n",
                        escaped(heading.title), escaped(heading.subtitle));
    page += "<script type=\"application/json\" id=\"data\">" + inside_script(json_text(data, -1)) +
            "</script>\n";
    page += std::string("<script>") + mw_page_echarts + "</script>\n";
    page += std::string("<script>\n\"use strict\";\n(() => {\n") + mw_page_base + script +
            "finish();\n})();\n</script>\n</body>\n</html>\n";
    return page;
}

}  // namespace

std::string study_html(const Study& study) {
    const std::string subtitle = fmt::format("rules of {} · site {} · buyer {}",
                                             to_text(study.date), study.site, study.buyer);
    return page_of({study.name, subtitle}, study_json(study), mw_page_study);
}

std::string rules_html(const std::string& title, const std::string& subtitle,
                       const nlohmann::ordered_json& data) {
    return page_of({title, subtitle}, data, mw_page_rules);
}

}  // namespace millwright
