#pragma once
// Who looks, and with what: passed to everything that reads. Copied into streamed answers, which
// outlive the handler that began them.

#include "access/privilege.hpp"
#include "http/prefer.hpp"
#include "store/audit_writer.hpp"
#include "store/database.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

class Registry;

/// What all who have logged in may do with what nobody sets access control on: principals, and
/// whatever is above homes.
inline constexpr access::Privileges open_to_all =
    access::read | access::read_current_user_privilege_set;

/// Limits that operators set; each is named in answers that refuse.
struct Settings {
    std::size_t max_resource_size = 10 * 1024 * 1024;  ///< bytes of one calendar object or card
    std::uint64_t max_file_size = 4ULL << 30U;
    std::size_t max_xml_bytes = 1024 * 1024;
    std::size_t max_xml_depth = 64;
    std::size_t max_instances = 10'000;  ///< of one object: expanded, or with a component each
    std::size_t max_attendees = 1'000;
    std::size_t max_collections = 1'000;  ///< in one home
    std::size_t max_multiget = 10'000;    ///< hrefs in one request
    std::size_t max_aces = 1'000;         ///< that a client may set on one resource
    std::chrono::seconds max_lock_time{86'400};
    std::size_t max_locks = 1'000;          ///< in one home
    std::size_t min_search = 1;             ///< characters that people are searched by
    std::size_t max_found = 500;            ///< people that a search finds
    std::int64_t quota_bytes = 0;           ///< of one home; 0: no limit
    std::string default_time_zone = "UTC";  ///< for floating times where nobody set one
};

/// What the server is made of, for the protocol rooms. Lives as long as the server.
struct Services {
    store::Database& database;
    const Registry& registry;
    Settings settings;
    store::AuditWriter* audit = nullptr;  ///< nullptr: nothing is kept
};

/// What a report knows beside the properties that it is asked for, and their getters need: the time
/// zone of a calendar-query. Each room derives its own.
struct ReportContext {
    ReportContext() = default;
    ReportContext(const ReportContext&) = delete;
    ReportContext& operator=(const ReportContext&) = delete;
    virtual ~ReportContext() = default;
};

/// What the audit should say of a request.
struct AuditNote {
    std::string_view event;  ///< empty: that of the method
    std::string detail;
};

struct View {
    const Services* services = nullptr;
    store::HomePtr user;  ///< nullptr: nobody has logged in
    bool memory_only =
        false;  ///< on the network thread: whatever needs the database throws NotInMemory
    http::Preferences prefer = {};           ///< what the client would like
    access::Privileges scope = access::all;  ///< what the login allows at most

    std::shared_ptr<const ReportContext> report = nullptr;

    /// What the method knows better than audit.hpp does.
    std::shared_ptr<AuditNote> note = std::make_shared<AuditNote>();

    /// What this request may still spend on expanding recurrences, over all objects (ical::Budget's
    /// steps).
    std::shared_ptr<std::uint64_t> steps = std::make_shared<std::uint64_t>(default_steps);
    static constexpr std::uint64_t default_steps = 20'000'000;

    [[nodiscard]] const Settings& settings() const { return services->settings; }
    [[nodiscard]] const Registry& registry() const { return services->registry; }

    /// Throws NotInMemory where the database may not be asked.
    [[nodiscard]] store::Database& database() const;

    /// As things are now: the user's own home may have changed since the request began.
    [[nodiscard]] View refreshed() const;

    /// nullptr if there is no such principal.
    [[nodiscard]] store::HomePtr home(std::string_view login) const;
    [[nodiscard]] store::HomePtr home(store::PrincipalId id) const;

    /// What the user may do with a principal, or with something that is nobody's (0).
    [[nodiscard]] access::Privileges privileges(store::PrincipalId owner) const;

    /// What the user may do in a collection of `home`, or with an object in it that has entries of
    /// its own: these come first, then the collection's, then those that it inherits.
    [[nodiscard]] access::Privileges privileges(const store::Home& home,
                                                const store::Collection& collection,
                                                std::span<const access::Ace> own = {}) const;
};

}  // namespace kalends::dav
