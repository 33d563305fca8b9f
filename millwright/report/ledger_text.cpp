#include "millwright/report/ledger_text.h"

#include <vector>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/table.h"

namespace millwright {

std::string share_text(double share) {
    if (share > 0 && share < 0.0005) return "<0.1 %";
    return share == 0 ? "0 %" : fmt::format("{:.1f} %", 100 * share);
}

template <class Q>
std::string parts_text(const Ledger<Q>& ledger) {
    std::vector<std::string> words;
    for (const Ledger<Q>& part : ledger.parts) {
        words.push_back(part.name + " " + share_text(part.value / ledger.value));
    }
    return join(words, ", ");
}

template <class Q>
std::string ledger_text(const Ledger<Q>& ledger) {
    std::vector<std::vector<std::string>> rows;
    // a node, then its parts two blanks further in; shares are of the root, so that lines compare
    const auto visit = [&](const auto& self, const Ledger<Q>& node, std::size_t depth) -> void {
        rows.push_back({std::string(2 * depth, ' ') + node.name, to_text(node.value),
                        share_text(node.value / ledger.value)});
        for (const Ledger<Q>& part : node.parts) self(self, part, depth + 1);
    };
    visit(visit, ledger, 0);
    return format_table({"part", "value", "share"}, rows, "lrr");
}

template std::string parts_text(const Ledger<Seconds>&);
template std::string parts_text(const Ledger<Bytes>&);
template std::string parts_text(const Ledger<Dollars>&);
template std::string parts_text(const Ledger<Watts>&);
template std::string ledger_text(const Ledger<Seconds>&);
template std::string ledger_text(const Ledger<Bytes>&);
template std::string ledger_text(const Ledger<Dollars>&);
template std::string ledger_text(const Ledger<Watts>&);

}  // namespace millwright
