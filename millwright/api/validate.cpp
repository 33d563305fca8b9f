#include "millwright/api/validate.h"

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// Options that say nothing of tables of this kind.
Faults option_faults(const ValidateQuestion& q) {
    Faults faults;
    if (!q.family.empty() && q.kind != EvidenceKind::kernels) {
        faults.push_back({{"--family", 0, 0},
                          "a family of kernels predicts tables of kernels alone",
                          "leave it out, or validate kernels"});
    }
    const bool runs = q.kind == EvidenceKind::training || q.kind == EvidenceKind::sweep;
    if (!q.framework.empty() && !runs) {
        faults.push_back({{"--framework", 0, 0},
                          "a framework predicts tables of training and sweeps alone",
                          "leave it out, or validate training"});
    }
    return faults;
}

}  // namespace

Result<ValidateAnswer> validate(const ValidateQuestion& q, const Setting& setting) {
    const auto answer = [](auto figures) { return ValidateAnswer(std::move(figures)); };
    if (Faults faults = option_faults(q); !faults.empty()) return failure(std::move(faults));
    if (q.kind == EvidenceKind::rules) return validate_rules(q.table, setting.catalog).map(answer);
    if (q.kind == EvidenceKind::requests) {
        require(q.log.has_value(), "requests come with their log");
        return answer(validate_log(*q.log, setting.catalog, q.group_by, q.each_request));
    }
    // kinds of measured tables have the same names there; rules are gone by here
    const auto kind = enum_named<TableKind>(name_of(q.kind)).value();
    return validate(kind, q.table, setting.catalog, {q.group_by, q.family, q.framework})
        .map(answer);
}

}  // namespace millwright
