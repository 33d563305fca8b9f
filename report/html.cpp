#include "report/html.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/json.h"

// made by cmake/embed.cmake: text of the files, each ended by a zero byte
extern "C" {
extern const char mw_page_echarts[];
extern const char mw_page_style[];
extern const char mw_page_script[];
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

}  // namespace

std::string study_html(const Study& study) {
    const std::string json = inside_script(study_json(study).dump());
    std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += fmt::format("<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
                        escaped(study.name), mw_page_style);
    page += fmt::format(
        "<header><h1>{}</h1><p>rules of {} &middot; site {} &middot; buyer {}</p>"
        "</header>\n<main id=\"main\"></main>\n",
        escaped(study.name), to_text(study.date), escaped(study.site), escaped(study.buyer));
    page += "<script type=\"application/json\" id=\"study\">" + json + "</script>\n";
    page += std::string("<script>") + mw_page_echarts + "</script>\n";
    page += std::string("<script>\n") + mw_page_script + "</script>\n</body>\n</html>\n";
    return page;
}

}  // namespace millwright
