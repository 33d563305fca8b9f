// Linux has what a plain rename lacks: a file without a name (O_TMPFILE) goes with its process,
// and an exchange of two names keeps the old file in the hidden folder, so that going back is the
// same call again. File systems without them get named files and renames. Nothing is synced to
// the disk.
#include "apps/cli/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>
#include <set>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/cli/held_signals.h"
#include "apps/cli/output_folder.h"
#include "millwright/base/faults.h"

namespace millwright::app {
namespace {

namespace fs = std::filesystem;

/// Writes all of it, a piece at a time; stops where a signal has come.
bool write_whole(int file, const std::string& text) {
    constexpr std::size_t piece = 1U << 20U;
    std::size_t done = 0;
    while (done < text.size()) {
        if (HeldSignals::any()) {
            errno = EINTR;
            return false;
        }
        const ssize_t wrote = write(file, text.data() + done, std::min(piece, text.size() - done));
        if (wrote < 0 && errno != EINTR) return false;
        if (wrote > 0) done += static_cast<std::size_t>(wrote);
    }
    return true;
}

/// Files of one write on their way into a folder, in two steps: `write_all` makes every file whole
/// where nobody sees it, `place_all` gives them their names. Only the second changes what readers
/// see, and each change is put down in `moves_`, so that it can be taken back. The folder is
/// locked; `errno` says why a step has failed.
class Staging {
public:
    /// `keep`: a name that is taken by the time that a file would get it fails the write.
    Staging(OutputFolder& folder, bool keep) : folder_(folder), keep_(keep) {}
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() {
        std::error_code error;
        if (!hidden_.empty()) fs::remove_all(folder_.path() / hidden_, error);
    }

    bool write_all(const std::vector<OutputFile>& files);
    bool place_all(const std::vector<OutputFile>& files, const Stale& stale);

private:
    /// What happened to the file that was there: none was; it is staged now; it is lost, on file
    /// systems that cannot exchange two names.
    enum class Before { none, staged, lost };

    /// One name that changed, for going back.
    struct Move {
        std::string name, staged;
        Before before;
    };

    /// A folder for staged files, whose name no other run has; open to its owner alone.
    bool make_hidden();
    bool write_one(const OutputFile& file, const std::string& staged, bool nameless);
    /// Swaps the staged file with the one of that name, so that the old one can come back.
    bool place(const std::string& staged, const std::string& name);
    /// Puts old files of the same kind, which this output does not write, among the staged ones.
    bool take_away(const std::vector<OutputFile>& files, const Stale& stale);
    void go_back();

    OutputFolder& folder_;
    bool keep_;
    std::string hidden_;
    std::vector<Descriptor> nameless_;
    std::vector<Move> moves_;
};

bool Staging::make_hidden() {
    std::random_device random;
    for (int i = 0; i < 100; ++i) {
        const std::string name = fmt::format("{}{:08x}{:08x}", hidden_prefix, random(), random());
        if (mkdirat(folder_.number(), name.c_str(), 0700) == 0) {
            hidden_ = name;
            return true;
        }
        if (errno != EEXIST) return false;
    }
    return false;
}

/// Without a name, so that even a kill leaves nothing, where the file system can; else hidden. Each
/// file has an entry in `nameless_`, without a descriptor if it is hidden.
bool Staging::write_one(const OutputFile& file, const std::string& staged, bool nameless) {
    constexpr mode_t mode = 0666;
    if (nameless) {
        Descriptor fd(openat(folder_.number(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
        if (fd) {
            const bool whole = write_whole(fd.number(), file.text);
            nameless_.push_back(std::move(fd));
            return whole;
        }
    }
    if (hidden_.empty() && !make_hidden()) return false;
    const std::string path = hidden_ + "/" + staged;
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor fd(openat(folder_.number(), path.c_str(), flags, mode));
    nameless_.emplace_back();
    return fd && write_whole(fd.number(), file.text) && fd.close();
}

/// Nameless files stay open until they are placed; of many that would be too many descriptors.
bool Staging::write_all(const std::vector<OutputFile>& files) {
    constexpr std::size_t most_open = 64;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!write_one(files[i], std::to_string(i), files.size() <= most_open)) return false;
    }
    return true;
}

/// Exchange first: it fails with ENOENT where no file is there yet, and otherwise where the file
/// system cannot exchange. A plain rename serves both, but loses the old file in the second case.
bool Staging::place(const std::string& staged, const std::string& name) {
    const int folder = folder_.number();
    const std::string from = hidden_ + "/" + staged;
    if (keep_) {
        const auto free = static_cast<unsigned>(RENAME_NOREPLACE);
        if (renameat2(folder, from.c_str(), folder, name.c_str(), free) != 0) return false;
        moves_.push_back({name, from, Before::none});
        return true;
    }
    if (renameat2(folder, from.c_str(), folder, name.c_str(), RENAME_EXCHANGE) == 0) {
        moves_.push_back({name, from, Before::staged});
        return true;
    }
    const Before before = errno == ENOENT ? Before::none : Before::lost;
    if (renameat(folder, from.c_str(), folder, name.c_str()) != 0) return false;
    moves_.push_back({name, from, before});
    return true;
}

/// Names are collected before the first is moved: a folder is not changed while it is listed.
bool Staging::take_away(const std::vector<OutputFile>& files, const Stale& stale) {
    std::set<std::string> written;
    for (const OutputFile& file : files) written.insert(file.name);
    std::error_code error;
    std::vector<std::string> old;
    for (const auto& entry : fs::directory_iterator(folder_.path(), error)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file(error) && stale(name) && !written.contains(name)) {
            old.push_back(name);
        }
    }
    for (std::size_t i = 0; i < old.size(); ++i) {
        const std::string to = fmt::format("{}/old-{}", hidden_, i);
        const int folder = folder_.number();
        if (renameat(folder, old[i].c_str(), folder, to.c_str()) != 0) return false;
        moves_.push_back({to, old[i], Before::none});
    }
    return true;
}

/// The last move first, until all is as it was.
void Staging::go_back() {
    const int folder = folder_.number();
    for (auto move = moves_.rbegin(); move != moves_.rend(); ++move) {
        if (move->before == Before::lost) continue;
        renameat2(folder, move->name.c_str(), folder, move->staged.c_str(),
                  move->before == Before::staged ? RENAME_EXCHANGE : 0U);
    }
    moves_.clear();
}

/// Nameless files are first linked into the hidden folder, since only names can be exchanged; until
/// then nothing that a reader sees has changed. The hidden folder goes with the old files in it.
bool Staging::place_all(const std::vector<OutputFile>& files, const Stale& stale) {
    if (hidden_.empty() && !make_hidden()) return false;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!nameless_[i]) continue;
        const std::string to = hidden_ + "/" + std::to_string(i);
        const std::string from = fmt::format("/proc/self/fd/{}", nameless_[i].number());
        if (linkat(AT_FDCWD, from.c_str(), folder_.number(), to.c_str(), AT_SYMLINK_FOLLOW) != 0) {
            return false;
        }
    }
    bool done = true;
    for (std::size_t i = 0; done && i < files.size(); ++i) {
        done = folder_.make_parents(files[i].name) && place(std::to_string(i), files[i].name);
    }
    if (done && stale) done = take_away(files, stale);
    const int why = errno;
    if (!done) go_back();
    errno = why;
    return done;
}

/// Names come from this program, so one that leads out of the folder is a bug.
void check_names(const std::vector<OutputFile>& files) {
    for (const OutputFile& file : files) {
        const fs::path path(file.name);
        const bool up = std::find(path.begin(), path.end(), "..") != path.end();
        if (path.is_relative() && path.has_filename() && !up) continue;
        throw std::logic_error("'" + file.name + "' is no name for a file of results");
    }
}

Faults places_taken(const fs::path& folder, const std::vector<OutputFile>& files) {
    Faults faults;
    for (const OutputFile& file : files) {
        const Faults found = place_faults(folder, file.name);
        append(faults, found);
    }
    return in_order(std::move(faults));
}

Faults stopped(const std::string& folder) {
    return {{{folder, 0, 0}, "stopped by a signal; nothing was written", "run it again"}};
}

/// What `write_output` and `write_new` share.
Faults write_staged(const std::string& folder, const std::vector<OutputFile>& files,
                    const Stale& stale, bool keep) {
    check_names(files);
    const HeldSignals held;
    Result<OutputFolder> opened = OutputFolder::open(folder);
    if (!opened) return HeldSignals::any() ? stopped(folder) : opened.error();
    opened->clear_leftovers();
    Faults faults = places_taken(folder, files);
    if (faults.empty()) {
        Staging staging(*opened, keep);
        errno = 0;
        const bool done =
            staging.write_all(files) && !HeldSignals::any() && staging.place_all(files, stale);
        if (!done) faults = HeldSignals::any() ? stopped(folder) : Faults{cannot_write(folder)};
    }
    if (!faults.empty()) opened->unmake();
    return faults;
}

}  // namespace

Faults check_output(const std::string& folder, const std::vector<std::string>& names) {
    std::error_code error;
    if (folder.empty()) return {{{"", 0, 0}, "the output folder has no name", "give --out DIR"}};
    fs::path path = fs::absolute(folder, error);
    if (fs::exists(path, error) && !fs::is_directory(path, error)) {
        return {{{folder, 0, 0}, "is a file, not a folder", "choose another name for --out"}};
    }
    std::vector<OutputFile> files;
    for (const std::string& name : names) files.push_back({name, ""});
    if (Faults faults = places_taken(folder, files); !faults.empty()) return faults;
    // folders that are not there yet are made in the nearest one that is
    while (!fs::exists(path, error) && path.has_parent_path() && path != path.parent_path()) {
        path = path.parent_path();
    }
    const bool is_folder = fs::is_directory(path, error);
    if (!is_folder) errno = ENOTDIR;
    const bool writable = is_folder && access(path.c_str(), W_OK | X_OK) == 0;
    return writable ? Faults{} : Faults{cannot_write(folder)};
}

Faults write_output(const std::string& folder, const std::vector<OutputFile>& files,
                    const Stale& stale) {
    return write_staged(folder, files, stale, false);
}

Faults write_new(const std::string& folder, const OutputFile& file) {
    const fs::path path = fs::path(folder) / file.name;
    std::error_code error;
    if (fs::exists(fs::symlink_status(path, error))) {
        return {{{path.string(), 0, 0},
                 "is there already; nothing was written",
                 "choose another name, or take it away"}};
    }
    return write_staged(folder, {file}, {}, true);
}

}  // namespace millwright::app
