#pragma once
// Looks at TLS certificates, for kalends doctor.

#include <string>
#include <vector>

namespace kalends::cli {

struct Finding {
    bool bad = false;
    std::string sentence;
};

/// Whether the files can be read, belong together, are valid now and for some weeks, and are for
/// `name` (empty: any).
std::vector<Finding> examine_certificate(const std::string& certificate_file,
                                         const std::string& key_file, const std::string& name);

/// Whether the authorities of client certificates can be read and have not expired, and what they
/// have revoked is not out of date (`crl_file` empty: it is not looked at).
std::vector<Finding> examine_client_authorities(const std::string& ca_file,
                                                const std::string& crl_file);

}  // namespace kalends::cli
