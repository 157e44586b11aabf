#include "base/text.hpp"
#include "program.hpp"
#include "support/http_client.hpp"
#include "support/issuer.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace kalends;
using namespace kalends::test;

namespace {

constexpr auto calendar = "BEGIN:VCALENDAR\r\n"
                          "VERSION:2.0\r\n"
                          "PRODID:-//test//EN\r\n"
                          "BEGIN:VEVENT\r\n"
                          "UID:series\r\n"
                          "DTSTAMP:20260101T000000Z\r\n"
                          "DTSTART:20260101T100000Z\r\n"
                          "RRULE:FREQ=DAILY;COUNT=3\r\n"
                          "SUMMARY:Breakfast\r\n"
                          "END:VEVENT\r\n"
                          "BEGIN:VEVENT\r\n"
                          "UID:broken\r\n"
                          "DTSTAMP:20260101T000000Z\r\n"
                          "DTSTART:some day\r\n"
                          "END:VEVENT\r\n"
                          "BEGIN:VEVENT\r\n"
                          "UID:series\r\n"
                          "DTSTAMP:20260101T000000Z\r\n"
                          "RECURRENCE-ID:20260102T100000Z\r\n"
                          "DTSTART:20260102T120000Z\r\n"
                          "SUMMARY:Late breakfast\r\n"
                          "END:VEVENT\r\n"
                          "END:VCALENDAR\r\n";

constexpr auto cards =
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ann\r\nFN:Ann\r\nN:Ann;;;;\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:nobody\r\nEND:VCARD\r\n";

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Jane, whose password is "secret".
void add_jane(const Installation& installation) {
    REQUIRE(installation
                .run({"user", "add", "jane", "--name", "Jane Doe", "--password-stdin"}, "secret\n")
                .status == 0);
}

Reply get(const RunningServer& server, const std::string& credentials, const std::string& path) {
    HttpClient client(server.port());
    return client.request("GET", path, {{"Authorization", "Basic " + credentials}});
}

constexpr auto jane_secret = "amFuZTpzZWNyZXQ=";

}  // namespace

TEST_CASE(
    "groups are made, joined, left and deleted, and rooms have somebody who looks after them") {
    const Installation installation;
    add_jane(installation);
    const auto room = installation.run({"room", "add", "blue"});
    CHECK_FALSE(contains(room.out, "Password"));
    CHECK(contains(installation.run({"room", "list"}).out, "blue"));
    CHECK_FALSE(contains(installation.run({"user", "list"}).out, "blue"));

    CHECK(installation.run({"group", "add", "sales", "--name", "Sales"}).status == 0);
    CHECK(installation.run({"group", "add", "sales"}).status == 1);
    CHECK(installation.run({"group", "add", "sales", "--if-absent"}).status == 0);
    CHECK(installation.run({"group", "add", "all"}).status == 0);
    CHECK(installation.run({"group", "join", "sales", "jane", "blue"}).status == 0);
    CHECK(installation.run({"group", "join", "all", "sales"}).status == 0);
    CHECK(installation.run({"group", "list"}).out == "all:  sales\nsales  Sales:  jane blue\n");
    CHECK(installation.run({"group", "leave", "sales", "blue"}).status == 0);
    CHECK(contains(installation.run({"group", "list"}).out, "sales  Sales:  jane\n"));
    CHECK(installation.run({"group", "join", "blue/write", "jane"}).status == 0);
    CHECK(contains(installation.run({"audit", "--event", "group"}).out,
                   "  group  sales  blue is not in sales, by the operator\n"));

    CHECK(contains(installation.run({"group", "join", "none", "jane"}).error, "no group \"none\""));
    CHECK(contains(installation.run({"group", "join", "jane", "jane"}).error, "no group"));
    CHECK(contains(installation.run({"group", "join", "sales/read", "jane"}).error, "act for"));
    CHECK(contains(installation.run({"group", "join", "sales", "john"}).error, "john"));
    CHECK(installation.run({"group", "join", "sales"}).status == 2);
    CHECK(installation.run({"group", "delete", "sales"}).status == 0);
    CHECK(installation.run({"group", "list"}).out == "all\n");
}

TEST_CASE("a calendar or an address book is shared by command, told, and taken back") {
    const Installation installation;
    add_jane(installation);
    REQUIRE(installation.run({"user", "add", "tor"}).status == 0);
    REQUIRE(installation.run({"group", "add", "sales"}).status == 0);
    const auto share = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "share");
        return installation.run(words);
    };
    CHECK(share({"jane/calendar"}).out.empty());
    CHECK(share({"jane/calendar", "--with", "tor", "--write"}).out ==
          "tor may read and write jane/calendar.\n");
    CHECK(share({"/dav/calendars/jane/calendar/", "--with", "sales", "--read"}).status == 0);
    CHECK(share({"Jane/contacts", "--with", "TOR", "--with", "sales", "--free-busy"}).status == 0);
    CHECK(share({"jane/calendar"}).out == "sales  read\ntor  write\n");
    CHECK(share({"jane/contacts"}).out == "sales  free-busy\ntor  free-busy\n");
    CHECK(share({"jane/calendar", "--with", "tor", "--none"}).status == 0);
    CHECK(share({"jane/calendar"}).out == "sales  read\n");

    CHECK(share({"jane/calendar", "--with", "tor"}).status == 2);
    CHECK(share({"jane/calendar", "--read"}).status == 2);
    CHECK(share({"jane/calendar", "--with", "tor", "--read", "--write"}).status == 2);
    CHECK(contains(share({"jane/none"}).error, "no calendar or address book \"none\""));
    CHECK(contains(share({"john/calendar"}).error, "there is no \"john\""));
    CHECK(contains(share({"jane"}).error, "celia/project"));
    CHECK(contains(share({"/dav/files/jane/a/"}).error, "no address of a calendar"));
    CHECK(contains(share({"jane/calendar", "--with", "john", "--read"}).error, "\"john\""));
    CHECK(contains(share({"jane/calendar", "--with", "jane", "--read"}).error, "owner"));
}

TEST_CASE("an account is made, listed, disabled, enabled and deleted") {
    const Installation installation;
    const auto made = installation.run(
        {"user", "add", "Jane", "--name", "Jane Doe", "--email", "jane@example.com"});
    CHECK(made.status == 0);
    CHECK(contains(made.out, "\nPassword: "));
    CHECK(installation.run({"user", "list"}).out == "jane  Jane Doe  <jane@example.com>\n");
    CHECK(contains(installation.run({"user", "list", "--json"}).out, "\"login\": \"jane\""));
    CHECK(installation.run({"user", "disable", "jane"}).status == 0);
    CHECK(contains(installation.run({"user", "list"}).out, "disabled"));
    CHECK(installation.run({"user", "enable", "JANE"}).status == 0);
    CHECK_FALSE(contains(installation.run({"user", "list"}).out, "disabled"));
    CHECK(installation.run({"user", "delete", "jane", "--yes"}).status == 0);
    CHECK(installation.run({"user", "list"}).out.empty());
}

TEST_CASE("what can't be done ends with status 1 and a sentence") {
    const Installation installation;
    add_jane(installation);
    const auto twice = installation.run({"user", "add", "jane"});
    CHECK(twice.status == 1);
    CHECK(contains(twice.error, "taken"));
    CHECK(installation.run({"user", "add", "jane", "--if-absent"}).status == 0);
    CHECK(installation.run({"user", "add", "no spaces"}).status == 1);
    CHECK(
        contains(installation.run({"user", "disable", "john"}).error, "there is no user \"john\""));
    const auto unasked = installation.run({"user", "delete", "jane"});
    CHECK(unasked.status == 1);
    CHECK(contains(installation.run({"user", "list"}).out, "jane"));
}

TEST_CASE("import keeps a series together, reports what it skips with line and reason, and never "
          "doubles") {
    const Installation installation;
    add_jane(installation);
    const auto file = installation.file("calendar.ics", calendar);
    const auto first = installation.run({"import", "jane", file});
    CHECK(first.status == 1);
    CHECK(first.out == file + ": 1 new, 0 replaced, 0 unchanged, 1 skipped\n");
    CHECK(first.error.starts_with(file + ":11: skipped: "));
    CHECK(contains(first.error, "DTSTART"));
    CHECK(installation.run({"import", "jane", file}).out ==
          file + ": 0 new, 0 replaced, 1 unchanged, 1 skipped\n");

    std::string changed = calendar;
    changed.replace(changed.find("Breakfast"), 9, "Brunch");
    const auto later = installation.file("later.ics", changed);
    CHECK(installation.run({"import", "jane", later}).out ==
          later + ": 0 new, 1 replaced, 0 unchanged, 1 skipped\n");
}

TEST_CASE("import makes the calendar that --to names, and takes contacts beside events") {
    const Installation installation;
    add_jane(installation);
    const auto events = installation.file("calendar.ics", calendar);
    const auto people = installation.file("people.vcf", cards);
    CHECK(contains(installation.run({"import", "jane", events, "--to", "meals"}).out, "1 new"));
    CHECK(contains(installation.run({"import", "jane", people}).out,
                   "1 new, 0 replaced, 0 unchanged, 1 skipped"));
    const auto mixed = installation.run({"import", "jane", people, "--to", "meals"});
    CHECK(mixed.status == 1);
    CHECK(contains(mixed.error, "choose another with --to"));
}

TEST_CASE("export gives back what was imported, and an import of it changes nothing") {
    const Installation installation;
    add_jane(installation);
    installation.run({"import", "jane", installation.file("calendar.ics", calendar),
                      installation.file("p.vcf", cards)});
    const auto one = installation.run({"export", "jane", "--from", "calendar"});
    CHECK(one.status == 0);
    CHECK(contains(one.out, "SUMMARY:Breakfast\r\n"));
    CHECK(contains(one.out, "SUMMARY:Late breakfast\r\n"));
    CHECK(installation.run({"export", "jane", "--output", installation.path() / "all"}).status ==
          0);
    CHECK(contains(installation.read("all/contacts.vcf"), "FN:Ann\r\n"));
    const auto again =
        installation.run({"import", "jane", installation.path() / "all" / "contacts.vcf"});
    CHECK(contains(again.out, "0 new, 0 replaced, 1 unchanged, 0 skipped"));
    CHECK(contains(installation.run({"export", "jane", "--from", "work"}).error,
                   "jane has no \"work\", but calendar"));
}

TEST_CASE(
    "a configuration that is wrong ends with 78 and names its lines; a wrong command line with 2") {
    const Installation installation("prot = 1");
    const auto outcome = installation.run({"check-config"});
    CHECK(outcome.status == 78);
    CHECK(contains(outcome.error,
                   "kalends.toml:3: there is no setting \"prot\"; did you mean \"port\"?"));
    CHECK(installation.run({"serve"}).status == 78);
    CHECK(installation.run({"serv"}).status == 2);
    CHECK(installation.run({"serve", "--help"}).status == 0);
}

TEST_CASE("the doctor finds a good installation well, and says what is wrong with a bad one") {
    const Installation well;
    CHECK(well.run({"init"}).status == 0);
    const auto healthy = well.run({"doctor"});
    CHECK(healthy.status == 0);
    CHECK(contains(healthy.out, "The schema has version"));
    const Installation bad(
        "tls_certificate = \"/nonexistent.pem\"\ntls_key = \"/nonexistent.key\"\n"
        "[server]\ndefault_time_zone = \"Mars/Phobos\"");
    const auto ill = bad.run({"doctor"});
    CHECK(ill.status == 1);
    CHECK(contains(ill.out, "PROBLEM  The certificate /nonexistent.pem can't be read"));
    CHECK(
        contains(ill.out, "PROBLEM  server.default_time_zone: there is no time zone Mars/Phobos."));
}

TEST_CASE("the doctor looks at what logins need") {
    const Issuer issuer;
    const Installation well("[oidc]\nissuer = \"" + issuer.url() +
                            "\"\naudience = [\"kalends\"]\n" + "[auth]\ncommand = [\"/bin/true\"]");
    CHECK(well.run({"init"}).status == 0);
    const auto healthy = well.run({"doctor"});
    CHECK(healthy.status == 0);
    CHECK(contains(healthy.out, "ok       Keys of the issuer of tokens are at " + issuer.url()));
    CHECK(contains(healthy.out, "ok       Passwords are checked by /bin/true."));
    const Installation bad("tls_certificate = \"/none.pem\"\ntls_key = \"/none.key\"\n"
                           "tls_client_ca = \"/none-ca.pem\"\ntls_client_crl = \"/none.crl\"\n"
                           "[oidc]\nissuer = \"http://127.0.0.1:1\"\naudience = [\"kalends\"]\n"
                           "[auth]\ncommand = [\"/none/check\"]");
    const auto ill = bad.run({"doctor"});
    CHECK(ill.status == 1);
    CHECK(contains(ill.out, "PROBLEM  The issuer of tokens: http://127.0.0.1:1/.well-known/"));
    CHECK(contains(ill.out, "PROBLEM  auth.command: /none/check is not there"));
    CHECK(contains(ill.out, "PROBLEM  The authorities of clients in /none-ca.pem can't be read"));
    CHECK(contains(ill.out, "PROBLEM  The revocation list /none.crl can't be read"));
}

TEST_CASE("a server answers, other commands find its database, and SIGTERM ends it well") {
    const Installation installation;
    RunningServer server(installation);
    add_jane(installation);
    CHECK(get(server, jane_secret, "/healthz").status == 200);
    CHECK(get(server, jane_secret, "/dav/calendars/jane/calendar/none.ics").status == 404);
    CHECK(installation.run({"user", "passwd", "jane", "--password-stdin"}, "other\n").status == 0);
    CHECK(installation.run({"import", "jane", installation.file("p.vcf", cards)}).status == 1);
    server.signal(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK(contains(installation.read("serve.log"), "info serve.stopping"));
    CHECK_FALSE(std::filesystem::exists(installation.path() / "data/postgres/postmaster.pid"));
}

TEST_CASE("SIGHUP reads the log level again, and what is wrong then does not end the server") {
    const Installation installation;
    const RunningServer server(installation);
    installation.file("kalends.toml", "[log]\nlevel = 3");
    server.signal(SIGHUP);
    for (int i = 0; i < 500 && !contains(installation.read("serve.log"), "serve.reload_failed");
         ++i)
        ::usleep(20'000);
    CHECK(contains(installation.read("serve.log"), "log.level must be a text in quotes"));
    CHECK(get(server, "", "/healthz").status == 200);
}

TEST_CASE("the data of a server are there when it is started again, also after kill -9") {
    const Installation installation;
    add_jane(installation);
    {
        RunningServer server(installation);
        HttpClient client(server.port());
        const auto stored = client.request(
            "PUT", "/dav/addressbooks/jane/contacts/ann.vcf",
            {{"Authorization", std::string("Basic ") + jane_secret},
             {"Content-Type", "text/vcard"}},
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ann\r\nFN:Ann\r\nN:Ann;;;;\r\nEND:VCARD\r\n");
        REQUIRE(stored.status == 201);
        server.signal(SIGKILL);
        CHECK(server.wait() == 128 + SIGKILL);
    }
    const RunningServer again(installation);
    CHECK(get(again, jane_secret, "/dav/addressbooks/jane/contacts/ann.vcf").status == 200);
}

TEST_CASE("two servers can't share one embedded database directory") {
    const Installation installation;
    const RunningServer first(installation);
    const auto second = installation.run({"serve"});
    CHECK(second.status == 1);
    CHECK(contains(second.error, "another Kalends runs the database"));
}

TEST_CASE("a room says how it is booked, and that can be changed") {
    const Installation installation;
    CHECK(installation
              .run({"room", "add", "blue", "--name", "The Blue Room", "--email", "blue@example.com",
                    "--capacity", "12", "--feature", "projector", "--feature", "projector"})
              .status == 0);
    CHECK(installation.run({"room", "add", "van", "--resource", "--accept", "manual"}).status == 0);
    CHECK(installation.run({"room", "list"}).out ==
          "blue  The Blue Room  <blue@example.com>  accepts when it is free  for 12  projector\n"
          "van    is confirmed by hand\n");
    CHECK(installation
              .run({"room", "change", "blue", "--accept", "never", "--capacity", "0", "--horizon",
                    "90", "--no-features"})
              .out ==
          "blue  The Blue Room  <blue@example.com>  answers nothing  up to 90 days ahead\n");
    CHECK(contains(installation.run({"room", "list", "--json"}).out,
                   "{\"room\": \"van\", \"name\": \"\", \"kind\": \"resource\", \"accept\": "
                   "\"manual\", \"capacity\": 0, \"horizon_days\": 0, \"group\": null, "
                   "\"features\": []}\n"));
    CHECK(installation.run({"group", "add", "movers"}).status == 0);
    CHECK(installation.run({"room", "change", "van", "--accept", "decline", "--group", "movers"})
              .out == "van    declines always  accepts movers when it is free\n");
    CHECK(contains(installation.run({"room", "list", "--json"}).out, "\"group\": \"movers\""));
    CHECK(installation.run({"room", "change", "van", "--no-group"}).out ==
          "van    declines always\n");
    CHECK(installation.run({"room", "change", "van", "--group", "nobody"}).status == 1);
    CHECK(installation.run({"room", "change", "blue", "--accept", "perhaps"}).status == 2);
    CHECK(installation.run({"room", "add", "red", "--capacity", "many"}).status == 2);
    CHECK_FALSE(contains(installation.run({"room", "list"}).out, "red"));
    add_jane(installation);
    CHECK(installation.run({"room", "change", "jane", "--capacity", "2"}).status == 1);
    CHECK(installation.run({"room", "delete", "van", "--yes"}).status == 0);
    CHECK_FALSE(contains(installation.run({"room", "list"}).out, "van"));
}

TEST_CASE("app passwords are made, used, listed and revoked, and the audit tells of it") {
    const Installation installation;
    add_jane(installation);
    CHECK(installation.run({"app-password", "add", "jane"}).status == 2);
    const auto made = installation.run({"app-password", "add", "jane", "--name", "phone"}).out;
    REQUIRE(made.starts_with("Password: kal-"));
    const auto password = made.substr(10, made.size() - 11);
    const auto id = password.substr(4, 8);
    CHECK(contains(installation.run({"app-password", "list", "jane"}).out, "never used"));
    {
        const RunningServer server(installation);
        const auto credentials = text::base64_encode("jane:" + password);
        CHECK(get(server, credentials, "/dav/calendars/jane/").status == 200);
        const auto listed = installation.run({"app-password", "list", "jane"}).out;
        CHECK(listed.starts_with(id + "  phone  made "));
        CHECK(contains(listed, "from 127.0.0.1\n"));
        CHECK(installation.run({"app-password", "revoke", "jane"}).status == 2);
        CHECK(installation.run({"app-password", "revoke", "jane", "nothing"}).status == 1);
        CHECK(installation.run({"app-password", "revoke", "jane", id}).status == 0);
        int status = 0;
        for (int i = 0; i < 100 && status != 401; ++i) {
            status = get(server, credentials, "/dav/calendars/jane/").status;
            ::usleep(20'000);
        }
        CHECK(status == 401);
    }
    CHECK(installation.run({"app-password", "list", "jane"}).out.empty());
    const auto audit = installation.run({"audit"}).out;
    CHECK(contains(audit, "  login  jane  127.0.0.1  app password " + id + "\n"));
    CHECK(contains(audit, "  app-password  jane  revoked " + id + ", by the operator\n"));
    CHECK(contains(audit, "  account  jane  made, by the operator\n"));
    CHECK(contains(installation.run({"audit", "--event", "login.failed"}).out,
                   "no such app password"));
    CHECK(contains(installation.run({"audit", "--login", "jane", "--limit", "1", "--json"}).out,
                   "\"event\": \"login"));
    CHECK(installation.run({"audit", "--since", "yesterday"}).status == 2);
    CHECK(installation.run({"audit", "--login", "nobody", "--since", "1 h"}).out.empty());
}

TEST_CASE("an account is changed, and what is not said stays") {
    const Installation installation;
    add_jane(installation);
    CHECK(installation.run({"user", "add", "tor", "--email", "tor@example.com"}).status == 0);
    CHECK(installation
              .run({"user", "change", "jane", "--name", "Jane Roe", "--email", "Jane@Example.com",
                    "--admin"})
              .out == "jane  Jane Roe  <jane@example.com>  administrator\n");
    CHECK(installation
              .run({"user", "change", "jane", "--time-zone", "Europe/Stockholm", "--locale", "sv",
                    "--no-admin"})
              .out == "jane  Jane Roe  <jane@example.com>\n");
    CHECK(installation.run({"user", "change", "jane", "--email", "tor@example.com"}).status == 1);
    CHECK(installation.run({"user", "change", "jane", "--email", "nonsense"}).status == 1);
    CHECK(installation.run({"user", "change", "jane", "--time-zone", "Mars/Phobos"}).status == 2);
    CHECK(installation.run({"user", "change", "jane", "--admin", "--no-admin"}).status == 2);
    CHECK(contains(installation.run({"user", "list"}).out, "jane  Jane Roe  <jane@example.com>\n"));
    CHECK(installation.run({"user", "change", "jane", "--no-email"}).out == "jane  Jane Roe\n");
}
