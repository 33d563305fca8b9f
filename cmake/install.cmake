# `cmake --install`: program, headers, libraries and what find_package(millwright) reads.
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/millwright)
install(TARGETS millwright)
install(DIRECTORY millwright/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/millwright
        FILES_MATCHING PATTERN "*.h")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT millwright-targets NAMESPACE millwright:: DESTINATION ${package})
configure_package_config_file(cmake/millwright-config.cmake.in
                              ${PROJECT_BINARY_DIR}/millwright-config.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/millwright-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES cmake/dependencies.cmake ${PROJECT_BINARY_DIR}/millwright-config.cmake
              ${PROJECT_BINARY_DIR}/millwright-config-version.cmake DESTINATION ${package})
