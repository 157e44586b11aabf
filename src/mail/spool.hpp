#pragma once
// Messages on their way from the mail server to Kalends, as files in a folder, so that neither
// waits for the other:
//   tmp/     being written; nobody looks at it
//   new/     whole, in order of arrival by their times
//   failed/  what could not be used, for people to look at
// Mail servers deliver with the account of the mailbox. So tmp and new are drop boxes: everybody
// may put something in, and only Kalends, the owner of the folder, sees and takes what is there.

#include "base/descriptor.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

class SpoolError : public std::runtime_error {
public:
    enum class Kind : std::uint8_t {
        unavailable,  ///< the folder or the disk: try again later
        too_large,
        malformed,  ///< a value with a line end, or a file that is no entry, or not a safe one
    };
    SpoolError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    [[nodiscard]] Kind kind() const { return kind_; }

private:
    Kind kind_;
};

/// The envelope, as the mail server tells it. UTF-8 without controls.
struct SpoolEntry {
    std::string sender;     ///< empty for the null sender
    std::string recipient;  ///< may be empty
    std::string user;       ///< whose mailbox it goes to
};

/// The account that reads the spool.
struct SpoolOwner {
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Makes what is missing of the folder, with drop boxes of mode 3733: what is put there belongs to
/// the folder's group, which Kalends must be in, and nobody else sees the names. What is made is
/// given to `owner`; only root can do that. Throws SpoolError.
void make_spool(const std::filesystem::path& folder,
                const std::optional<SpoolOwner>& owner = std::nullopt);

/// Reads a message to its end and stores it; returns its name. When this returns the disk has it;
/// whatever ends it before, there is nothing in new/. The same twice is one entry: the name is the
/// SHA-256 of it. Throws SpoolError; too_large above `max_bytes`.
std::string put(const std::filesystem::path& folder, const SpoolEntry& entry, int message,
                std::size_t max_bytes);
/// The same of a message in memory.
std::string put(const std::filesystem::path& folder, const SpoolEntry& entry,
                std::string_view message, std::size_t max_bytes);

/// Names in new/ in order of arrival, at most `max`. Other things than files are not listed. Throws
/// SpoolError.
std::vector<std::string> list(const std::filesystem::path& folder, std::size_t max = 10'000);

struct TakeRules {
    std::size_t max_bytes = 26UL << 20U;  ///< of the file: a message and its envelope
    /// Accounts that may put something there; nothing: all, and the caller looks at Taken::uid.
    std::optional<std::vector<uid_t>> owners = std::nullopt;
};

struct Taken {
    SpoolEntry entry;
    std::string message;
    uid_t uid = 0;    ///< who has put it there
    Descriptor lock;  ///< nobody else takes it as long as this is open
};

/// Nothing if it has gone, or somebody else has taken it. Throws SpoolError: malformed for what is
/// not a regular file of an allowed owner, with one link, whose content has that name.
std::optional<Taken> take(const std::filesystem::path& folder, const std::string& name,
                          const TakeRules& rules);

/// It has been used. No error if it has gone.
void done(const std::filesystem::path& folder, const std::string& name);

/// It can't be used: moved to failed/.
void fail(const std::filesystem::path& folder, const std::string& name);

/// What is in new/ and can't be an entry, by its name or because it is no file: files are moved to
/// failed/, what can't be moved and what is no file is removed. Folders stay. Returns how many.
/// Throws SpoolError.
std::size_t put_aside(const std::filesystem::path& folder);

/// Removes what a crash has left in tmp/, after an hour, and what is in failed/, after `keep`.
/// Returns how many files.
std::size_t clean(const std::filesystem::path& folder,
                  std::chrono::hours keep = std::chrono::hours{24 * 30});

}  // namespace kalends::mail
