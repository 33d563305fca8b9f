# Compiles data files into the program: an assembler file includes the bytes, a table names them.
function(millwright_embed target folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.toml)
  list(SORT files)
  set(bytes "    .section .rodata\n")
  set(externs "")
  set(rows "")
  set(n 0)
  foreach(file IN LISTS files)
    string(APPEND bytes "    .global mw_data_${n}\nmw_data_${n}:\n    .incbin \"${folder}/${file}\"\n"
                        "    .global mw_data_end_${n}\nmw_data_end_${n}:\n    .byte 0\n")
    string(APPEND externs "extern const char mw_data_${n}[];\nextern const char mw_data_end_${n}[];\n")
    string(APPEND rows "        row(\"${file}\", mw_data_${n}, mw_data_end_${n}),\n")
    math(EXPR n "${n} + 1")
  endforeach()
  string(APPEND bytes "    .section .note.GNU-stack,\"\",%progbits\n")
  string(CONCAT table "// Made by cmake/embed.cmake.\n#include \"millwright/catalog/embedded.h\"\n\n"
            "extern \"C\" {\n${externs}}\n\nnamespace millwright {\nnamespace {\n"
            "EmbeddedFile row(std::string_view path, const char* begin, const char* end) {\n"
            "    return {path, {begin, static_cast<std::size_t>(end - begin)}};\n}\n}  // namespace\n\n"
            "std::span<const EmbeddedFile> embedded_files() {\n"
            "    static const EmbeddedFile files[] = {\n${rows}    };\n    return files;\n}\n\n"
            "}  // namespace millwright\n")
  set(made ${PROJECT_BINARY_DIR}/embedded)
  file(CONFIGURE OUTPUT ${made}/data.S CONTENT "${bytes}" @ONLY)
  file(CONFIGURE OUTPUT ${made}/data.cpp CONTENT "${table}" @ONLY)
  list(TRANSFORM files PREPEND ${folder}/)
  set_source_files_properties(${made}/data.S PROPERTIES OBJECT_DEPENDS "${files}")
  set_source_files_properties(${made}/data.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${made}/data.S ${made}/data.cpp)
endfunction()

# The chart library and the page's own style and script, for the self-contained report.
function(millwright_embed_page target folder)
  set(echarts ${PROJECT_SOURCE_DIR}/node_modules/echarts/dist/echarts.common.min.js)
  if(NOT EXISTS ${echarts})
    message(FATAL_ERROR "Apache ECharts is missing: run ./dev setup")
  endif()
  file(GLOB kinds CONFIGURE_DEPENDS ${folder}/page_*.js)  # of jobs: each has its sections
  string(REPLACE ";" "|" kinds "${kinds}")
  set(made ${PROJECT_BINARY_DIR}/embedded)
  set(bytes "    .section .rodata\n")
  foreach(pair "echarts|${echarts}" "style|${folder}/page.css"
               "base|${folder}/base.js" "kinds|${kinds}" "study|${folder}/page.js"
               "rules|${folder}/rules.js" "served|${folder}/served.js"
               "goodput|${folder}/goodput.js" "books|${folder}/books.js"
               "sweep|${folder}/sweep.js")
    string(REPLACE "|" ";" names "${pair}")
    list(POP_FRONT names name)
    string(APPEND bytes "    .global mw_page_${name}\nmw_page_${name}:\n")
    foreach(file IN LISTS names)
      string(APPEND bytes "    .incbin \"${file}\"\n")
      list(APPEND inputs ${file})
    endforeach()
    string(APPEND bytes "    .byte 0\n")
  endforeach()
  string(APPEND bytes "    .section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT ${made}/page.S CONTENT "${bytes}" @ONLY)
  set_source_files_properties(${made}/page.S PROPERTIES OBJECT_DEPENDS "${inputs}")
  target_sources(${target} PRIVATE ${made}/page.S)
endfunction()
