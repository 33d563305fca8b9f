// The answer has factories and inputs by their places, so a row that tells a name holds the
// answer beside the figure (`Told...`). A figure that no sample has is null: its summary is all
// zeros, which would read as a value. Lists keep the order of the scenario.
#include "millwright/report/books_json.h"

#include <algorithm>

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A factory, an output of one, an input's share: with the answer that names are looked up in.
struct ToldFactory {
    const BooksAnswer& answer;
    const FactorySamples& samples;
};
struct ToldOutput {
    const BooksAnswer& answer;
    const FactorySamples& samples;
    const OutputIndices& indices;
};
struct ToldShare {
    const BooksAnswer& answer;
    const InputShare& share;
};

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

template <auto member>
Json spread_json(const OutputSamples& o) {
    return o.known > 0 ? Json(o.spread.*member) : Json();
}

const JsonTable<OutputSamples>& booked_figure_table() {
    using O = OutputSamples;
    static const JsonTable<O> table{
        "A figure of `books` over its samples",
        {{"point", "as the scenario stands; null where there is none",
          [](const O& o) { return optional_json(o.point); }},
         {"mean", "over the samples that have one; null where none has",
          spread_json<&Summary::mean>},
         {"p5", "5 % of them are not above", spread_json<&Summary::p5>},
         {"p10", "likewise", spread_json<&Summary::p10>},
         {"p25", "likewise", spread_json<&Summary::p25>},
         {"p50", "half are not above", spread_json<&Summary::p50>},
         {"p75", "likewise", spread_json<&Summary::p75>},
         {"p90", "likewise", spread_json<&Summary::p90>},
         {"p95", "likewise", spread_json<&Summary::p95>},
         {"known", "share of samples that have one", json_of<&O::known>}}};
    return table;
}

struct ToldJob {
    const OutputSamples& output;
};

const JsonTable<ToldJob>& booked_job_table() {
    static const JsonTable<ToldJob> table{
        "A job of a factory of `books`",
        {{"job", "its name", [](const ToldJob& j) { return Json(j.output.name); }},
         {"usd_per_million_tokens", "trained, or of output where it serves: a figure",
          [](const ToldJob& j) { return object_json(booked_figure_table(), j.output); }}}};
    return table;
}

template <BooksOutput output>
Json output_json(const ToldFactory& f) {
    return object_json(booked_figure_table(), f.samples.outputs[static_cast<std::size_t>(output)]);
}

/// The fan of a factory, month by month.
struct FanMonth {
    std::size_t month;
    const Summary& cash;
};

template <auto member>
Json fan_json(const FanMonth& m) {
    return Json(m.cash.*member);
}

const JsonTable<FanMonth>& fan_month_table() {
    static const JsonTable<FanMonth> table{
        "A month of the `fan` of `books`: dollars earned and paid so far",
        {{"month", "since the first order", [](const FanMonth& m) { return Json(m.month); }},
         {"mean", "over the samples", fan_json<&Summary::mean>},
         {"p5", "5 % of samples are not above", fan_json<&Summary::p5>},
         {"p25", "likewise", fan_json<&Summary::p25>},
         {"p50", "half are not above", fan_json<&Summary::p50>},
         {"p75", "likewise", fan_json<&Summary::p75>},
         {"p95", "likewise", fan_json<&Summary::p95>}}};
    return table;
}

Json fan_of(const ToldFactory& f) {
    Json list = Json::array();
    for (std::size_t month = 0; month < f.samples.fan.size(); ++month) {
        list.push_back(object_json(fan_month_table(), FanMonth{month, f.samples.fan[month]}));
    }
    return list;
}

template <auto member>
Json book_json(const ToldFactory& f) {
    return value_json(f.samples.point.books.*member);
}

Json booked_jobs_of(const ToldFactory& f) {
    Json list = Json::array();
    for (std::size_t k = own_outputs; k < f.samples.outputs.size(); ++k) {
        list.push_back(object_json(booked_job_table(), ToldJob{f.samples.outputs[k]}));
    }
    return list;
}

const JsonTable<ToldFactory>& booked_factory_table() {
    using F = ToldFactory;
    static const JsonTable<F> table{
        "A factory of `books`",
        {{"name", "its name",
          [](const F& f) { return Json(f.answer.scenario.factories[f.samples.factory].name); }},
         {"capital_usd", "paid for it, over all phases", output_json<BooksOutput::capital>},
         {"yearly_cost_usd", "straight-line, as `run` counts it",
          output_json<BooksOutput::yearly_cost>},
         {"chip_hour_usd", "levelised cost of an hour of a chip that is sold",
          output_json<BooksOutput::chip_hour>},
         {"npv_usd", "net present value of free cash", output_json<BooksOutput::npv>},
         {"irr", "internal rate of return a year; where exactly one rate is one",
          output_json<BooksOutput::irr>},
         {"payback_years", "until it has paid for itself for good",
          output_json<BooksOutput::payback>},
         {"break_even_rent_usd",
          "rent of a chip-hour on the first day, by contract for all hours, at which owning costs "
          "the same",
          output_json<BooksOutput::break_even_rent>},
         {"rent_usd", "of a chip-hour on the first day, by the catalog; null where unknown",
          [](const F& f) {
              const auto& rental = f.answer.scenario.factories[f.samples.factory].chip.rental;
              return rental.known() ? Json((rental.value * unit::hour).si()) : Json();
          }},
         {"owning_usd", "present value of capital and running costs less resale",
          [](const F& f) { return value_json(f.samples.point.rent.owning); }},
         {"renting_usd",
          "present value of rents by contract for all hours that it works; null where unknown",
          [](const F& f) {
              const auto& rental = f.answer.scenario.factories[f.samples.factory].chip.rental;
              return rental.known() ? value_json(f.samples.point.rent.renting) : Json();
          }},
         {"jobs", "a list of jobs that it does", booked_jobs_of},
         {"free_cash_usd", "a list: of each month, before financing, as the scenario stands",
          [](const F& f) {
              Json list = Json::array();
              for (const MonthFlow& month : cash_flows(f.samples.point.venture)) {
                  list.push_back(value_json(free_cash(month)));
              }
              return list;
          }},
         {"fan", "a list of months: free cash so far, over the first 8192 samples at most", fan_of},
         {"equity_npv_usd", "of the owners' cash, as the scenario stands",
          book_json<&Books::equity_npv>},
         {"levelised_yearly_cost_usd", "present value of all costs over that of years of operation",
          book_json<&Books::yearly_cost>},
         {"revenue_a_year_usd", "of operation", book_json<&Books::revenue_a_year>},
         {"margin", "of revenue, before interest and tax", book_json<&Books::margin>},
         {"stranded_usd", "book value less resale value when the next generation comes",
          book_json<&Books::stranded>},
         {"energy_a_year_j", "of the whole facility", book_json<&Books::energy_a_year>},
         {"carbon_a_year_t", "tonnes of CO2 of what it draws", book_json<&Books::carbon_a_year>},
         {"water_a_year_m3", "of cooling", book_json<&Books::water_a_year>}}};
    return table;
}

const JsonTable<ToldShare>& input_share_table() {
    using S = ToldShare;
    static const JsonTable<S> table{
        "What an output of `books` owes to one input",
        {{"input", "its path, or whose prediction",
          [](const S& s) { return Json(s.answer.uncertain.inputs[s.share.input].name); }},
         {"first", "Sobol's first-order index: share of variance that it makes alone",
          [](const S& s) { return Json(s.share.first); }},
         {"total",
          "with all that it does together with others; null where some are correlated, and as the "
          "next for `--base-points 0`",
          [](const S& s) { return optional_json(s.share.total); }},
         {"shapley",
          "Shapley effect: its part where what inputs make together is divided alike; all of an "
          "output sum to one, correlated or not",
          [](const S& s) { return optional_json(s.share.shapley); }},
         {"when_low", "mean of the output in the lowest tenth of the input",
          [](const S& s) { return Json(s.share.low); }},
         {"when_high", "mean of it in the highest tenth",
          [](const S& s) { return Json(s.share.high); }}}};
    return table;
}

const JsonTable<ToldOutput>& booked_indices_table() {
    using O = ToldOutput;
    static const JsonTable<O> table{
        "Indices of an output of `books`",
        {{"factory", "whose output",
          [](const O& o) { return Json(o.answer.scenario.factories[o.samples.factory].name); }},
         {"output", "`npv`, `chip_hour`, or a job's dollars a million tokens",
          [](const O& o) { return Json(o.indices.output); }},
         {"inputs", "a list of shares, heaviest first", [](const O& o) {
              Json list = Json::array();
              for (const InputShare& share : o.indices.inputs) {
                  list.push_back(object_json(input_share_table(), ToldShare{o.answer, share}));
              }
              return list;
          }}}};
    return table;
}

const JsonTable<UncertainInput>& uncertain_table() {
    using I = UncertainInput;
    static const JsonTable<I> table{
        "An uncertain number of `books`",
        {{"name", "its path, or `prediction of` a factory", json_of<&I::name>},
         {"from", "`scenario`, `grade` or `prediction`", json_of<&I::from>},
         {"p10", "in SI units; of a prediction a factor on time",
          [](const I& i) { return Json(quantile(i.spread, 0.1)); }},
         {"p50", "likewise", [](const I& i) { return Json(quantile(i.spread, 0.5)); }},
         {"p90", "likewise", [](const I& i) { return Json(quantile(i.spread, 0.9)); }},
         {"source", "where its range is from, as far as it is told", json_of<&I::source>}}};
    return table;
}

struct ToldMust {
    const BooksAnswer& answer;
    const MustValue& value;
};

const JsonTable<ToldMust>& must_be_table() {
    using M = ToldMust;
    static const JsonTable<M> table{
        "What must be true of a factory of `books`",
        {{"factory", "its name",
          [](const M& m) { return Json(m.answer.scenario.factories[m.value.factory].name); }},
         {"value", "of the number, in SI units; null where none in its range will do",
          [](const M& m) { return optional_json(m.value.value); }},
         {"why", "in words, where it is null", [](const M& m) { return Json(m.value.why); }}}};
    return table;
}

Json must_json(const BooksAnswer& a) {
    if (!a.must) return {};
    Json list = Json::array();
    for (const MustValue& value : a.must->factories) {
        list.push_back(object_json(must_be_table(), ToldMust{a, value}));
    }
    return list;
}

const JsonTable<MovedNumber>& moved_number_table() {
    using N = MovedNumber;
    static const JsonTable<N> table{
        "A number that a break-even line of `books` is over, in SI units",
        {{"path", "its name", json_of<&N::path>},
         {"low", "where the line begins to be looked for", json_of<&N::low>},
         {"high", "where it ends", json_of<&N::high>},
         {"now", "as the scenario stands; null where it leaves it out",
          [](const N& n) { return optional_json(n.now); }}}};
    return table;
}

const JsonTable<BreakEvenPoint>& break_even_point_table() {
    using P = BreakEvenPoint;
    static const JsonTable<P> table{
        "A point of a break-even line of `books`",
        {{"first", "a value of the first number", json_of<&P::first>},
         {"second",
          "of the second, at which the net present value is nil; null where none in its "
          "range will do",
          [](const P& p) { return optional_json(p.second); }},
         {"npv_from", "dollars, where the second is low; null where the factory cannot be built",
          [](const P& p) { return optional_json(p.npv_low); }},
         {"npv_to", "likewise, where it is high",
          [](const P& p) { return optional_json(p.npv_high); }}}};
    return table;
}

struct ToldLine {
    const BooksAnswer& answer;
    const BreakEven& line;
};

const JsonTable<ToldLine>& break_even_table() {
    using L = ToldLine;
    static const JsonTable<L> table{
        "A break-even line of `books`",
        {{"factory", "its name",
          [](const L& l) { return Json(l.answer.scenario.factories[l.line.factory].name); }},
         {"first", "the number that rises from point to point",
          [](const L& l) { return object_json(moved_number_table(), l.line.first); }},
         {"second", "the number that is looked for",
          [](const L& l) { return object_json(moved_number_table(), l.line.second); }},
         {"points", "a list",
          [](const L& l) { return list_json(break_even_point_table(), l.line.points); }}}};
    return table;
}

Json break_even_json(const BooksAnswer& a) {
    Json list = Json::array();
    for (const BreakEven& line : a.break_even) {
        list.push_back(object_json(break_even_table(), ToldLine{a, line}));
    }
    return list;
}

Json booked_factories_json(const BooksAnswer& a) {
    Json list = Json::array();
    for (const FactorySamples& f : a.books.factories) {
        list.push_back(object_json(booked_factory_table(), ToldFactory{a, f}));
    }
    return list;
}

Json indices_json(const BooksAnswer& a) {
    Json list = Json::array();
    for (const FactorySamples& f : a.books.factories) {
        for (const OutputIndices& indices : f.indices) {
            list.push_back(object_json(booked_indices_table(), ToldOutput{a, f, indices}));
        }
    }
    return list;
}

Json information_json(const BooksAnswer& a) {
    const InformationValue& v = a.books.information;
    if (v.among.empty()) return {};
    Json partial = Json::object();
    for (std::size_t k = 0; k < v.partial.size(); ++k) {
        partial[a.uncertain.inputs[k].name] = v.partial[k];
    }
    return {{"perfect_usd", v.perfect}, {"partial_usd", partial}};
}

const JsonTable<BooksAnswer>& books_table() {
    using A = BooksAnswer;
    static const JsonTable<A> table{
        "`books --json`",
        {{"name", "of the scenario", [](const A& a) { return Json(a.scenario.name); }},
         {"samples", "of what is uncertain", json_of<&A::samples>},
         {"lost", "samples of which no factory can be made",
          [](const A& a) { return Json(a.books.lost); }},
         {"cannot", "factories without books, by name: why",
          [](const A& a) {
              Json cannot = Json::object();
              for (const UnreckonedFactory& one : a.books.cannot) {
                  cannot[a.study.factories[one.factory].name] = one.why;
              }
              return cannot;
          }},
         {"factories", "a list, as in the scenario, of those that can be built",
          booked_factories_json},
         {"inputs", "a list of uncertain numbers",
          [](const A& a) { return list_json(uncertain_table(), a.uncertain.inputs); }},
         {"indices", "a list of outputs, with what each owes to its inputs", indices_json},
         {"information",
          "what it is worth to know all, `perfect_usd`, or one input, `partial_usd`, before one of "
          "the factories is chosen by value; null where there is no choice",
          information_json},
         {"plan_regret",
          "`samples` whose plans were searched again, and by what share jobs cost less then, "
          "`mean` and `most`",
          [](const A& a) {
              const PlanRegret& r = a.books.regret;
              return Json{{"samples", r.samples}, {"mean", r.mean}, {"most", r.most}};
          }},
         {"break_even",
          "a list of lines, of each factory that has a value and two numbers that move it: all "
          "else "
          "as the scenario stands",
          break_even_json},
         {"must", "a list of factories, for `--must`; null without", must_json},
         {"beside", "numbers given outside of their own ranges", json_of<&A::beside>},
         {"defaults", "that stand in for what [books] leaves out", json_of<&A::defaults>}}};
    return table;
}

}  // namespace

Json books_json(const BooksAnswer& answer) { return object_json(books_table(), answer); }

std::vector<JsonObject> books_objects() {
    return {described(books_table()),         described(booked_factory_table()),
            described(booked_figure_table()), described(booked_job_table()),
            described(uncertain_table()),     described(booked_indices_table()),
            described(input_share_table()),   described(must_be_table()),
            described(fan_month_table()),     described(break_even_table()),
            described(moved_number_table()),  described(break_even_point_table())};
}

}  // namespace millwright
