#include "millwright/report/claims_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

std::ptrdiff_t count_of(const JudgedClaims& judged, ClaimVerdict verdict) {
    return std::count_if(judged.claims.begin(), judged.claims.end(),
                         [&](const JudgedClaim& claim) { return claim.verdict == verdict; });
}

std::string answer_sentence(const ClaimsAnswer& answer) {
    const JudgedClaims& judged = answer.judged;
    const auto holds = count_of(judged, ClaimVerdict::holds);
    const std::string name = answer.name.empty() ? "" : answer.name + ": ";
    return wrapped(
        "",
        fmt::format("{}of {}, {} contradict themselves, {} the record, {} {} and {} cannot "
                    "be decided; {} found.",
                    name, counted(judged.claims.size(), "claim"),
                    count_of(judged, ClaimVerdict::contradicts_itself),
                    count_of(judged, ClaimVerdict::contradicts_record), holds,
                    holds == 1 ? "holds" : "hold", count_of(judged, ClaimVerdict::cannot_decide),
                    counted(judged.contradictions.size(), "contradiction")),
        0);
}

/// A contradiction a paragraph: sets and reasons are too long for cells.
std::string contradiction_lines(const ClaimsAnswer& answer) {
    std::string text;
    int number = 0;
    for (const Contradiction& contradiction : answer.judged.contradictions) {
        const std::string set =
            contradiction.set.empty() ? "whatever is claimed" : join(contradiction.set, ", ");
        text += wrapped(fmt::format("{:>3}. ", ++number),
                        fmt::format("{{{}}}: {}", set, contradiction.reason), 5);
    }
    if (!answer.judged.complete) {
        text += wrapped("note: ", "the search ended at its limit; there may be more", 6);
    }
    return text;
}

std::string verdict_text(ClaimVerdict verdict) {
    std::string text(name_of(verdict));
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string claim_rows(const ClaimsAnswer& answer) {
    std::vector<std::vector<std::string>> rows;
    for (const JudgedClaim& claim : answer.judged.claims) {
        rows.push_back({claim.id, verdict_text(claim.verdict), claim.says});
    }
    return format_table({"claim", "verdict", "says"}, rows, "lll");
}

/// What the contradictions of the record rest on, and where it is known from.
std::string record_lines(const ClaimsAnswer& answer) {
    std::string text;
    for (const RecordEntry& entry : answer.judged.record) {
        std::string line = entry.is;
        if (!entry.says.empty()) line += (line.empty() ? "" : ", ") + entry.says;
        line += entry.source.empty() ? "; no source is given" : "; " + entry.source;
        if (!entry.grade.empty()) line += " (" + entry.grade + ")";
        text += wrapped(entry.id + ": ", line, 4);
    }
    return text.empty() ? "" : "\nThe record that they rest on\n\n" + text;
}

std::string open_lines(const ClaimsAnswer& answer) {
    std::string text;
    for (const JudgedClaim& claim : answer.judged.claims) {
        if (claim.verdict != ClaimVerdict::cannot_decide) continue;
        text += wrapped(claim.id + ": ", join(claim.reasons, "; "), 4);
    }
    return text.empty() ? "" : "\nWhat cannot be decided, and why\n\n" + text;
}

}  // namespace

std::string claims_text(const ClaimsAnswer& answer) {
    const std::string contradictions = contradiction_lines(answer);
    return answer_sentence(answer) + "\n" + (contradictions.empty() ? "" : contradictions + "\n") +
           claim_rows(answer) + record_lines(answer) + open_lines(answer);
}

}  // namespace millwright
