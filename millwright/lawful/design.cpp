// The search of a grid of chips.
//
// To judge a shape is cheap, to time it takes a search of plans. Two steps keep timing small, and
// neither loses the best:
//   Of shapes that differ in units and die area alone, more units are never slower, and the area
//   matters to rules only. So of each such family the first that is let through is enough, since
//   the grid lists it by units downwards and areas upwards.
//   Of what is left, a shape of which another has at least as much of everything is not timed.
#include "millwright/lawful/design.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "millwright/base/parallel.h"
#include "millwright/catalog/defaults.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

constexpr std::int64_t area_steps = 16;  // die areas between none and the largest

std::int64_t count(const Cited<double>& value) { return static_cast<std::int64_t>(value.value); }

/// Die areas that hold so many units of each die, the smallest first.
std::vector<double> areas_for(const Process& p, std::int64_t units_of_die) {
    const double whole = p.die.value.in(unit::mm2);
    const double needed = whole * static_cast<double>(units_of_die) / p.units.value;
    std::vector<double> areas;
    for (std::int64_t step = 1; step <= area_steps; ++step) {
        const double area = whole * static_cast<double>(step) / area_steps;
        if (area >= needed) areas.push_back(area);
    }
    return areas;
}

template <Dimension D>
void scale(Cited<Quantity<D>>& value, double factor) {
    value.value = factor * value.value;
}

/// Whether exports are asked for nothing and no authority holds the chip at its destination.
bool is_free(const Decision& decision, const Rulebook& book) {
    for (std::size_t i = 0; i < book.authorities.size(); ++i) {
        const Authority& authority = book.authorities[i];
        const unsigned verdict = decision.of[i].verdict;
        // an undecided export ends here, before it is looked up as a row
        if (authority.asks == AsksAbout::sending && verdict != 0) return false;
        if (authority.verdicts[verdict].had != Having::yes) return false;
    }
    return true;
}

bool is_decided(const Decision& decision) {
    return std::ranges::none_of(decision.of,
                                [](const Decided& d) { return d.verdict == undecided; });
}

/// Most designs are settled by the decision; words are written only for those that need a licence,
/// of which `judge` knows whether such are being issued.
bool meets(DesignTarget target, const Decision& decision, const Rulebook& book,
           const RuleQuery& query) {
    if (target == DesignTarget::any || is_free(decision, book)) return true;
    if (target == DesignTarget::no_licence || !is_decided(decision)) return false;
    return may_have(judge(book, query));
}

/// What stays while units and area are chosen.
using Frame = std::tuple<std::int64_t, std::int64_t, std::int64_t, double>;
Frame frame_of(const DesignShape& s) { return {s.dies, s.stacks, s.links, s.matrix_share}; }

double matrix_rate(const DesignShape& s) { return static_cast<double>(s.units) * s.matrix_share; }

/// At least as much of every resource.
bool dominates(const DesignShape& a, const DesignShape& b) {
    return a.units >= b.units && matrix_rate(a) >= matrix_rate(b) && a.stacks >= b.stacks &&
           a.links >= b.links;
}

struct DesignSearch {
    const DesignQuestion& q;
    const Rulebook& book;
    const Catalog& catalog;
    RulesOfDay day;
    std::vector<bool> party;
    DesignResult out{};

    RuleQuery query_of(const DesignShape& shape) const {
        RuleQuery query = q.rules;
        const ChipFacts wanted = query.chip;
        query.chip = chip_facts(catalog, chip_of(q.process, catalog, shape), query.readings);
        // a design has no market yet: whom it is for is part of the question
        query.chip.data_centre = wanted.data_centre;
        query.chip.us_market = wanted.us_market;
        return query;
    }

    bool lawful(const DesignShape& shape) {
        ++out.judged;
        const RuleQuery query = query_of(shape);
        const Subject subject = subject_of(book, query.chip, query.party, query.readings);
        return meets(q.target, decide(day, subject, party), book, query);
    }

    /// Of each frame the shape with the most units that is let through, on the smallest dies.
    std::vector<DesignShape> largest_lawful() {
        std::map<Frame, DesignShape> found;
        for (const DesignShape& shape : grid_of(q.process)) {
            ++out.in_grid;
            const auto known = found.find(frame_of(shape));
            if (known != found.end()) continue;  // fewer units, or larger dies
            if (lawful(shape)) found.emplace(frame_of(shape), shape);
        }
        std::vector<DesignShape> shapes;
        for (const auto& [frame, shape] : found) shapes.push_back(shape);
        return shapes;
    }

    /// O(n^2) in the families. Of shapes with the same resources the first one stays.
    std::vector<DesignShape> undominated(const std::vector<DesignShape>& shapes) const {
        std::vector<DesignShape> kept;
        for (const DesignShape& a : shapes) {
            const bool beaten = std::any_of(shapes.begin(), shapes.end(), [&](const auto& b) {
                return dominates(b, a) && (!dominates(a, b) || b < a);
            });
            if (!beaten) kept.push_back(a);
        }
        return kept;
    }

    /// Figures are kept by place and compared in order, so that threads change nothing.
    void time_all(const std::vector<DesignShape>& shapes) {
        std::vector<std::array<double, 3>> tokens(shapes.size());
        parallel_for(shapes.size(), q.threads, [&](std::size_t i) {
            const Chip chip = chip_of(q.process, catalog, shapes[i]);
            for (std::size_t job = 0; job < tokens[i].size(); ++job) {
                tokens[i][job] = tokens_of(q, catalog, chip, static_cast<DesignJob>(job));
            }
        });
        out.timed = shapes.size();
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            for (std::size_t job = 0; job < out.best.size(); ++job) {
                Design& best = out.best[job];
                if (tokens[i][job] <= best.tokens) continue;
                best.shape = shapes[i];
                best.tokens = tokens[i][job];
                best.found = true;
            }
        }
    }

    void finish() {
        for (Design& best : out.best) {
            if (!best.found) continue;
            const RuleQuery query = query_of(best.shape);
            best.chip = chip_of(q.process, catalog, best.shape);
            best.facts = query.chip;
            best.verdict = judge(book, query);
        }
    }
};

/// The process's server with the design in place of its own chip.
Factory factory_with(const DesignQuestion& q, const Catalog& catalog, const Chip& chip,
                     double chips) {
    const Server& server = part_named(catalog.servers, q.process.server);
    Factory factory =
        resolve_factory(catalog, server, part_named(catalog.fabrics, default_fabric), chips, {});
    factory.chip = chip;
    factory.rates = resolve_rates(catalog, chip);
    const Link& host = part_named(catalog.links, chip.host_link);
    // a design without links, or with few, exchanges over its host link
    factory.network.inner.per_chip =
        std::max(chip.scale_up_per_direction.value, host.per_direction.value);
    return factory;
}

/// On one thread: designs are timed side by side already.
/// By cost the score is chip-seconds a sequence, so tokens of a sequence over it are tokens a
/// second and chip, of a plan that need not use all chips.
double training_tokens(const DesignQuestion& q, const Factory& factory) {
    const TrainContext context =
        train_context({q.model, q.sequence, Precision::bf16},
                      {factory.rates, factory.network, factory.host}, factory.framework);
    const SearchResult found = search(context, {q.training_chips, q.global_batch, q.global_batch},
                                      {.by_cost = true, .best_only = true, .threads = 1});
    return found.feasible ? q.sequence / found.best.score : 0;
}

}  // namespace

std::vector<DesignShape> grid_of(const Process& p) {
    std::vector<DesignShape> grid;
    const auto add_frames = [&](const DesignShape& base) {
        for (std::int64_t stacks = base.dies * count(p.stacks); stacks >= 1; --stacks) {
            for (std::int64_t links = count(p.links); links >= 0; --links) {
                grid.push_back(base);
                grid.back().stacks = stacks;
                grid.back().links = links;
            }
        }
    };
    for (std::int64_t dies = count(p.dies); dies >= 1; --dies) {
        for (std::int64_t units = count(p.yielding); units >= 1; --units) {
            for (const double area : areas_for(p, units)) {
                for (const double share : p.matrix_shares.value) {
                    add_frames({.dies = dies,
                                .units = dies * units,
                                .die_area_mm2 = area,
                                .matrix_share = share});
                }
            }
        }
    }
    return grid;
}

Chip chip_of(const Process& p, const Catalog& catalog, const DesignShape& shape) {
    Chip chip = part_named(catalog.chips, p.chip);
    const double units = static_cast<double>(shape.units);
    const double factor = units * (p.unit_rate.value / chip.bf16.value);
    for (Cited<FlopRate>* rate : {&chip.fp64, &chip.fp32}) scale(*rate, factor);
    for (Cited<FlopRate>* rate : {&chip.tf32, &chip.bf16, &chip.fp8, &chip.fp6, &chip.fp4,
                                  &chip.int8, &chip.fp4_compressed}) {
        scale(*rate, factor * shape.matrix_share);
    }
    chip.name = "a design";
    chip.status = ChipStatus::unstated;
    chip.launch.clear();
    // kernels count waves of tiles over these
    chip.processors.value = units;
    const double stacks = static_cast<double>(shape.stacks);
    chip.memory_capacity.value = stacks * p.stack_capacity.value;
    chip.memory_bandwidth.value = stacks * p.stack_bandwidth.value;
    chip.scale_up_per_direction.value =
        static_cast<double>(shape.links) * p.link_per_direction.value;
    const double dies = static_cast<double>(shape.dies);
    chip.applicable_area.value = dies * shape.die_area_mm2 * unit::mm2;
    chip.dies.value = dies;
    return chip;
}

double tokens_of(const DesignQuestion& q, const Catalog& catalog, const Chip& chip, DesignJob job) {
    const bool training = job == DesignJob::training;
    const Server& server = part_named(catalog.servers, q.process.server);
    const double chips = training ? static_cast<double>(q.training_chips) : server.domain.value;
    const Factory factory = factory_with(q, catalog, chip, chips);
    if (training) return training_tokens(q, factory);
    const bool fp8 = factory.rates.rate(Precision::fp8) > FlopRate{};
    const ServeContext context{q.model, fp8 ? Precision::fp8 : Precision::bf16, factory.rates,
                               factory.network};
    ServeRequest request = q.serve;
    request.by_prefill = job == DesignJob::prefill;
    request.chips_at_most = static_cast<std::int64_t>(server.domain.value);
    const Served served = best_replica(context, request);
    if (!served.feasible) return 0;
    const TokenRate rate = request.by_prefill ? served.prefill : served.decode;
    return rate.si() / static_cast<double>(served.chips);
}

DesignResult design(const DesignQuestion& q, const Rulebook& book, const Catalog& catalog) {
    DesignSearch hunting{
        q, book, catalog,
        rules_of_day(book, q.rules.date, q.rules.known, q.rules.basis, q.rules.without),
        rows_of(book, q.rules.party)};
    const std::vector<DesignShape> lawful = hunting.largest_lawful();
    hunting.time_all(hunting.undominated(lawful));
    hunting.finish();
    return std::move(hunting.out);
}

}  // namespace millwright
