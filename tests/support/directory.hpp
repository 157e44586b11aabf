#pragma once
// A place for the files of a test.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace kalends::test {

/// A directory that goes away with the test.
struct Directory {
    Directory() {
        std::string name =
            (std::filesystem::temp_directory_path() / "kalends-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path = name;
    }
    ~Directory() { std::filesystem::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    std::filesystem::path path;
};

}  // namespace kalends::test
