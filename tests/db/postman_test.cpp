// Who sends what waits.

#include "base/clock.hpp"
#include "db/fixture.hpp"
#include "sched/postman.hpp"

#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

struct Sent {
    std::mutex mutex;
    std::map<std::string, int> times;  ///< by recipient
    int of(const std::string& recipient) {
        const std::lock_guard lock(mutex);
        return times[recipient];
    }
};

/// A mail system that has a message of one recipient long before it says so.
class SlowRoute final : public mail::Route {
public:
    SlowRoute(Sent& sent, std::chrono::milliseconds time) : sent_(sent), time_(time) {}

    mail::Result send(const mail::Envelope& envelope, std::string_view /*message*/,
                      const mail::Patience& patience) override {
        {
            const std::lock_guard lock(sent_.mutex);
            ++sent_.times[envelope.recipient];
        }
        if (envelope.recipient.starts_with("slow")) {
            CHECK(patience.goes_on());
            std::this_thread::sleep_for(time_);
        }
        return {.kind = mail::Result::Kind::accepted};
    }

private:
    Sent& sent_;
    std::chrono::milliseconds time_;
};

void send(const Someone& from, const std::string& recipient) {
    REQUIRE(store::in_home(from.db, from.id, [&](store::HomeTransaction& transaction) {
        transaction.send(store::OutgoingMail{
            .method = "REQUEST",
            .uid = recipient,
            .sender = "mailto:a@example.com",
            .recipient = "mailto:" + recipient,
            .message = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:REQUEST\r\n"
                       "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261122T061500Z\r\n"
                       "DTSTART:20301210T090000Z\r\nDURATION:PT1H\r\nSUMMARY:Plan\r\n"
                       "ORGANIZER:mailto:a@example.com\r\nATTENDEE:mailto:" +
                       recipient + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            .reason = "invited"});
        return true;
    }));
}

}  // namespace

TEST_CASE(
    "while the mail system takes long for a message, nobody else sends it, nor waits for it") {
    REQUIRE_POSTGRESQL();
    const Someone anna;
    send(anna, "slow@elsewhere.org");
    send(anna, "next@elsewhere.org");
    Sent sent;
    sched::Postman::Settings settings;
    settings.letters = {.address = "calendar@example.com", .host = "example.com"};
    settings.send_timeout = 1s;  // claimed for three
    settings.at_once = 2;
    {
        const sched::Postman postman(anna.db, settings, std::make_unique<SlowRoute>(sent, 5s));
        for (int i = 0; i < 80 && sent.of("next@elsewhere.org") == 0; ++i)
            std::this_thread::sleep_for(50ms);
        CHECK(sent.of("next@elsewhere.org") == 1);
        for (int i = 0; i < 140 && !store::waiting_mails(anna.db, anna.id, 1).empty(); ++i)
            std::this_thread::sleep_for(50ms);
    }
    CHECK(sent.of("slow@elsewhere.org") == 1);
    CHECK(sent.of("next@elsewhere.org") == 1);
    CHECK(store::waiting_mails(anna.db, anna.id, 1).empty());
}
