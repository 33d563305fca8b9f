#include "millwright/report/job_text.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/report/serve_text.h"
#include "millwright/report/train_text.h"

namespace millwright {

std::span<const JobPrinter> job_printers() {
    static const std::array<JobPrinter, EnumNames<JobKind>::names.size()> printers{train_printer(),
                                                                                   serve_printer()};
    return printers;
}

std::vector<RankedJob> ranked_jobs(const Study& study, JobKind kind) {
    std::vector<RankedJob> list;
    int rank = 0;
    for (const std::size_t i : study.ranking) {
        int shown = ++rank;
        for (const JobReport& job : study.factories[i].jobs) {
            if (kind_of(job) != kind) continue;
            list.push_back({shown, study.factories[i], job});
            shown = 0;
        }
    }
    return list;
}

std::string sensitivity_text(const JobReport& job) {
    std::vector<std::string> words;
    for (const Sensitivity& s : job.sensitivities) {
        // rounded before it is tested, so that neither +0.0 nor -0.0 is printed
        const double percent = std::round(1000 * s.change) / 10;
        words.push_back(percent == 0 ? s.resource + " no change"
                                     : fmt::format("{} {:+.1f} %", s.resource, percent));
        if (!s.since.empty()) words.back() += " (" + s.since + ")";
    }
    return join(words, ", ");
}

}  // namespace millwright
