// Amounts of cash are positive as named, so signs are the reader's. The owners' cash is made of
// columns of the table; free cash is not quite, as the tax that interest saves has no column.
// Cash of months is reckoned anew from the venture. Cells have twelve digits.
#include "millwright/report/books_files.h"

#include <fmt/format.h>

#include "millwright/report/books_json.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"

namespace millwright {
namespace {

/// A column of the table of cash: amounts in dollars.
struct CashColumn {
    const char* name;
    double (*value)(const MonthFlow&);
};

template <Dollars MonthFlow::*member>
double dollars(const MonthFlow& month) {
    return (month.*member).in(unit::USD);
}

constexpr CashColumn cash_columns[]{
    {"standing", [](const MonthFlow& m) { return m.standing; }},
    {"working", [](const MonthFlow& m) { return m.working; }},
    {"revenue_usd", dollars<&MonthFlow::revenue>},
    {"revenue_share_usd", dollars<&MonthFlow::revenue_share>},
    {"electricity_usd", dollars<&MonthFlow::electricity>},
    {"demand_usd", dollars<&MonthFlow::demand>},
    {"carbon_usd", dollars<&MonthFlow::carbon>},
    {"water_usd", dollars<&MonthFlow::water>},
    {"staff_usd", dollars<&MonthFlow::staff>},
    {"maintenance_usd", dollars<&MonthFlow::maintenance>},
    {"spares_usd", dollars<&MonthFlow::spares>},
    {"licences_usd", dollars<&MonthFlow::licences>},
    {"network_usd", dollars<&MonthFlow::network>},
    {"capital_usd", dollars<&MonthFlow::capital>},
    {"resale_usd", dollars<&MonthFlow::resale>},
    {"depreciation_usd", dollars<&MonthFlow::depreciation>},
    {"drawdown_usd", dollars<&MonthFlow::drawdown>},
    {"interest_usd", dollars<&MonthFlow::interest>},
    {"principal_usd", dollars<&MonthFlow::principal>},
    {"tax_usd", dollars<&MonthFlow::tax>},
    {"free_cash_usd", [](const MonthFlow& m) { return free_cash(m).in(unit::USD); }},
    {"equity_cash_usd", [](const MonthFlow& m) { return equity_cash(m).in(unit::USD); }},
};

/// A name as a cell: quoted where it would be taken apart.
std::string cell(const std::string& name) {
    if (name.find_first_of(",\"\n\r") == std::string::npos) return name;
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string cash_csv(const BooksAnswer& answer) {
    std::string text = "factory,month";
    for (const CashColumn& column : cash_columns) text += fmt::format(",{}", column.name);
    text += '\n';
    for (const FactorySamples& factory : answer.books.factories) {
        const std::string name = cell(answer.scenario.factories[factory.factory].name);
        const std::vector<MonthFlow> months = cash_flows(factory.point.venture);
        for (std::size_t m = 0; m < months.size(); ++m) {
            text += fmt::format("{},{}", name, m);
            for (const CashColumn& column : cash_columns) {
                text += fmt::format(",{:.12g}", column.value(months[m]));
            }
            text += '\n';
        }
    }
    return text;
}

std::string fan_csv(const BooksAnswer& answer) {
    std::string text = "factory,month,mean_usd,p5_usd,p25_usd,p50_usd,p75_usd,p95_usd\n";
    for (const FactorySamples& factory : answer.books.factories) {
        const std::string name = cell(answer.scenario.factories[factory.factory].name);
        for (std::size_t m = 0; m < factory.fan.size(); ++m) {
            const Summary& s = factory.fan[m];
            text += fmt::format("{},{},{:.12g},{:.12g},{:.12g},{:.12g},{:.12g},{:.12g}\n", name, m,
                                s.mean, s.p5, s.p25, s.p50, s.p75, s.p95);
        }
    }
    return text;
}

/// A number, or an empty cell where there is none.
std::string number_cell(const std::optional<double>& value) {
    return value ? fmt::format("{:.12g}", *value) : "";
}

std::string break_even_csv(const BooksAnswer& answer) {
    std::string text = "factory,first,second,first_si,second_si,npv_from_usd,npv_to_usd\n";
    for (const BreakEven& line : answer.break_even) {
        const std::string head =
            fmt::format("{},{},{}", cell(answer.scenario.factories[line.factory].name),
                        cell(line.first.path), cell(line.second.path));
        for (const BreakEvenPoint& point : line.points) {
            text +=
                fmt::format("{},{:.12g},{},{},{}\n", head, point.first, number_cell(point.second),
                            number_cell(point.npv_low), number_cell(point.npv_high));
        }
    }
    return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> books_files(const BooksAnswer& answer) {
    return {{"books.json", json_text(books_json(answer)) + "\n"},
            {"books.html", books_html(answer)},
            {"cash.csv", cash_csv(answer)},
            {"fan.csv", fan_csv(answer)},
            {"break_even.csv", break_even_csv(answer)}};
}

std::vector<std::string> books_file_names() {
    return {"books.json", "books.html", "cash.csv", "fan.csv", "break_even.csv"};
}

}  // namespace millwright
