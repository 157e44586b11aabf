#pragma once
// One connection to one server of the directory: a thin layer over libldap, which nobody else sees.

#include "base/c_ptr.hpp"
#include "directory/ldap/entry.hpp"
#include "directory/ldap/errors.hpp"
#include "directory/ldap/settings.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

struct ldap;
struct ldapmsg;

namespace kalends::directory::ldap {

using Deadline = std::chrono::steady_clock::time_point;

void close(::ldap* connection) noexcept;
void free_message(::ldapmsg* message) noexcept;
using Message = CPtr<::ldapmsg, free_message>;

enum class Scope { entry, subtree };

struct Search {
    std::string base;
    Scope scope = Scope::subtree;
    std::string filter = "(objectClass=*)";
    std::vector<std::string> attributes;
    std::size_t at_most = 0;  ///< entries; more are not asked for. 0: all, in pages (RFC 2696)
};

/// What became of a search beside its entries.
struct SearchEnd {
    std::size_t entries = 0;
    std::size_t referrals = 0;  ///< to other servers; never followed
    bool cut = false;           ///< there are more than `at_most`
};

struct BindOutcome {
    bool right = false;
    std::string why;  ///< if not: in the server's words
};

/// The next part of a long attribute of Active Directory: "member;range=0-1499" ends at 1499, and
/// "member;range=1500-*" is the last.
struct Range {
    std::string attribute;
    std::optional<std::size_t> next;  ///< nothing: that was all
};
std::optional<Range> range_of(std::string_view attribute);

class Connection {
public:
    /// Connects, with TLS where the settings say so, and has the server checked. Nobody is bound.
    /// Throws DirectoryUnavailable.
    Connection(const Settings& settings, std::string uri, Deadline deadline);

    [[nodiscard]] const std::string& uri() const { return uri_; }

    /// Binds as the settings say. A refusal is DirectoryUnavailable too: our own password is
    /// nothing that a user could mend.
    void bind_as_service(const Settings& settings, Deadline deadline);

    /// Whether that is the password. An empty one is never sent: it would be an unauthenticated
    /// bind, which succeeds (RFC 4513 5.1.2). Throws DirectoryUnavailable.
    BindOutcome bind_as(const std::string& dn, const std::string& password, Deadline deadline);

    /// Gives each entry to `take`. `timeout` is for each page. Throws DirectoryUnavailable; and
    /// DirectoryRefused, also where the server gives a part only (a size limit).
    SearchEnd search(const Search& search, std::chrono::milliseconds timeout,
                     const std::function<void(Entry&&)>& take);

    /// Asks to be told of changes (RFC 4533 1.3, refreshAndPersist). False: not offered.
    bool watch(const Search& search, Deadline deadline);
    /// Waits until something has changed since, and things are quiet again; false: nothing has.
    /// Throws DirectoryUnavailable when the watch has ended.
    bool changed(std::chrono::milliseconds within);

private:
    struct Answer;
    void set_options(const Settings& settings);
    void open(const Settings& settings, Deadline deadline);
    void ask_for_tls(Deadline deadline);
    void begin_tls(Deadline deadline);
    Answer bind(const std::string& dn, const std::string& password, Deadline deadline);
    bool read_page(const Search& search, std::string& cookie, Deadline deadline, SearchEnd& end,
                   const std::function<void(Entry&&)>& take);
    Answer result_of(::ldapmsg* message) const;
    Message wait(int message_id, bool whole, Deadline deadline);
    [[noreturn]] void fail(int code, const std::string& what) const;
    void complete_ranges(Entry& entry, Deadline deadline);
    std::optional<Range> read_range(const std::string& dn, const Range& from,
                                    std::vector<std::string>& values, Deadline deadline);

    std::string uri_;
    CPtr<::ldap, close> ldap_;
    int socket_ = -1;   // of TCP; belongs to ldap_
    int watching_ = 0;  // message id
};

}  // namespace kalends::directory::ldap
