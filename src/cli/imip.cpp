// kalends imip: the mail system hands a message over. kalends-imip(8). It only stores the message:
// whatever it waited for, a mail would wait for.

#include "base/config.hpp"
#include "cli/run.hpp"
#include "mail/read.hpp"
#include "mail/spool.hpp"

#include <iostream>
#include <sysexits.h>
#include <unistd.h>

namespace kalends::cli {
namespace {

int code_of(mail::SpoolError::Kind kind) {
    return kind == mail::SpoolError::Kind::unavailable ? EX_TEMPFAIL : EX_DATAERR;
}

}  // namespace

int imip(const Arguments& arguments) {
    const auto folder = arguments.value("spool").value_or("");
    const auto spool = folder.empty() ? configuration(arguments).mail.spool : folder;
    if (spool.empty()) {
        std::cerr << "kalends imip: mail.spool is not set, and there is no --spool.\n";
        return EX_CONFIG;
    }
    try {
        (void)mail::put(spool,
                        {.sender = arguments.value("sender").value_or(""),
                         .recipient = arguments.value("recipient").value_or(""),
                         .user = arguments.value("user").value_or("")},
                        STDIN_FILENO, mail::Limits{}.bytes);
    } catch (const mail::SpoolError& error) {
        std::cerr << "kalends imip: " << error.what() << "\n";
        return code_of(error.kind());
    } catch (const std::exception& error) {
        std::cerr << "kalends imip: " << error.what() << "\n";
        return EX_TEMPFAIL;
    }
    return EX_OK;
}

}  // namespace kalends::cli
