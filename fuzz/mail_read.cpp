// libFuzzer: any bytes as a message that came by mail, and who is believed to have sent it.
#include "mail/authentication.hpp"
#include "mail/read.hpp"

#include <cstdint>

using namespace kalends;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    try {
        const auto message = mail::read(bytes);
        mail::authenticate(message, {.authserv_id = "mx", .our_hosts = {"mx"}, .allow_spf = true});
    } catch (const mail::TooMuch&) {
    }
    try {
        mail::parse_delivery_status(bytes, 100);
    } catch (const mail::TooMuch&) {
    }
    mail::parse_authentication_results(bytes);
    mail::received_by(bytes);
    mail::is_address(bytes);
    return 0;
}
