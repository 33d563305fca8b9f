// Tables of questions to the export rules: CSV, or a JSON list of objects.
#pragma once

#include "millwright/base/csv.h"
#include "millwright/intake/question.h"

namespace millwright {

/// A table from the text of a file; JSON if it begins with a bracket. A key that an object lacks
/// is an empty cell. Faults carry the line of the object.
/// Its columns are all keys of all objects, in the order in which they first stand.
Result<CsvTable> parse_questions(std::string_view text, const std::string& file);

/// Columns that a table of questions needs.
std::vector<std::string> question_columns();

/// Columns that hold remarks and expectations, and are carried along unread.
std::vector<std::string> remark_columns();

/// Columns that `rules check --table` adds; where a table has them already they are replaced.
/// A verdict is named by its authority's id.
std::vector<std::string> answer_columns(const Rulebook& book);

/// Faults for columns that are missing, unknown or say one thing twice.
Faults check_question_columns(const CsvTable& table, const Rulebook& book);

/// "column 'pd' is an old name of 'density'", for each such column of the table.
std::vector<std::string> old_names(const CsvTable& table);

/// Whether a table holds questions, or worked cases: those print all figures themselves, and an
/// empty die area says that no die counts, an empty us_market yes.
enum class QuestionTable { questions, worked_cases };

/// One row as written, its values by the names of fields.
/// Columns that are no fields are left out; aliases and old names become names.
WrittenQuestion row_as_written(const CsvTable& table, std::size_t row, QuestionTable kind);

/// Whether a table of questions has a column of this name that is no answer of an authority.
bool is_taken_column(std::string_view name);

/// One row of a table as a question. Faults carry line and column.
Result<RuleQuery> question_of(const CsvTable& table, std::size_t row, const Catalog& catalog,
                              const Rulebook& book, QuestionTable kind);

}  // namespace millwright
