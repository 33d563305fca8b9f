// Words of an expression.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/claims/literal.h"

namespace millwright {

enum class TokenKind { value, name, mark, end };

/// A number, date or quoted word; a name; a mark such as "<="; or the end of the text.
struct ExprToken {
    TokenKind kind = TokenKind::end;
    std::string_view text;
    LiteralValue value;
    std::size_t at = 0;
};

/// What cannot be read, and where.
struct TokenFault {
    std::string message, hint;
    std::size_t at = 0;
};

/// The last token is the end.
tl::expected<std::vector<ExprToken>, TokenFault> expression_tokens(std::string_view text);

}  // namespace millwright
