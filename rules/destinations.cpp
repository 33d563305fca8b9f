#include "rules/destinations.h"

#include <cctype>
#include <string>

namespace millwright {
namespace {

// two letters and a space each; A:5 and A:6 read in the regulation, the D groups from memory of
// it (docs/rules.md says so)
constexpr std::string_view a5 =
    "AR AU AT BE BG CA HR CZ DK EE FI FR DE GR HU IS IN IE IT JP LV LT LU NL NZ NO PL PT RO SK SI "
    "KR ES SE CH TR GB ";
constexpr std::string_view a6 = "AL CY IL MT MX SG ZA TW ";
constexpr std::string_view d5 =
    "AF BY MM KH CF CN HK CD CU CY ER HT IR IQ KP LB LY NI RU SO SS SD SY VE ZW ";
constexpr std::string_view d1 =
    "AM AZ BY MM KH CN HK GE IQ KZ KP KG LA LY MO MD MN RU TJ TM UZ VE VN YE ";
constexpr std::string_view d4 =
    "BH CN HK EG IR IQ IL JO KP KW LB LY MO OM PK QA RU SA SY AE VE YE ";

bool listed(std::string_view list, std::string_view country) {
    if (country.size() != 2) return false;
    return list.find(std::string(country) + " ") != std::string_view::npos;
}

}  // namespace

bool in_d1(std::string_view country) { return listed(d1, country); }
bool in_d4(std::string_view country) { return listed(d4, country); }
bool in_d5(std::string_view country) { return listed(d5, country); }
bool in_a5(std::string_view country) { return listed(a5, country); }
bool in_a6(std::string_view country) { return listed(a6, country); }

bool is_country_code(std::string_view country) {
    return country.size() == 2 && std::isupper(static_cast<unsigned char>(country[0])) != 0 &&
           std::isupper(static_cast<unsigned char>(country[1])) != 0;
}

bool is_china(std::string_view country) { return country == "CN" || country == "HK"; }
bool is_macau(std::string_view country) { return country == "MO"; }

bool is_arms_embargoed(std::string_view country) { return in_d5(country) || is_macau(country); }

bool needs_licence_scope(std::string_view country) {
    if (is_macau(country)) return true;
    const bool listed_group = in_d1(country) || in_d4(country) || in_d5(country);
    return listed_group && !in_a5(country) && !in_a6(country);
}

}  // namespace millwright
