// Mail about meetings, as rows: whoever is killed leaves nothing undone.

#include "db/fixture.hpp"
#include "store/outgoing.hpp"
#include "store/scheduling.hpp"

#include <algorithm>

using namespace kalends;
using namespace kalends::test;
using store::HomeTransaction;
using store::OutboxMail;

namespace {

constexpr std::int64_t now = 2'000'000'000;
constexpr std::int64_t lease = 90;
constexpr std::int64_t patience = 15;

void send(const Someone& from, const std::string& uid, const std::string& recipient) {
    REQUIRE(store::in_home(from.db, from.id, [&](HomeTransaction& transaction) {
        transaction.send(store::OutgoingMail{.method = "REQUEST",
                                             .uid = uid,
                                             .sender = "mailto:a@example.com",
                                             .recipient = recipient,
                                             .message = "message",
                                             .reason = "invited"});
        return true;
    }));
}

/// Of one sender: other cases leave messages behind.
std::vector<OutboxMail> claimed(const Someone& by, std::int64_t at) {
    auto mails = store::claim_mails(by.db, at, lease, 1000);
    std::erase_if(mails, [&](const OutboxMail& mail) { return mail.home != by.id; });
    return mails;
}

void settle(const Someone& of, const OutboxMail& mail) {
    store::settle_mail(of.db, mail,
                       {.home = of.id, .at = now, .mail = mail.id, .verdict = "sent", .why = {}},
                       "1.1", true, patience);
}

void tell(const Someone& of, const OutboxMail& mail) {
    REQUIRE(store::in_home(of.db, of.id, [&](HomeTransaction& transaction) {
        CHECK(transaction.told(mail.id, "eve@elsewhere.org"));
        CHECK_FALSE(transaction.told(
            mail.id, "eve@elsewhere.org"));  // by whom it was told is nobody else's to write
        return true;
    }));
}

}  // namespace

TEST_CASE("what was sent stays until its sender is told, and is not sent again") {
    REQUIRE_POSTGRESQL();
    const Someone anna;
    send(anna, "u", "mailto:eve@elsewhere.org");
    const auto mails = claimed(anna, now);
    REQUIRE(mails.size() == 1);
    CHECK(mails.front().status.empty());
    CHECK(claimed(anna, now).empty());
    settle(anna, mails.front());
    CHECK(store::waiting_mails(anna.db, anna.id, 10).empty());
    CHECK(store::mail_log(anna.db, anna.id, 10).size() == 1);
    const auto in_outbox = store::find_outgoing(anna.db, mails.front().id);
    REQUIRE(in_outbox);  // so that a report waits, too
    CHECK(in_outbox->status == "1.1");
    CHECK(store::in_home(anna.db, anna.id, [&](HomeTransaction& transaction) {
        CHECK_FALSE(transaction.drop_mail(mails.front().id, now + 10 * lease));
        return true;
    }));

    // Who has sent it was killed before he could tell the sender.
    CHECK(claimed(anna, now + patience - 1).empty());
    const auto again = claimed(anna, now + patience);
    REQUIRE(again.size() == 1);
    CHECK(again.front().status == "1.1");
    CHECK(again.front().known == "message");

    tell(anna, again.front());
    CHECK(claimed(anna, now + 10 * lease).empty());
}

TEST_CASE("the next message to the same recipient waits until the sender knows of the first") {
    REQUIRE_POSTGRESQL();
    const Someone anna;
    send(anna, "u", "mailto:eve@elsewhere.org");
    send(anna, "u", "mailto:Eve@elsewhere.org");
    send(anna, "u", "mailto:other@elsewhere.org");
    const auto mails = claimed(anna, now);
    REQUIRE(mails.size() == 2);
    CHECK(mails.back().recipient == "mailto:other@elsewhere.org");
    settle(anna, mails.front());
    CHECK(claimed(anna, now + 1).empty());
    tell(anna, mails.front());
    const auto next = claimed(anna, now + 1);
    REQUIRE(next.size() == 1);
    CHECK(next.front().recipient == "mailto:Eve@elsewhere.org");
}
