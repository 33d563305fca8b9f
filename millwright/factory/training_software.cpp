#include "millwright/factory/training_software.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/catalog/software.h"
#include "millwright/rules/facts.h"

namespace millwright {
namespace {

/// The day, or the last of the month of the chip's launch.
Date day_on(const Chip& chip, const Date& day) {
    const auto first = parse_date(launch_month(chip.launch) + "-01");
    if (!first) return day;
    const Date last = first->year() / first->month() / std::chrono::last;
    return std::max(day, last);
}

/// Whose figures time a release; of one without any, those of its fallback.
AttentionLibrary timed_as(const Catalog& catalog, const Software& software) {
    const Software* next = &software;
    while (next != nullptr && next->timed_as.empty()) {
        next = find_part(catalog.software, next->fallback);
    }
    if (next == nullptr) return AttentionLibrary::unfused;
    return *enum_named<AttentionLibrary>(next->timed_as);
}

bool brings(const Software& software, Precision precision) {
    return std::ranges::find(software.precisions, name_of(precision)) != software.precisions.end();
}

void add(const Catalog& catalog, const Software& software, TrainingSoftware& to) {
    for (std::size_t i = 0; i < to.formats.size(); ++i) {
        to.formats[i] = to.formats[i] || brings(software, static_cast<Precision>(i));
    }
    if (software.kind != SoftwareKind::attention_library) return;
    to.attention = std::min(to.attention, timed_as(catalog, software));
}

}  // namespace

TrainingSoftware training_software(const Catalog& catalog, const Chip& chip, const Date& day) {
    const TrainingSoftware none{AttentionLibrary::unfused, {}};
    TrainingSoftware listed = none, out = none;
    for (const Software& software : catalog.software) {
        if (serves(catalog, software, chip)) add(catalog, software, listed);
    }
    for (const Software* software : software_on(catalog, chip, day_on(chip, day))) {
        if (software->training) add(catalog, *software, out);
    }
    if (listed.attention == AttentionLibrary::unfused) out.attention = AttentionLibrary::fastest;
    for (std::size_t i = 0; i < out.formats.size(); ++i) {
        out.formats[i] = out.formats[i] || !listed.formats[i];
    }
    return out;
}

std::string no_format_text(const Catalog& catalog, const Chip& chip, Precision precision,
                           const Date& day) {
    std::string text = fmt::format("no software trains in {} on {} on {}", name_of(precision),
                                   chip.id, to_text(day));
    for (const Software& software : catalog.software) {
        if (!brings(software, precision) || !serves(catalog, software, chip)) continue;
        const Software* instead = software_for(catalog, software, chip, day_on(chip, day));
        text += software.training
                    ? fmt::format("; {} is of {}", software.name, to_text(software.since.value))
                    : fmt::format("; {} is for serving", software.name);
        if (instead != nullptr && instead != &software) {
            text += fmt::format(", until then {}", instead->name);
        }
    }
    return text;
}

}  // namespace millwright
