#include "mail/spool.hpp"

#include "base/c_ptr.hpp"
#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

namespace kalends::mail {
namespace {

using Kind = SpoolError::Kind;
namespace fs = std::filesystem;

constexpr std::string_view first_line = "Kalends-Spool: 1";
constexpr std::size_t max_value = 1000;  // bytes of an address or a login
constexpr mode_t drop_box = 03733;
constexpr mode_t entry_mode = 0640;  // the folder's group reads it
constexpr std::chrono::hours leftover{1};
constexpr std::size_t at_once = 100'000;  // names that are looked at

[[noreturn]] void unavailable(const std::string& what, int error = errno) {
    throw SpoolError(Kind::unavailable, what + ": " + std::generic_category().message(error));
}

Descriptor open_folder(const fs::path& path) {
    // A drop box can't be opened for reading by who may only write to it.
    Descriptor folder{::open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!folder.is_open()) unavailable(path);
    return folder;
}

bool is_name(std::string_view name) {
    return name.size() == 64 && std::ranges::all_of(name, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

bool is_value(std::string_view value) {
    return value.size() <= max_value && text::is_utf8(value) &&
           std::ranges::none_of(
               value, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

std::string head_of(const SpoolEntry& entry) {
    for (const auto& value : {entry.sender, entry.recipient, entry.user})
        if (!is_value(value))
            throw SpoolError(Kind::malformed, "bad envelope: " + text::printable(value));
    return std::string(first_line) + "\nSender: " + entry.sender +
           "\nRecipient: " + entry.recipient + "\nUser: " + entry.user + "\n\n";
}

/// Appends what can be read; false if it is more than `max` bytes.
bool read_all(int from, std::string& to, std::size_t max) {
    std::array<char, 64UL << 10U> piece{};
    for (;;) {
        const auto size = ::read(from, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) unavailable("read");
        if (size == 0) return true;
        if (static_cast<std::size_t>(size) > max) return false;
        max -= static_cast<std::size_t>(size);
        to.append(piece.data(), static_cast<std::size_t>(size));
    }
}

void write_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = ::write(to, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) unavailable("write");
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

/// A file in tmp/ that goes away unless it is moved.
class Temporary {
public:
    explicit Temporary(const fs::path& folder)
        : folder_(open_folder(folder / "tmp")), name_(text::to_hex(hash::random_bytes(16))),
          file_(::openat(folder_.get(), name_.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {
        if (!file_.is_open()) unavailable(folder / "tmp");
    }
    ~Temporary() {
        if (!moved_) ::unlinkat(folder_.get(), name_.c_str(), 0);
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    void write(std::string_view bytes) {
        write_all(file_.get(), bytes);
        if (::fchmod(file_.get(), entry_mode) != 0) unavailable("fchmod");  // whatever the umask
        if (::fsync(file_.get()) != 0) unavailable("fsync");
    }

    void move_to(const fs::path& folder, const std::string& name) {
        const auto target = open_folder(folder);
        if (::renameat(folder_.get(), name_.c_str(), target.get(), name.c_str()) != 0)
            unavailable(folder / name);
        moved_ = true;
        // Who may not open the drop box syncs the file once more: file systems with a journal write
        // its new name with it.
        const Descriptor readable{
            ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
        if (::fsync(readable.is_open() ? readable.get() : file_.get()) != 0) unavailable("fsync");
    }

private:
    Descriptor folder_;
    std::string name_;
    Descriptor file_;
    bool moved_ = false;
};

[[noreturn]] void too_large(std::size_t max_bytes) {
    throw SpoolError(Kind::too_large,
                     "a message of more than " + std::to_string(max_bytes) + " bytes");
}

std::string store(Temporary& file, const fs::path& folder, std::string_view content) {
    file.write(content);
    auto name = text::to_hex(hash::sha256(content));
    file.move_to(folder / "new", name);
    return name;
}

using Directory = CPtr<DIR, ::closedir>;

Directory open_to_list(const fs::path& path) {
    const int number = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (number < 0) unavailable(path);
    Directory directory{::fdopendir(number)};
    if (!directory) {
        ::close(number);
        unavailable(path);
    }
    return directory;
}

struct Found {
    std::string name;
    timespec time;
};

bool is_any(std::string_view) { return true; }

/// The regular files of a folder whose names are `wanted`: others don't count, so that they can't
/// hide these.
std::vector<Found> files_in(const fs::path& path, std::size_t max,
                            bool (*wanted)(std::string_view name) = is_any) {
    const auto directory = open_to_list(path);
    std::vector<Found> found;
    while (const auto* entry = ::readdir(directory.get())) {
        struct stat status {};
        const std::string name = std::data(entry->d_name);
        if (!wanted(name)) continue;
        if (::fstatat(::dirfd(directory.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode))
            continue;
        found.push_back({name, status.st_mtim});
        if (found.size() == max) break;
    }
    return found;
}

void make_folder(const fs::path& path, mode_t mode, const std::optional<SpoolOwner>& owner) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        if (errno == EEXIST) return;  // an administrator may have chosen another mode
        unavailable(path);
    }
    // Before the mode: chown takes the bit away that gives files the folder's group.
    if (owner && ::chown(path.c_str(), owner->uid, owner->gid) != 0) unavailable(path);
    if (::chmod(path.c_str(), mode) != 0) unavailable(path);
}

/// "Sender: value", taken from the front of `text`.
std::string take_value(std::string_view& text, std::string_view name) {
    const auto end = text.find('\n');
    if (end == text.npos || !text.starts_with(name))
        throw SpoolError(Kind::malformed, "no envelope");
    std::string value(text.substr(name.size(), end - name.size()));
    if (!is_value(value)) throw SpoolError(Kind::malformed, "bad envelope");
    text.remove_prefix(end + 1);
    return value;
}

void check_file(const struct stat& status, const TakeRules& rules) {
    if (!S_ISREG(status.st_mode)) throw SpoolError(Kind::malformed, "no file");
    if (status.st_nlink > 1) throw SpoolError(Kind::malformed, "a file with two names");
    if (static_cast<std::size_t>(status.st_size) > rules.max_bytes)
        throw SpoolError(Kind::too_large, "a file of " + std::to_string(status.st_size) + " bytes");
    if (rules.owners && std::ranges::count(*rules.owners, status.st_uid) == 0)
        throw SpoolError(Kind::malformed, "a file of account " + std::to_string(status.st_uid));
}

}  // namespace

void make_spool(const fs::path& folder, const std::optional<SpoolOwner>& owner) {
    make_folder(folder, 0711, owner);  // to be passed, not seen
    make_folder(folder / "tmp", drop_box, owner);
    make_folder(folder / "new", drop_box, owner);
    make_folder(folder / "failed", 0700, owner);
}

std::string put(const fs::path& folder, const SpoolEntry& entry, int message,
                std::size_t max_bytes) {
    auto content = head_of(entry);
    Temporary file{folder};
    if (!read_all(message, content, max_bytes)) too_large(max_bytes);
    return store(file, folder, content);
}

std::string put(const fs::path& folder, const SpoolEntry& entry, std::string_view message,
                std::size_t max_bytes) {
    auto content = head_of(entry);
    if (message.size() > max_bytes) too_large(max_bytes);
    Temporary file{folder};
    content.append(message);
    return store(file, folder, content);
}

std::vector<std::string> list(const fs::path& folder, std::size_t max) {
    auto found = files_in(folder / "new", max, is_name);
    std::ranges::sort(found, [](const Found& a, const Found& b) {
        return std::tie(a.time.tv_sec, a.time.tv_nsec, a.name) <
               std::tie(b.time.tv_sec, b.time.tv_nsec, b.name);
    });
    std::vector<std::string> names;
    names.reserve(found.size());
    for (auto& file : found) names.push_back(std::move(file.name));
    return names;
}

std::optional<Taken> take(const fs::path& folder, const std::string& name, const TakeRules& rules) {
    if (!is_name(name)) throw SpoolError(Kind::malformed, "bad name: " + text::printable(name));
    const auto in = open_folder(folder / "new");
    // Without O_NONBLOCK a pipe would be waited for.
    Descriptor file{
        ::openat(in.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file.is_open()) {
        if (errno == ENOENT) return std::nullopt;
        if (errno == ELOOP || errno == ENXIO) throw SpoolError(Kind::malformed, "no file");
        if (errno == EACCES || errno == EPERM)
            throw SpoolError(Kind::malformed, "a file that may not be read");
        unavailable(folder / "new" / name);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) unavailable("fstat");
    if (status.st_nlink == 0) return std::nullopt;
    check_file(status, rules);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return std::nullopt;
        unavailable("flock");
    }
    // Who had the lock before may have removed it since it was opened.
    if (::fstat(file.get(), &status) != 0) unavailable("fstat");
    if (status.st_nlink == 0) return std::nullopt;
    std::string content;
    if (!read_all(file.get(), content, rules.max_bytes))
        throw SpoolError(Kind::too_large, "a file that grows");
    if (text::to_hex(hash::sha256(content)) != name)
        throw SpoolError(Kind::malformed, "its content has another name");
    std::string_view rest = content;
    Taken taken;
    if (!take_value(rest, first_line).empty()) throw SpoolError(Kind::malformed, "no envelope");
    taken.entry.sender = take_value(rest, "Sender: ");
    taken.entry.recipient = take_value(rest, "Recipient: ");
    taken.entry.user = take_value(rest, "User: ");
    if (!take_value(rest, "").empty()) throw SpoolError(Kind::malformed, "no envelope");
    taken.message = rest;
    taken.uid = status.st_uid;
    taken.lock = std::move(file);
    return taken;
}

void done(const fs::path& folder, const std::string& name) {
    if (!is_name(name)) return;
    const auto path = folder / "new" / name;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) unavailable(path);
}

void fail(const fs::path& folder, const std::string& name) {
    if (!is_name(name)) return;
    const auto path = folder / "new" / name;
    if (::rename(path.c_str(), (folder / "failed" / name).c_str()) != 0 && errno != ENOENT)
        unavailable(path);
}

std::size_t put_aside(const fs::path& folder) {
    std::size_t count = 0;
    const auto directory = open_to_list(folder / "new");
    const int in = ::dirfd(directory.get());
    const auto aside = open_folder(folder / "failed");
    for (std::size_t seen = 0; seen < at_once; ++seen) {
        const auto* entry = ::readdir(directory.get());
        if (entry == nullptr) break;
        const char* name = std::data(entry->d_name);
        struct stat status {};
        if (::fstatat(in, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(status.st_mode))
            continue;
        const bool is_file = S_ISREG(status.st_mode);
        if (is_file && is_name(name)) continue;
        if ((is_file && ::renameat(in, name, aside.get(), name) == 0) ||
            ::unlinkat(in, name, 0) == 0)
            ++count;
    }
    return count;
}

std::size_t clean(const fs::path& folder, std::chrono::hours keep) {
    std::size_t removed = 0;
    for (const auto& [name, age] : {std::pair{"tmp", leftover}, std::pair{"failed", keep}}) {
        const auto before = clock::unix_now() - std::chrono::seconds{age}.count();
        for (const auto& file : files_in(folder / name, at_once))
            if (file.time.tv_sec < before && ::unlink((folder / name / file.name).c_str()) == 0)
                ++removed;
    }
    return removed;
}

}  // namespace kalends::mail
