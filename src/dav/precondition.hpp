#pragma once
// The precondition and postcondition elements of the RFCs, each once.

#include "xml/name.hpp"

namespace kalends::dav::precondition {

using xml::NameView;

// RFC 4918 16
inline constexpr NameView propfind_finite_depth{xml::dav, "propfind-finite-depth"};
inline constexpr NameView cannot_modify_protected{xml::dav, "cannot-modify-protected-property"};
inline constexpr NameView lock_token_submitted{xml::dav, "lock-token-submitted"};
inline constexpr NameView no_conflicting_lock{xml::dav, "no-conflicting-lock"};
inline constexpr NameView lock_token_matches{xml::dav, "lock-token-matches-request-uri"};
inline constexpr NameView no_external_entities{xml::dav, "no-external-entities"};

// RFC 4331 6
inline constexpr NameView quota_not_exceeded{xml::dav, "quota-not-exceeded"};

// RFC 3253 3.6, RFC 3744
inline constexpr NameView supported_report{xml::dav, "supported-report"};
inline constexpr NameView need_privileges{xml::dav, "need-privileges"};
inline constexpr NameView resource_must_be_null{xml::dav, "resource-must-be-null"};

// RFC 3744 8.1.1
inline constexpr NameView no_ace_conflict{xml::dav, "no-ace-conflict"};
inline constexpr NameView no_protected_ace_conflict{xml::dav, "no-protected-ace-conflict"};
inline constexpr NameView no_inherited_ace_conflict{xml::dav, "no-inherited-ace-conflict"};
inline constexpr NameView limited_number_of_aces{xml::dav, "limited-number-of-aces"};
inline constexpr NameView not_supported_privilege{xml::dav, "not-supported-privilege"};
inline constexpr NameView recognized_principal{xml::dav, "recognized-principal"};
inline constexpr NameView allowed_principal{xml::dav, "allowed-principal"};

// RFC 5842 4, 5, 6
inline constexpr NameView bind_into_collection{xml::dav, "bind-into-collection"};
inline constexpr NameView bind_source_exists{xml::dav, "bind-source-exists"};
inline constexpr NameView unbind_from_collection{xml::dav, "unbind-from-collection"};
inline constexpr NameView unbind_source_exists{xml::dav, "unbind-source-exists"};
inline constexpr NameView rebind_into_collection{xml::dav, "rebind-into-collection"};
inline constexpr NameView rebind_source_exists{xml::dav, "rebind-source-exists"};
inline constexpr NameView binding_allowed{xml::dav, "binding-allowed"};
inline constexpr NameView cross_server_binding{xml::dav, "cross-server-binding"};
inline constexpr NameView name_allowed{xml::dav, "name-allowed"};
inline constexpr NameView can_overwrite{xml::dav, "can-overwrite"};
inline constexpr NameView cycle_allowed{xml::dav, "cycle-allowed"};

// RFC 5689 3.3
inline constexpr NameView valid_resourcetype{xml::dav, "valid-resourcetype"};

// RFC 6578 3.2
inline constexpr NameView valid_sync_token{xml::dav, "valid-sync-token"};
inline constexpr NameView number_of_matches_within_limits{xml::dav,
                                                          "number-of-matches-within-limits"};
inline constexpr NameView sync_traversal_supported{xml::dav, "sync-traversal-supported"};

}  // namespace kalends::dav::precondition
