// Sites with power prices, and price items that belong to no part.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// A country's or region's running conditions.
/// `building` is paid once, for each watt that servers and network draw at most.
struct Site {
    std::string id;  // country code in lower case, or a region of one
    std::string name;
    std::string country;
    std::string note;
    Cited<EnergyPrice> energy;
    Cited<double> pue;              // power usage effectiveness
    Cited<PowerPrice> building;     // shell, power and cooling, without IT
    Cited<CarbonIntensity> carbon;  // of a generated kilowatt-hour, all gases as carbon dioxide
};

template <std::same_as<Site> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"country", &P::country, "ISO 3166 code", Need::required},
        Field{"note", &P::note, "what to know about it"},
        // two dollars a kilowatt-hour at most
        Field{"energy_price", &P::energy, "price of electricity", Need::required,
              Range{0, 2 / 3.6e6}},
        Field{"pue", &P::pue, "power usage effectiveness", Need::required, Range{1, 5}},
        Field{"building", &P::building, "shell, power and cooling per IT watt", Need::required,
              positive},
        // two kilograms a kilowatt-hour at most: lignite has half as much
        Field{"carbon", &P::carbon, "greenhouse gases of its grid's electricity", Need::required,
              Range{0, 2 / 3.6e6}},
    };
};

/// A price or rate that belongs to no part: optics, staff, cost of capital.
struct PriceItem {
    // looked up by id: the code knows which item says what
    std::string id;
    std::string name;
    std::string note;
    Cited<Dollars> price;  // of one piece
    Cited<Watts> power;    // of one piece
    Cited<double> ratio;   // for shares and years
};

template <std::same_as<PriceItem> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"note", &P::note, "what to know about it"},
        Field{"price", &P::price, "price of one piece"},
        Field{"power", &P::power, "power of one piece"},
        Field{"ratio", &P::ratio, "a share, or a number of years"},
    };
};

}  // namespace millwright
