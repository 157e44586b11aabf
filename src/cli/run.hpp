#pragma once
// What each command does. Every function returns the exit status; what goes wrong is thrown, and
// main.cpp says it.

#include "base/config.hpp"
#include "cli/command.hpp"

namespace kalends::cli {

int serve(const Arguments& arguments, const Config& config);
int init(const Arguments& arguments, const Config& config);
int run_postgres(const Arguments& arguments, const Config& config);

int user_add(const Arguments& arguments, const Config& config);
int user_list(const Arguments& arguments, const Config& config);
int user_change(const Arguments& arguments, const Config& config);
int user_passwd(const Arguments& arguments, const Config& config);
int user_disable(const Arguments& arguments, const Config& config);
int user_enable(const Arguments& arguments, const Config& config);
int user_delete(const Arguments& arguments, const Config& config);

int app_password_add(const Arguments& arguments, const Config& config);
int app_password_list(const Arguments& arguments, const Config& config);
int app_password_revoke(const Arguments& arguments, const Config& config);

int audit(const Arguments& arguments, const Config& config);
/// Without a connection, and without the configuration where --spool is there.
int imip(const Arguments& arguments);
int mail_queue(const Arguments& arguments, const Config& config);
int mail_retry(const Arguments& arguments, const Config& config);
int mail_drop(const Arguments& arguments, const Config& config);
int mail_log(const Arguments& arguments, const Config& config);
int mail_test(const Arguments& arguments, const Config& config);

int group_add(const Arguments& arguments, const Config& config);
int group_list(const Arguments& arguments, const Config& config);
int group_join(const Arguments& arguments, const Config& config);
int group_leave(const Arguments& arguments, const Config& config);
int group_delete(const Arguments& arguments, const Config& config);

int room_add(const Arguments& arguments, const Config& config);
int room_list(const Arguments& arguments, const Config& config);
int room_change(const Arguments& arguments, const Config& config);

int ldap_test(const Arguments& arguments, const Config& config);
int ldap_sync(const Arguments& arguments, const Config& config);

int share(const Arguments& arguments, const Config& config);

int import_files(const Arguments& arguments, const Config& config);
int export_files(const Arguments& arguments, const Config& config);

int doctor(const Arguments& arguments, const Config& config);

/// The configuration that the arguments, the environment, or nothing names. Throws ConfigError.
Config configuration(const Arguments& arguments);

/// The file of configuration(); empty: there is none, all is default.
std::string configuration_file(const Arguments& arguments);

/// A failure whose what() is a sentence for the user.
class Failure : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace kalends::cli
