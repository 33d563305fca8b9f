#include <cmath>

#include "millwright/factory/resolver.h"
#include "millwright/intake/job_kinds.h"

namespace millwright {
namespace {

template <class T>
void check_length(Resolver& r, const Written<std::vector<T>>& list, std::size_t length,
                  std::string_view what) {
    if (!list.given || list.value.size() == length) return;
    r.fault(list.at,
            fmt::format("{} values, where there are {} {}", list.value.size(), length, what),
            "one for each, in order");
}

/// In order, within the horizon, and together the whole factory.
void check_phases(Resolver& r) {
    const std::vector<PhaseText>& phases = r.text.phases;
    if (phases.empty()) return;
    double sum = 0;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        const PhaseText& phase = phases[i];
        if (!phase.after.given || !phase.share.given) return;  // told when they were read
        sum += phase.share.value;
        if (i > 0 && phase.after.value < phases[i - 1].after.value) {
            r.fault(phase.after.at, "this phase is ordered before the one above it",
                    "write phases in the order of time");
        }
    }
    constexpr double digits = 1e-6;
    if (std::abs(sum - 1) > digits) {
        r.fault(phases.back().share.at, fmt::format("the shares of phases sum to {:g}", sum),
                "together they are the whole factory: 1");
    }
}

/// Of jobs that serve, once each.
void check_sales(Resolver& r) {
    std::vector<std::string> sold;
    for (const SaleText& sale : r.text.sales) {
        if (!sale.job.given) continue;
        const auto job = std::ranges::find_if(
            r.text.jobs, [&](const JobText& text) { return text.name.value == sale.job.value; });
        if (job == r.text.jobs.end()) {
            r.fault(sale.job.at, fmt::format("no [[job]] is named '{}'", sale.job.value),
                    "name a job of kind serve");
        } else if (job->kind.given && job->kind.value != JobKind::serve) {
            r.fault(sale.job.at, fmt::format("job '{}' serves nobody", sale.job.value),
                    "tokens of jobs of kind serve are sold");
        }
        if (std::ranges::find(sold, sale.job.value) != sold.end()) {
            r.fault(sale.job.at, fmt::format("tokens of '{}' are sold twice", sale.job.value),
                    "one [[sale]] a job");
        }
        sold.push_back(sale.job.value);
    }
}

/// What does nothing without another key.
void check_pairs(Resolver& r) {
    const BooksText& b = r.text.books;
    if (b.own_share.given && b.own_share.value > 0 && !b.own_energy_price.given) {
        r.fault(b.own_share.at, "nothing says what own energy costs",
                "own_energy_price = \"0.05 USD/kWh\"");
    }
    if (b.next_generation_drop.given && !b.next_generation.given) {
        r.fault(b.next_generation_drop.at, "nothing says when the next generation comes",
                "next_generation = \"24 months\"");
    }
    if (b.staff.given && !b.maintenance.given) {
        r.fault(b.staff.at, "the catalog's share for maintenance has staff in it",
                "give maintenance too: the share without people");
    }
    if (b.price_per_chip_hour.given && !r.text.sales.empty()) {
        r.fault(b.price_per_chip_hour.at, "chips are sold by the hour and their tokens too",
                "leave out price_per_chip_hour or every [[sale]]");
    }
}

/// Every phase works before the horizon; where the scenario says nothing of either, `books` tells.
void check_times(Resolver& r) {
    const BooksText& b = r.text.books;
    const bool timed = b.horizon.given || b.construction.given || b.power_delay.given;
    if (!timed && r.text.phases.empty()) return;
    const Seconds until = b.horizon.given ? b.horizon.value : default_horizon;
    const Seconds construction = b.construction.given
                                     ? b.construction.value
                                     : stated_ratio(r.catalog, "construction-months") * unit::month;
    const Seconds built = construction + b.power_delay.value;
    const auto check = [&](const Place& at, Seconds ordered) {
        if (ordered + built + unit::month <= until) return;
        r.fault(at, "it has power only when the horizon is over", "a longer horizon");
    };
    for (const PhaseText& phase : r.text.phases) check(phase.after.at, phase.after.value);
    if (!r.text.phases.empty()) return;
    check(b.horizon.given        ? b.horizon.at
          : b.construction.given ? b.construction.at
                                 : b.power_delay.at,
          {});
}

}  // namespace

void check_books(Resolver& r) {
    const BooksText& b = r.text.books;
    check_length(r, b.pue_by_month, 12, "months");
    check_length(r, b.energy_price_by_hour, 24, "hours");
    check_phases(r);
    check_sales(r);
    check_pairs(r);
    check_times(r);
}

}  // namespace millwright
