// The lock is on the open folder itself, so there is no lock file to leave behind, and the kernel
// lifts it if the run is killed. A lock on a folder that was removed while one waited would guard
// nothing, hence the look at inode and device afterwards. `unmake` removes only folders made
// here, by rmdir, which leaves alone what holds something.
#include "apps/cli/output_folder.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/cli/held_signals.h"

namespace millwright::app {
namespace {

namespace fs = std::filesystem;

/// A name as `Staging` makes them, to the digit: nothing else is ever cleared away.
bool is_hidden_name(std::string_view name) {
    constexpr std::size_t digits = 16;
    const std::string_view prefix(hidden_prefix);
    return name.size() == prefix.size() + digits && name.starts_with(prefix) &&
           name.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

/// Between two tries for the lock, and how long to try: a run holds it only while it writes.
constexpr std::chrono::milliseconds pause{5};
constexpr std::chrono::seconds patience{10};

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() { close(); }

bool Descriptor::close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

Fault cannot_write(const fs::path& path) {
    const std::string why = std::strerror(errno);
    return {{path.string(), 0, 0},
            "cannot write here: " + why,
            "choose another folder; check its rights and the space left"};
}

Faults place_faults(const fs::path& folder, const std::string& name) {
    const fs::path path = folder / name;
    std::error_code error;
    const fs::file_status itself = fs::symlink_status(path, error);
    if (itself.type() == fs::file_type::not_found || fs::is_regular_file(itself)) {
        fs::path parent = path.parent_path();
        while (!fs::exists(parent, error) && parent.has_relative_path()) {
            parent = parent.parent_path();
        }
        if (parent.empty() || fs::is_directory(parent, error)) return {};
        return {{{parent.string(), 0, 0},
                 "is a file where a folder is needed",
                 "move it away or choose another folder"}};
    }
    const fs::file_status target = fs::status(path, error);
    if (fs::is_symlink(itself) && (!fs::exists(target) || fs::is_regular_file(target))) return {};
    const bool folder_there = fs::is_directory(target);
    return {{{path.string(), 0, 0},
             folder_there ? "is a folder, not a file" : "is a device or pipe, not a file",
             "move it away or choose another folder"}};
}

/// A folder and those above it, from the top; those that were not there are put down for `unmake`.
/// One that is there and may not be made anew, as on a read-only disk, is no fault by itself.
bool OutputFolder::make(const fs::path& path) {
    fs::path here;
    for (const fs::path& part : path) {
        here /= part;
        if (mkdir(here.c_str(), 0777) == 0) {
            made_.push_back(here);
            continue;
        }
        const int why = errno;
        std::error_code error;
        if (why == EEXIST || fs::is_directory(here, error)) continue;
        errno = why;
        return false;
    }
    return true;
}

/// Tries again and again rather than wait in the call, so that a signal is seen and patience ends.
bool OutputFolder::lock() {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (flock(folder_.number(), LOCK_EX | LOCK_NB) != 0) {
        const bool taken = errno == EWOULDBLOCK || errno == EINTR;
        if (!taken) return true;  // a file system without such locks
        if (HeldSignals::any() || std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(pause);
    }
    locked_ = true;
    return true;
}

bool OutputFolder::is_still_there() const {
    struct stat open {};
    struct stat named {};
    return fstat(folder_.number(), &open) == 0 && stat(path_.c_str(), &named) == 0 &&
           open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

/// Making, opening and locking are three steps, between which a run that failed may remove the
/// folder that it had made; then all begins anew.
Result<OutputFolder> OutputFolder::open(const fs::path& path) {
    constexpr int tries = 50;  // another run that failed may remove the folder that it had made
    for (int i = 0; i < tries; ++i) {
        OutputFolder folder;
        folder.path_ = path;
        if (!folder.make(path) && errno != ENOENT) return failure(cannot_write(path));
        folder.folder_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.folder_ && errno != ENOENT) return failure(cannot_write(path));
        if (!folder.folder_) continue;
        if (!folder.lock()) {
            return failure({{path.string(), 0, 0},
                            "another run keeps the folder locked",
                            "wait for it, or choose another folder"});
        }
        if (folder.is_still_there()) return folder;
    }
    return failure(cannot_write(path));
}

void OutputFolder::clear_leftovers() const {
    if (!locked_) return;
    std::error_code error;
    std::vector<fs::path> left;
    for (const auto& entry : fs::directory_iterator(path_, error)) {
        const std::string name = entry.path().filename().string();
        if (is_hidden_name(name) && fs::is_directory(entry.symlink_status(error)))
            left.push_back(entry.path());
    }
    for (const fs::path& path : left) fs::remove_all(path, error);
}

bool OutputFolder::make_parents(const std::string& name) {
    const fs::path parent = fs::path(name).parent_path();
    fs::path here = path_;
    for (const fs::path& part : parent) {
        here /= part;
        if (mkdir(here.c_str(), 0777) == 0) {
            made_.push_back(here);
        } else if (errno != EEXIST) {
            return false;
        }
    }
    return true;
}

void OutputFolder::unmake() {
    for (auto path = made_.rbegin(); path != made_.rend(); ++path) rmdir(path->c_str());
    made_.clear();
}

}  // namespace millwright::app
