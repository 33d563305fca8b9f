// Plain-text tables that fit a terminal of 100 columns.
#pragma once

#include <string>
#include <vector>

namespace millwright {

inline constexpr std::size_t report_width = 100;

/// Columns padded to their widest cell; `right` marks those aligned right by 'r' in place of 'l'.
/// Throws where a cell aligned right is "inf" or "nan". Cells are cut with an ellipsis so that no
/// line is wider than `report_width`.
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows,
                         const std::string& alignment);

/// `head`, then text broken at spaces to `report_width`, later lines indented by `indent`.
std::string wrapped(const std::string& head, const std::string& text, std::size_t indent);

}  // namespace millwright
