// What a key of a file holds, worked out at compile time from the member that its table reads into,
// without the wrappers that carry its place or source.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/curve.h"
#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/base/text.h"
#include "millwright/catalog/toml_writer.h"

namespace millwright {

/// How values of a key are written, and the range that they keep.
struct KeyType {
    std::string text;                 // Markdown: words of a set stand in backquotes
    const Dimension* unit = nullptr;  // of a quantity
    bool number = false;              // whether it has a range
};

namespace key_detail {

template <class T>
struct Unwrapped {
    using Type = T;
};
template <class T>
struct Unwrapped<Cited<T>> : Unwrapped<T> {};
template <class T>
struct Unwrapped<Written<T>> : Unwrapped<T> {};
template <class T>
struct Unwrapped<std::vector<T>> {
    using Type = std::vector<typename Unwrapped<T>::Type>;
};

template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};

template <class T>
struct IsCited : std::false_type {};
template <class T>
struct IsCited<Cited<T>> : std::true_type {};

template <class E>
std::string choices() {
    std::vector<std::string> names;
    for (const std::string_view name : EnumNames<E>::names)
        names.push_back(fmt::format("`{}`", name));
    return join(names, ", ");
}

template <class T>
KeyType type_of() {
    if constexpr (IsList<T>::value) {
        KeyType type = type_of<typename T::value_type>();
        type.text = "list: " + type.text;
        return type;
    } else if constexpr (std::is_same_v<T, bool>) {
        return {"`true` or `false`"};
    } else if constexpr (std::is_enum_v<T>) {
        return {choices<T>()};
    } else if constexpr (requires { T::written_as; }) {
        return {std::string(T::written_as)};
    } else if constexpr (std::is_same_v<T, Date>) {
        return {"date, `2026-02-01`"};
    } else if constexpr (requires { T::dimension; }) {
        static constexpr Dimension unit = T::dimension;
        return {"quantity", &unit, true};
    } else if constexpr (std::is_integral_v<T>) {
        return {"whole number", nullptr, true};
    } else if constexpr (std::is_floating_point_v<T>) {
        return {"number", nullptr, true};
    } else {
        return {"text"};
    }
}

/// A number within the range: one, or a half of a share, where it may be.
double example_number(const Range& range);
/// A quantity within the range, as TOML: the unit's example, where it may be.
std::string example_quantity(const Dimension& unit, const Range& range);

/// A value as TOML that the reader of such a member takes.
template <class T>
std::string example_value(const Range& range) {
    if constexpr (IsList<T>::value) {
        return "[" + example_value<typename T::value_type>(range) + "]";
    } else if constexpr (std::is_same_v<T, bool>) {
        return "false";
    } else if constexpr (std::is_enum_v<T>) {
        return toml_out::quoted(std::string(EnumNames<T>::names[0]));
    } else if constexpr (std::is_same_v<T, Date>) {
        return "2026-02-01";
    } else if constexpr (requires { T::written_as; }) {
        return "1";  // an amount whose unit is that of what it stands for
    } else if constexpr (requires { T::dimension; }) {
        return example_quantity(T::dimension, range);
    } else if constexpr (std::is_arithmetic_v<T>) {
        const double number = example_number(range);
        return std::is_integral_v<T> ? fmt::format("{:.0f}", number) : fmt::format("{}", number);
    } else {
        static_assert(std::is_same_v<T, std::string>);
        return "\"...\"";
    }
}

}  // namespace key_detail

/// The type of a member's values.
template <class Member>
KeyType key_type() {
    return key_detail::type_of<typename key_detail::Unwrapped<Member>::Type>();
}

/// The value of a key as TOML, by which it can be seen how one is written; a figure cites `source`.
template <class Member>
std::string example_of_key(const Range& range, std::string_view source) {
    using Plain = typename key_detail::Unwrapped<Member>::Type;
    if constexpr (std::is_same_v<Plain, Curve>) {
        return fmt::format("{{ x = [1, 2], y = [1, 1], from = \"{}\" }}", source);
    } else {
        const std::string value = key_detail::example_value<Plain>(range);
        if (!key_detail::IsCited<Member>::value) return value;
        return fmt::format("{{ is = {}, from = \"{}\" }}", value, source);
    }
}

/// The type with its range, as Markdown; a quantity whose range has no end shows by an example how
/// one is written.
std::string described(const KeyType& type, const Range& range);

}  // namespace millwright
