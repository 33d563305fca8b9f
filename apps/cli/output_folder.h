// A folder that is open and locked for putting files in place. For apps/cli/files.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "millwright/base/result.h"

namespace millwright::app {

/// A file descriptor that is closed at the end; below zero it holds none. Moving takes it along.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int number() const { return number_; }
    /// Closes it now; false if what was written could not be kept.
    bool close();
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_;
};

/// The reason of the last failed system call (`errno`), in a fault about `path`.
Fault cannot_write(const std::filesystem::path& path);

/// The fault that would be in the way of a file of that name below the folder: a folder or a
/// device in its place, or a file in the place of its folder. Empty if there is none.
Faults place_faults(const std::filesystem::path& folder, const std::string& name);

/// The folder, made if need be and locked until the end of its life. What was made and holds
/// nothing is removed again by `unmake`.
class OutputFolder {
public:
    /// Waits for another run that writes here, ten seconds at most.
    static Result<OutputFolder> open(const std::filesystem::path& path);

    int number() const { return folder_.number(); }
    const std::filesystem::path& path() const { return path_; }
    /// Hidden folders that killed runs left; only a locked folder tells them from those of others.
    void clear_leftovers() const;
    /// Makes the folders above a file of that name.
    bool make_parents(const std::string& name);
    /// Removes the folders that were made, the innermost first; those that hold something stay.
    void unmake();

private:
    std::filesystem::path path_;
    Descriptor folder_;
    bool locked_ = false;
    std::vector<std::filesystem::path> made_;

    bool make(const std::filesystem::path& path);
    /// False where another run keeps it too long, or a signal came; true too where the file system
    /// has no locks, but then `locked_` stays false.
    bool lock();
    /// Whether the path still names what is open: another run may have removed it while this one
    /// waited.
    bool is_still_there() const;
};

/// How the hidden folders start.
inline constexpr const char* hidden_prefix = ".millwright-";

}  // namespace millwright::app
