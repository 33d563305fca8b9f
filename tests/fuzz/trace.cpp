// Files of a folder of traces, one after another: comm_group.json if it begins with a brace, then
// one of each rank. Any bytes make a replay that ends, or faults.
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include "millwright/collective/phases.h"
#include "millwright/intake/shape_file.h"
#include "millwright/trace/trace_program.h"
#include "tests/fuzz/sections.h"

namespace {
using namespace millwright;
namespace fs = std::filesystem;

/// A folder of this process in memory, removed at its end.
struct Folder {
    fs::path path;
    Folder() {
        const fs::path memory = "/dev/shm";
        path = (fs::exists(memory) ? memory : fs::temp_directory_path()) /
               ("millwright-fuzz-" + std::to_string(getpid()));
        fs::create_directories(path);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    void fill(const std::vector<std::string>& sections) const {
        for (const auto& entry : fs::directory_iterator(path)) fs::remove(entry);
        int rank = 0;
        for (const std::string& text : sections) {
            const bool groups = text.starts_with('{');
            const std::string name =
                groups ? "comm_group.json" : "fuzz." + std::to_string(rank++) + ".et";
            std::ofstream(path / name, std::ios::binary) << text;
        }
    }
};

void replay(const ChakraTrace& trace, const TraceOptions& options, const FabricGraph& graph) {
    const auto program = program_of(trace, graph, options);
    if (!program) {
        fuzz::require(!program.error().empty());
        return;
    }
    try {
        const ProgramOutcome outcome = execute(graph, *program);
        fuzz::require(std::isfinite(outcome.total.si()) && outcome.total >= Seconds{});
    } catch (const std::invalid_argument&) {  // nodes that wait for each other
    } catch (const CutOff&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    const auto sections = fuzz::sections_of(fuzz::text_of(data, size));
    if (sections.size() > 64) return 0;
    folder.fill(sections);
    const auto trace = read_chakra(folder.path.string());
    if (!trace) {
        fuzz::require(!trace.error().empty());
        return 0;
    }
    const TraceOptions options;
    auto shape = shape_named("fat-tree");
    shape->endpoints = ranks_of(*trace, options);
    replay(*trace, options, graph_of(*shape));
    return 0;
}
