# What the library is built on; read by the build, and by find_package(millwright) after an install.
include(CMakeFindDependencyMacro)

find_dependency(fmt)
find_dependency(TBB)
find_dependency(nlohmann_json)
find_dependency(Threads)
find_dependency(Protobuf)
find_dependency(OpenSSL COMPONENTS Crypto)
find_dependency(PkgConfig)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(gsl REQUIRED IMPORTED_TARGET gsl)
pkg_check_modules(nlopt REQUIRED IMPORTED_TARGET nlopt)
