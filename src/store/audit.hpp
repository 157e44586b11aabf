#pragma once
// What happened, for kalends audit: who logged in from where, changed access, deleted what.

#include "store/database.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kalends::store {

struct AuditEntry {
    std::int64_t at = 0;      ///< seconds since 1970
    std::string event;        ///< "login", "login.failed", "acl", "delete", "account", ...
    std::string login = {};   ///< who; empty: nobody, or the operator
    std::string peer = {};    ///< the address from which
    std::string target = {};  ///< what: a path or a login
    std::string detail = {};
    std::int64_t id = 0;  ///< in the order of being written
};

/// Writes them all, in one statement. Text that is not UTF-8 is written without its bad bytes.
void write_audit(Database& db, const std::vector<AuditEntry>& entries);

struct AuditQuery {
    std::string login = {};   ///< empty: of anybody
    std::string event = {};   ///< this one, or those that begin with it and a dot; empty: any
    std::string target = {};  ///< those that begin with it; empty: any
    std::int64_t since = 0;
    std::int64_t until = 0;   ///< 0: now
    std::int64_t before = 0;  ///< entries with a lower id only; 0: from the newest on
    std::size_t limit = 1000;
};

/// The newest first.
std::vector<AuditEntry> read_audit(Database& db, const AuditQuery& query);

/// Forgets what happened before; how many entries.
std::size_t prune_audit(Database& db, std::int64_t before);

}  // namespace kalends::store
