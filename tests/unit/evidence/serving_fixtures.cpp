#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright::serving_tests {

Cell row_with(const Cell& cells) {
    Cell row{{"id", "x"},
             {"source", "nobody"},
             {"year", "2026"},
             {"chip", "H100-SXM-80GB"},
             {"chips", "1"},
             {"tp", "1"},
             {"pp", "1"},
             {"ep", ""},
             {"dp", ""},
             {"disagg", "no"},
             {"engine", "vLLM 0.15.1"},
             {"precision", "w=BF16"},
             {"model", "Llama-3.1-8B"},
             {"isl", "1024"},
             {"osl", "128"},
             {"load", "closed loop, concurrency=8"},
             {"metric", "ttft_ms"},
             {"value", "123.4"},
             {"notes", ""}};
    for (const auto& [name, text] : cells) row[name] = text;
    return row;
}

CsvTable table_of(const Cell& cells, Columns columns) {
    std::vector<std::string> names, texts;
    for (const auto& [name, text] : cells) {
        names.push_back(name);
        texts.push_back(text);
    }
    return read_table(csv_line(names) + csv_line(texts), "t.csv", columns).value();
}

}  // namespace millwright::serving_tests
