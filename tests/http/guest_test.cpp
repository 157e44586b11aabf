// People outside who answer on a page, by the link in their mail.

#include "http/mail_system.hpp"
#include "http/meetings.hpp"
#include "store/outgoing.hpp"

#include <functional>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

const std::string address = "https://cal.example.com";

/// Quoted-printable, as far as the text of a letter has it.
std::string decoded(std::string mail) {
    for (const auto& [from, to] : {std::pair{"=\r\n", ""}, {"=\n", ""}, {"=3D", "="}})
        for (auto at = mail.find(from); at != std::string::npos; at = mail.find(from, at))
            mail.replace(at, std::string_view(from).size(), to);
    return mail;
}

/// The path of the link for an answer in the first mail, with its query.
std::string link_in(const std::string& mail, const std::string& say = "accept") {
    const auto text = decoded(mail);
    const auto end = text.find("?say=" + say);
    if (end == std::string::npos) return {};
    const auto begin = text.rfind(address, end) + address.size();
    return text.substr(begin, end - begin) + "?say=" + say;
}

std::string without_query(const std::string& link) { return link.substr(0, link.find('?')); }

/// Somebody invited eve, who has the mail.
class Invited {
public:
    explicit Invited(const std::string& object, const std::function<void(Config&)>& change = {})
        : config_(system_.config(0s)), alice_({"alice", "bob"}, with_links(change)) {
        REQUIRE(alice_.put("calendar/1.ics", object).status == 201);
        const auto mails = system_.mails(1);
        REQUIRE(mails.size() == 1);
        mail_ = mails.front();
        (void)settled(alice_);
    }

    ~Invited() { wait_until_all_is_sent(alice_); }
    Invited(const Invited&) = delete;
    Invited& operator=(const Invited&) = delete;

    TestServer& alice() { return alice_; }
    [[nodiscard]] const std::string& mail() const { return mail_; }
    [[nodiscard]] std::string link(const std::string& say = "accept") const {
        return link_in(mail_, say);
    }

    Reply get(const std::string& path, const std::string& languages = "") {
        return alice_.nobody().request("GET", path, "", {{"Accept-Language", languages}});
    }
    Reply post(const std::string& form) {
        return alice_.nobody().request("POST", without_query(link()), form,
                                       {{"Content-Type", "application/x-www-form-urlencoded"}});
    }
    std::string eves_partstat() {
        const auto mine = only_meeting(alice_);
        const auto end = mine.find(":" + eve);
        const auto line = mine.substr(mine.rfind('\n', end) + 1, end - mine.rfind('\n', end) - 1);
        const auto at = line.find("PARTSTAT=");
        return at == std::string::npos ? "" : line.substr(at + 9, line.find(';', at) - at - 9);
    }

private:
    const Config& with_links(const std::function<void(Config&)>& change) {
        config_.mail.answer_url = address;
        if (change) change(config_);
        return config_;
    }

    MailSystem system_;
    Config config_;
    TestServer alice_;
    std::string mail_;
};

}  // namespace

TEST_CASE("an invitation has links to a page, where the answer is a click away") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("links", invited_eve + attendee("bob"))};
    for (const auto& [say, partstat] :
         {std::pair{"accept", "ACCEPTED"}, {"tentative", "TENTATIVE"}, {"decline", "DECLINED"}}) {
        const auto link = guest.link(say);
        INFO(link);
        REQUIRE(link.starts_with("/answer/"));
        const auto page = guest.get(link);
        CHECK(page.status == 200);
        CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
        CHECK(has(page.body, "<h1>Plan</h1>"));
        CHECK(has(page.body, "You have not answered yet."));
        CHECK(has(page.body, std::string("value=\"") + partstat +
                                 "\" required=\"required\" checked=\"checked\""));
        CHECK_FALSE(has(page.body, "<script"));
        CHECK_FALSE(has(page.body, "bob"));
    }
}

TEST_CASE("the page is kept by nobody, and its address passed on to nobody") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("headers", invited_eve)};
    const auto page = guest.get(guest.link());
    CHECK(page.header("Cache-Control") == "no-store");
    CHECK(page.header("Referrer-Policy") == "no-referrer");
    CHECK(has(page.header("Content-Security-Policy").value_or(""), "default-src 'none'"));
    CHECK(has(page.header("Content-Security-Policy").value_or(""), "frame-ancestors 'none'"));
}

TEST_CASE("users don't wait for guests, who have workers of their own") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("lanes", invited_eve)};
    const auto done = [&](const std::string& lane) {
        const auto metrics = guest.alice().nobody().get("/metrics").body;
        const auto name = "kalends_lane_done_total{lane=\"" + lane + "\"} ";
        const auto at = metrics.find(name);
        REQUIRE(at != std::string::npos);
        return std::stoi(metrics.substr(at + name.size()));
    };
    const auto written = done("write");
    CHECK(done("guest") == 0);
    CHECK(guest.get(guest.link()).status == 200);
    CHECK(guest.post("do=answer&answer=ACCEPTED").status == 303);
    CHECK(guest.get("/answer/x").status == 404);
    for (int i = 0; i < 100 && done("guest") < 3; ++i) std::this_thread::sleep_for(10ms);
    CHECK(done("guest") == 3);
    CHECK(done("write") == written);
}

TEST_CASE("looking at the page changes nothing, whatever the link says") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("looking", invited_eve)};
    const auto before = only_meeting(guest.alice());
    for (const auto* const method : {"GET", "HEAD"})
        CHECK(guest.alice()
                  .nobody()
                  .request(method, guest.link() + "&do=answer&answer=ACCEPTED", "")
                  .status == 200);
    CHECK(only_meeting(guest.alice()) == before);
}

TEST_CASE(
    "what is answered on the page is in the organizer's calendar and inbox, and on the page") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("answered", invited_eve + attendee("bob"))};
    const auto items = inbox_items(guest.alice());
    const auto taken =
        guest.post("do=answer&answer=ACCEPTED&comment=Gladly%2C+thanks%21%0D%0ALate");
    CHECK(taken.status == 303);
    REQUIRE(taken.header("Location") == "?done=answer");
    CHECK(guest.eves_partstat() == "ACCEPTED");
    CHECK(has(only_meeting(guest.alice()), "Gladly\\, thanks!\\nLate"));
    CHECK(inbox_items(guest.alice()) == items + 1);
    CHECK(has(only_meeting(guest.alice().as("bob"), "bob"), "PARTSTAT=ACCEPTED"));
    const auto page =
        guest.get(without_query(guest.link()) + taken.header("Location").value_or(""));
    CHECK(has(page.body, "Thank you. Your answer has been passed on."));
    CHECK(has(page.body, "Your answer so far: coming."));
    CHECK(
        has(page.body, "Gladly, thanks!\nLate</textarea>"));  // else the next answer takes it back
    const auto log = store::mail_log(guest.alice().database(),
                                     guest.alice().database().home("alice")->principal.id, 10);
    REQUIRE(log.size() == 2);
    CHECK(log.front().verdict == "applied");
    CHECK(log.front().method == "REPLY");
    CHECK(log.front().address == "eve@elsewhere.org");

    CHECK(guest.post("do=answer&answer=ACCEPTED").status == 303);  // takes the comment back
    CHECK(guest.post("do=answer&answer=ACCEPTED")
              .header("Location")
              .value_or("")
              .ends_with("?done=same"));
    CHECK(guest.post("do=answer&answer=DECLINED").status == 303);
    CHECK(guest.eves_partstat() == "DECLINED");
}

TEST_CASE("what was copied from a word processor is a comment, too") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("pasted", invited_eve)};
    CHECK(guest.post("do=answer&answer=ACCEPTED&comment=one%0Btwo").status == 303);
    CHECK(has(only_meeting(guest.alice()), "one two"));
}

TEST_CASE("one date of a series is answered on the page") {
    REQUIRE_POSTGRESQL();
    auto series = meeting("series", invited_eve);
    series.insert(series.find("SUMMARY"), "RRULE:FREQ=WEEKLY;COUNT=5\r\n");
    Invited guest{series};
    const auto page = guest.get(guest.link());
    CHECK(has(page.body, "<option value=\"" + at_ten(37) + "\">"));
    CHECK_FALSE(has(page.body, "Propose another time"));
    CHECK(guest.post("do=answer&answer=ACCEPTED&date=").status == 303);
    CHECK(guest.post("do=answer&answer=DECLINED&date=" + at_ten(37)).status == 303);
    const auto mine = only_meeting(guest.alice());
    const auto instance = mine.find("RECURRENCE-ID:" + at_ten(37));
    REQUIRE(instance != std::string::npos);
    CHECK(has(mine, "PARTSTAT=DECLINED"));
    CHECK(has(mine, "PARTSTAT=ACCEPTED;"));
    const auto other = guest.post("do=answer&answer=DECLINED&date=20010101T100000Z");
    CHECK(other.status == 409);
    CHECK(has(other.body, "This date is not there any more."));
}

TEST_CASE("another time is proposed on the page, and waits in the organizer's inbox") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("proposal", invited_eve)};
    const auto page = guest.get(guest.link());
    CHECK(has(page.body, "Propose another time"));
    CHECK(has(page.body, "type=\"datetime-local\" name=\"start\" value=\""));
    const auto before = only_meeting(guest.alice());
    const auto taken = guest.post(
        "do=propose&start=2040-03-10T10%3A00&end=2040-03-10T11%3A30&comment=Rather+then%3F");
    CHECK(taken.status == 303);
    CHECK(taken.header("Location").value_or("").ends_with("?done=propose"));
    CHECK(has(guest.get(without_query(guest.link()) + taken.header("Location").value_or("")).body,
              "Your proposal has been passed on."));
    CHECK(only_meeting(guest.alice()) == before);
    const auto items = members_of(guest.alice(), "inbox/");
    REQUIRE(items.size() == 1);
    const auto item = unfolded(guest.alice().get(items.front()).body);
    CHECK(has(item, "METHOD:COUNTER"));
    CHECK(has(item, "DTSTART:20400310T100000Z"));
    CHECK(has(item, "DTEND:20400310T113000Z"));
    CHECK(has(item, "COMMENT:Rather then?"));

    for (const auto* const wrong : {"start=2040-03-10T10:00&end=2040-03-10T10:00", "start=x&end=y",
                                    "start=2040-03-10T10:00", "start=2040-13-10T10:00&end=z"})
        CHECK(guest.post(std::string("do=propose&") + wrong).status >= 400);
}

TEST_CASE("who is in the organizer's address book sees times by his clock, and proposes by it") {
    REQUIRE_POSTGRESQL();
    const std::string in_tokyo = "(Asia/Tokyo)";
    const auto know_eve = [](Invited& guest) {
        return guest.alice()
            .request("PUT", "/dav/addressbooks/alice/contacts/eve.vcf",
                     "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:eve\r\nFN:Eve\r\nLANG:de\r\n"
                     "EMAIL:eve@elsewhere.org\r\nTZ:Asia/Tokyo\r\nEND:VCARD\r\n",
                     {{"Content-Type", "text/vcard"}})
            .status;
    };
    SUBCASE("of one meeting") {
        Invited guest{meeting("clock", invited_eve)};
        CHECK_FALSE(has(guest.get(guest.link()).body, in_tokyo));
        REQUIRE(know_eve(guest) == 201);
        const auto page = guest.get(guest.link(), "xx").body;
        CHECK(has(page, "19:00"));
        CHECK(has(page, in_tokyo));
        CHECK(has(page, "lang=\"de\""));
        CHECK(has(page, "name=\"zone\" value=\"Asia/Tokyo\""));
        CHECK(has(page, "T19:00\""));
        CHECK(
            guest
                .post(
                    "do=propose&start=2040-03-10T10%3A00&end=2040-03-10T11%3A30&zone=Asia%2FTokyo")
                .status == 303);
        const auto items = members_of(guest.alice(), "inbox/");
        REQUIRE(items.size() == 1);
        CHECK(has(guest.alice().get(items.front()).body, "DTSTART:20400310T010000Z"));
        CHECK(guest.post("do=propose&start=2040-03-10T10:00&end=2040-03-10T11:30&zone=Nowhere")
                  .status == 400);
    }
    SUBCASE("of a series") {
        auto series = meeting("clocks", invited_eve);
        series.insert(series.find("SUMMARY"), "RRULE:FREQ=WEEKLY;COUNT=5\r\n");
        Invited guest{series};
        REQUIRE(know_eve(guest) == 201);
        const auto page = guest.get(guest.link(), "en").body;
        const auto at = page.find("<option value=\"" + at_ten(37) + "\">");
        REQUIRE(at != std::string::npos);
        const auto label = page.substr(at, page.find("</option>", at) - at);
        CHECK(has(label, in_tokyo));
        CHECK((has(label, "19:00") || has(label, "7:00")));
    }
}

TEST_CASE("what can't be taken is said in words, and changes nothing") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("refused", invited_eve)};
    CHECK(guest.post("do=answer").status == 400);
    CHECK(has(guest.post("do=answer&answer=MAYBE").body, "Please choose an answer."));
    CHECK(guest.post("do=answer&answer=ACCEPTED&comment=%FF").status == 400);
    const auto refused = guest.post("do=answer&answer=ACCEPTED&comment=%EF%BF%BF");
    CHECK(refused.status == 422);  // XML can't hold it
    CHECK(has(refused.body, "be taken. Please try other words."));
    const auto log = store::mail_log(guest.alice().database(),
                                     guest.alice().database().home("alice")->principal.id, 1);
    CHECK(log.front().verdict == "refused");
    CHECK(guest.post("do=answer&answer=ACCEPTED&comment=%zz").status == 400);
    CHECK(guest.post("do=answer&answer=ACCEPTED&comment=" + std::string(2001, 'a')).status == 400);
    CHECK(guest.post(std::string(40'000, 'a')).status == 413);
    auto& stranger = guest.alice().nobody();
    CHECK(stranger
              .request("POST", without_query(guest.link()), "{}",
                       {{"Content-Type", "application/json"}})
              .status == 415);
    const auto put = stranger.request("PUT", without_query(guest.link()), "x");
    CHECK(put.status == 405);
    CHECK(put.header("Allow") == "GET, HEAD, POST");
    CHECK(guest.eves_partstat() == "NEEDS-ACTION");
}

TEST_CASE("a link that was not made here shows nothing and changes nothing") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("forged", invited_eve)};
    auto forged = without_query(guest.link());
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    for (const auto& path : {forged, std::string("/answer/"), std::string("/answer/x/y"),
                             "/answer/" + std::string(5000, 'A')}) {
        const auto page = guest.get(path);
        CHECK(page.status == 404);
        CHECK_FALSE(has(page.body, "Plan"));
    }
    CHECK(guest.alice()
              .nobody()
              .request("POST", forged, "do=answer&answer=ACCEPTED",
                       {{"Content-Type", "application/x-www-form-urlencoded"}})
              .status == 404);
    CHECK(guest.eves_partstat() == "NEEDS-ACTION");
}

TEST_CASE("the link says what has become of the meeting") {
    REQUIRE_POSTGRESQL();
    SUBCASE("who is not invited any more sees nothing of it") {
        Invited guest{meeting("uninvited", invited_eve + attendee("bob"))};
        REQUIRE(guest.alice().put("calendar/1.ics", meeting("uninvited", attendee("bob"))).status <
                300);
        const auto page = guest.get(guest.link());
        CHECK(has(page.body, "you are not invited to it any more"));
        CHECK_FALSE(has(page.body, "Plan"));
        CHECK(guest.post("do=answer&answer=ACCEPTED").status == 409);
    }
    SUBCASE("it is gone") {
        Invited guest{meeting("gone", invited_eve)};
        REQUIRE(guest.alice().erase("calendar/1.ics").status == 204);
        CHECK(has(guest.get(guest.link()).body, "not there any more"));
        CHECK(guest.post("do=answer&answer=ACCEPTED").status == 409);
    }
    SUBCASE("it is cancelled") {
        Invited guest{meeting("cancelled", invited_eve)};
        auto cancelled = meeting("cancelled", invited_eve);
        cancelled.insert(cancelled.find("SUMMARY"), "STATUS:CANCELLED\r\n");
        REQUIRE(guest.alice().put("calendar/1.ics", cancelled).status < 300);
        const auto page = guest.get(guest.link());
        CHECK(has(page.body, "This meeting has been cancelled."));
        CHECK_FALSE(has(page.body, "<form"));
        CHECK(guest.post("do=answer&answer=ACCEPTED").status == 409);
    }
    SUBCASE("it is over") {
        Invited guest{meeting("over", invited_eve)};
        REQUIRE(
            guest.alice().put("calendar/1.ics", meeting("over", invited_eve, at_ten(-3))).status <
            300);
        CHECK(has(guest.get(guest.link()).body, "This meeting is over."));
        CHECK(guest.post("do=answer&answer=ACCEPTED").status == 409);
    }
}

TEST_CASE("the page is in the language of who reads it, else of who invites") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("language", invited_eve)};
    CHECK(has(guest.get(guest.link(), "xx, de-AT;q=0.9, fr;q=0.5").body, "Kommen Sie?"));
    CHECK(has(guest.get(guest.link(), "fr").body, "Viendrez-vous"));
    CHECK(has(guest.get(guest.link(), "xx").body, "Will you come?"));
    CHECK(has(guest.get("/answer/x", "sv").body, "Länken är inte giltig"));
}

TEST_CASE("who says too much by a link is asked to wait") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("flood", invited_eve), [](Config& config) { config.mail.per_hour = 2; }};
    CHECK(guest.post("do=answer&answer=ACCEPTED").status == 303);
    CHECK(guest.post("do=answer&answer=DECLINED").status == 303);
    const auto refused = guest.post("do=answer&answer=ACCEPTED");
    CHECK(refused.status == 429);
    CHECK(has(refused.body, "try again in an hour"));
    CHECK(guest.eves_partstat() == "DECLINED");
}

TEST_CASE("without a public address there are no links, and no page") {
    REQUIRE_POSTGRESQL();
    Invited guest{meeting("none", invited_eve),
                  [](Config& config) { config.mail.answer_url.clear(); }};
    CHECK_FALSE(has(decoded(guest.mail()), "/answer/"));
    const auto page = guest.get("/answer/x");
    CHECK(page.status == 404);
    CHECK_FALSE(has(page.body, "html"));
}
