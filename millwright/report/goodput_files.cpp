#include "millwright/report/goodput_files.h"

#include "millwright/report/goodput_json.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"

namespace millwright {
namespace {

template <Seconds ProgressPoint::*member>
nlohmann::ordered_json days_json(const ProgressPoint& point) {
    return (point.*member).in(unit::day);
}

}  // namespace

const JsonTable<ProgressPoint>& progress_table() {
    using P = ProgressPoint;
    static const JsonTable<P> table{
        "Progress of `goodput`",
        {{"day", "of the run", days_json<&P::at>},
         {"mean", "days of work at full speed, done by then and never lost, over replications",
          days_json<&P::mean>},
         {"p5", "5 % of replications are not above", days_json<&P::p5>},
         {"p25", "likewise", days_json<&P::p25>},
         {"p50", "half are not above", days_json<&P::p50>},
         {"p75", "likewise", days_json<&P::p75>},
         {"p95", "likewise", days_json<&P::p95>}}};
    return table;
}

/// The columns are the keys of the JSON, so that both are explained once.
std::string progress_csv(const ProgressFan& progress) {
    const auto& keys = progress_table().keys;
    std::string text;
    const auto add = [&](std::size_t column, const std::string& cell) {
        text += cell + (column + 1 == keys.size() ? '\n' : ',');
    };
    for (std::size_t i = 0; i < keys.size(); ++i) add(i, std::string(keys[i].key));
    for (const ProgressPoint& point : progress) {
        for (std::size_t i = 0; i < keys.size(); ++i) add(i, json_text(keys[i].value(point)));
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> goodput_files(const GoodputAnswer& answer) {
    return {{"goodput.json", json_text(goodput_json(answer)) + "\n"},
            {"goodput.html", goodput_html(answer)},
            {"progress.csv", progress_csv(answer.simulated.progress)}};
}

std::vector<std::string> goodput_file_names() {
    return {"goodput.json", "goodput.html", "progress.csv"};
}

}  // namespace millwright
