// A factory does one thing at a time: jobs that serve by hours share a day, and what they leave is
// for training. Jobs that serve all day are asked each as if the factory did nothing else. Where
// jobs have shares of the chips, models are served beside each other, all day or by hours.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "millwright/base/text.h"
#include "millwright/factory/resolver.h"

namespace millwright {
namespace {

constexpr std::size_t hours = 24;

struct Serving {
    const std::string& name;
    const ServeJobText& text;
    DayHours at;  // of one without, or with faulty ones: all day
};

/// Faulty hours are told.
std::vector<Serving> serving(Resolver& r) {
    std::vector<Serving> jobs;
    for (const JobText& job : r.text.jobs) {
        const auto* text = std::get_if<ServeJobText>(&job.keys);
        if (text == nullptr) continue;
        jobs.push_back({job.name.value, *text, {}});
        if (!text->hours.given) continue;
        const auto read = parse_day_hours(text->hours.value);
        if (read) {
            jobs.back().at = *read;
        } else {
            r.fault(text->hours.at, fmt::format("'{}' are no hours of a day", text->hours.value),
                    "write from when to when, as \"08:00..24:00\", or over midnight "
                    "\"22:00..06:00\"");
        }
    }
    return jobs;
}

bool has_hours(const Serving& job) {
    return job.text.hours.given && parse_day_hours(job.text.hours.value).has_value();
}

/// Rates of a day are of its hours, and of those alone in which the factory serves.
void check_rates(Resolver& r, const Serving& job) {
    const Written<std::vector<double>>& rates = job.text.hourly_rates;
    if (!rates.given) return;
    if (job.text.rate.given) {
        r.fault(rates.at, "rate and hourly_rates at once", "leave one of them out");
    }
    if (rates.value.size() != hours) {
        r.fault(rates.at, fmt::format("hourly_rates has {} rates", rates.value.size()),
                "give 24, of the hours from midnight on");
        return;
    }
    double served = 0;
    for (std::size_t i = 0; i < hours; ++i) {
        const double from = static_cast<double>(i);
        const double shared = shared_hours(job.at, {from, from + 1});
        served += shared * rates.value[i];
        if (shared > 0 || rates.value[i] <= 0 || !has_hours(job)) continue;
        r.fault(rates.at,
                fmt::format("requests come at {:02}:00, outside the hours {}", i, to_text(job.at)),
                "make that rate 0, or the hours more");
        return;
    }
    if (served <= 0) {
        r.fault(rates.at, "no request comes while it serves", "make a rate more than 0");
    }
}

bool any_share(const std::vector<Serving>& jobs) {
    return std::ranges::any_of(jobs, [](const Serving& job) { return job.text.share.given; });
}

/// Part of the chips in use in each minute of a day.
using DayUse = std::array<double, 24 * 60>;

/// Adds a job's share to its minutes; the first in which there are more than all chips, if any.
std::optional<std::size_t> add_to(DayUse& use, const Serving& job) {
    constexpr double all = 1 + 1e-9, hour = 60;
    std::optional<std::size_t> beyond;
    for (std::size_t i = 0; i < use.size(); ++i) {
        const double from = static_cast<double>(i) / hour;
        if (shared_hours(job.at, {from, from + 1 / hour}) <= 0) continue;
        use[i] += job.text.share.given ? job.text.share.value : 1;
        if (use[i] > all && !beyond) beyond = i;
    }
    return beyond;
}

/// Models beside each other have no more than all chips in any minute.
void check_shares(Resolver& r, const std::vector<Serving>& jobs) {
    DayUse use{};
    for (const Serving& job : jobs) {
        const auto beyond = add_to(use, job);
        if (!beyond) continue;
        r.fault(job.text.share.given ? job.text.share.at : job.text.model.at,
                fmt::format("with job {} the shares of those that serve at {:02}:{:02} are {:.4g}",
                            job.name, *beyond / 60, *beyond % 60, use[*beyond]),
                "models beside each other have shares that make 1 at most; one without has all");
        return;
    }
}

/// Hours of a day in which some job serves.
double hours_served(const std::vector<Serving>& jobs) {
    DayUse use{};
    for (const Serving& job : jobs) {
        if (has_hours(job) || any_share(jobs)) add_to(use, job);
    }
    const auto busy = std::ranges::count_if(use, [](double part) { return part > 0; });
    return static_cast<double>(busy) / 60;
}

/// Each with those before it, so that an hour that two jobs want is told once.
void check_shared(Resolver& r, const std::vector<Serving>& jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (!has_hours(jobs[i])) continue;
        for (std::size_t k = 0; k < i; ++k) {
            if (!has_hours(jobs[k]) || shared_hours(jobs[i].at, jobs[k].at) <= 0) continue;
            r.fault(jobs[i].text.hours.at,
                    fmt::format("job {} serves within {} too, the hours of job {}", jobs[i].name,
                                to_text(jobs[k].at), jobs[k].name),
                    "a factory serves one model at a time: give each hours of its own, or shares "
                    "of the "
                    "chips");
            break;
        }
    }
}

/// One that serves all day leaves none of it to others that have hours.
void check_all_day(Resolver& r, const std::vector<Serving>& jobs) {
    const auto by_hours = std::ranges::find_if(jobs, has_hours);
    if (by_hours == jobs.end()) return;
    for (const Serving& job : jobs) {
        if (job.text.hours.given) continue;
        r.fault(job.text.model.at,
                fmt::format("job {} serves all day, job {} by hours", job.name, by_hours->name),
                "give hours to each serving job, or to none");
    }
}

}  // namespace

void resolve_hours(Resolver& r) {
    const std::vector<Serving> jobs = serving(r);
    for (const Serving& job : jobs) check_rates(r, job);
    if (any_share(jobs)) {
        check_shares(r, jobs);
    } else {
        check_shared(r, jobs);
        check_all_day(r, jobs);
    }
    const auto last = std::ranges::find_if(jobs.rbegin(), jobs.rend(), [](const Serving& job) {
        return has_hours(job) || job.text.share.given;
    });
    if (last == jobs.rend()) return;
    r.out.hours_to_train = std::max(0.0, hours_of_day - hours_served(jobs));
    if (!trains(r.text)) return;
    constexpr double minute = 1.0 / 60;
    if (r.out.hours_to_train >= minute / 2) {
        r.stood_in(
            fmt::format("jobs that train have the {:.4g} hours of a day in which none is "
                        "served; to change over takes no time",
                        r.out.hours_to_train));
    } else {
        const Place& at = last->text.hours.given ? last->text.hours.at : last->text.share.at;
        r.fault(at, "serving jobs leave no hour of a day to those that train",
                "make the hours fewer, or leave the training jobs out");
    }
}

}  // namespace millwright
