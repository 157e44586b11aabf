#include "directory/directory.hpp"
#include "directory/ldap/login.hpp"
#include "ldap/office.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace kalends::directory::ldap;

namespace {

std::string room(const std::string& name, const std::string& kind) {
    return "dn: cn=" + name + ",ou=rooms," + suffix +
           "\nobjectClass: calendarResource\ncn: " + name + "\nkind: " + kind + "\n\n";
}

std::string replace(const std::string& dn, const std::string& attribute, const std::string& value) {
    return "dn: " + dn + "\nchangetype: modify\nreplace: " + attribute + "\n" + attribute + ": " +
           value + "\n-\n\n";
}

std::string erase(const std::string& dn) { return "dn: " + dn + "\nchangetype: delete\n\n"; }

std::string numbered(const std::string& name, int number) { return name + std::to_string(number); }

/// n people with short names.
std::string staff(int count) {
    std::string ldif;
    for (int i = 0; i < count; ++i) ldif += person(numbered("p", i));
    return ldif;
}

double seconds_of(const std::function<void()>& work) {
    const auto begin = clock::steady();
    work();
    return std::chrono::duration<double>(clock::steady() - begin).count();
}

}  // namespace

TEST_CASE("5,000 people, 300 nested groups with a circle and 50 rooms are here after one run, and "
          "the next one changes nothing") {
    REQUIRE_OFFICE();
    std::string entries = staff(5000);
    for (int i = 0; i < 300; ++i) {
        std::vector<std::string> members;
        for (int m = 0; m < 40; ++m) members.push_back(dn_of(numbered("p", (i * 17 + m) % 5000)));
        members.push_back(dn_of_group(numbered("g", (i + 1) % 300)));  // all in a circle
        entries += group(numbered("g", i), members);
    }
    for (int i = 0; i < 50; ++i) entries += room(numbered("room", i), "location");
    Office office{entries};
    SyncReport first, second;
    const double first_seconds = seconds_of([&] { first = office.synchronise(); });
    const double second_seconds = seconds_of([&] { second = office.synchronise(); });
    MESSAGE("5,000 people, 300 groups, 50 rooms: first run ", first_seconds, " s, the next ",
            second_seconds, " s");
    CHECK(first.people == 5000);
    CHECK(first.groups == 300);
    CHECK(first.rooms == 50);
    CHECK(first.plan.made == 5350);
    CHECK(first.members_added == 300 * 41);
    CHECK_FALSE(second.changed_anything());

    const auto home = office.home("p7");
    REQUIRE(home);
    CHECK(home->principal.display_name == "p7 Berg");
    CHECK(home->principal.addresses == std::vector<std::string>{"p7@firma.test"});
    CHECK(home->find(store::CollectionKind::calendar, "calendar"));
    CHECK(home->find(store::CollectionKind::calendar, "tasks"));
    CHECK(home->find(store::CollectionKind::addressbook, "contacts"));
    CHECK(home->principal.groups.size() == 300);  // by the circle it is in all
    const auto blue = office.home("room7");
    REQUIRE(blue);
    CHECK(blue->principal.kind == store::PrincipalKind::location);
    CHECK(blue->find(store::CollectionKind::calendar, "calendar"));
    CHECK(office.home("g7")->collections.empty());
}

TEST_CASE("what is provisioned is the same home that kalends user add makes") {
    REQUIRE_OFFICE();
    Office office{person("anna")};
    office.synchronise();
    directory::create_user(office.db, {.login = "local", .display_name = "", .addresses = {}});
    const auto shape = [&](const std::string& login) {
        return office.database.query(
            "SELECT string_agg(concat_ws('|', c.kind, c.name, c.components, r.kind, p.ns, p.local, "
            "p.xml, p.text), E'\\n' "
            "ORDER BY c.kind, c.name) FROM principal o JOIN collection c ON c.home_id = "
            "o.principal_id "
            "LEFT JOIN collection r ON r.collection_id = c.parent_id "
            "LEFT JOIN property p ON p.collection_id = c.collection_id WHERE o.login = '" +
            login + "'");
    };
    CHECK(shape("anna") == shape("local"));
    CHECK(shape("anna").find("Calendar") != std::string::npos);
}

TEST_CASE("a renamed user keeps the data and the old URL, and has to log in again") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno")};
    office.synchronise();
    const auto before = office.home("anna");
    office.slapd.change("dn: " + dn_of("anna") +
                        "\nchangetype: modrdn\nnewrdn: uid=anna.berg\ndeleteoldrdn: 1\n\n");
    const auto report = office.synchronise();
    CHECK(report.plan.changed == 1);
    CHECK(report.plan.made == 0);
    const auto after = office.home("anna.berg");
    REQUIRE(after);
    CHECK(after->principal.id == before->principal.id);
    CHECK(after->principal.credential_seq > before->principal.credential_seq);
    CHECK(after->collections.size() == before->collections.size());
    REQUIRE(office.home("anna"));
    CHECK(office.home("anna")->principal.id == before->principal.id);
    // Somebody new can't have the name that leads to her home.
    office.slapd.change("dn: " + dn_of("bruno") +
                        "\nchangetype: modrdn\nnewrdn: uid=anna\ndeleteoldrdn: 1\n\n");
    CHECK(said(office.synchronise().plan.skipped, "who was called so before"));
    CHECK(office.home("bruno"));
    // But she may take it back.
    office.slapd.change("dn: " + dn_of("anna") +
                        "\nchangetype: modrdn\nnewrdn: uid=bruno\ndeleteoldrdn: 1\n\n" +
                        "dn: " + dn_of("anna.berg") +
                        "\nchangetype: modrdn\nnewrdn: uid=anna\ndeleteoldrdn: 1\n\n");
    office.synchronise();
    CHECK(office.home("anna")->principal.login == "anna");
    CHECK(office.home("anna")->principal.id == before->principal.id);
    CHECK(office.home("anna.berg")->principal.id == before->principal.id);
}

TEST_CASE("a changed name, changed addresses and a new member of a group arrive") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno") + group("sales", {dn_of("anna")})};
    office.synchronise();
    CHECK(office.is_in("anna", "sales"));
    CHECK_FALSE(office.is_in("bruno", "sales"));
    office.slapd.change(replace(dn_of("anna"), "displayName", "Anna Berg-Kern") +
                        replace(dn_of("anna"), "mail", "a.berg-kern@firma.test") + "dn: " +
                        dn_of_group("sales") + "\nchangetype: modify\nadd: member\nmember: " +
                        "UID=Bruno, ou=People,dc=firma,dc=test\n-\n\n");
    CHECK(office.synchronise().plan.changed == 1);
    const auto anna = office.home("anna");
    CHECK(anna->principal.display_name == "Anna Berg-Kern");
    CHECK(anna->principal.addresses == std::vector<std::string>{"a.berg-kern@firma.test"});
    CHECK(office.is_in("bruno", "sales"));
    // Who leaves the group leaves it here.
    office.slapd.change("dn: " + dn_of_group("sales") +
                        "\nchangetype: modify\ndelete: member\nmember: " + dn_of("anna") +
                        "\n-\n\n");
    CHECK(office.synchronise().members_removed == 1);
    CHECK_FALSE(office.is_in("anna", "sales"));
}

TEST_CASE("an address goes from one to another") {
    REQUIRE_OFFICE();
    Office office{person("anna", "mail: info@firma.test\n") + person("bruno")};
    office.synchronise();
    office.slapd.change(replace(dn_of("anna"), "mail", "anna@firma.test") +
                        "dn: " + dn_of("bruno") +
                        "\nchangetype: modify\nadd: mail\nmail: info@firma.test\n-\n\n");
    CHECK(office.synchronise().plan.skipped.empty());
    CHECK(store::principal_of_address(office.db, "info@firma.test") ==
          office.home("bruno")->principal.id);
}

TEST_CASE("two entries with one mail: who had it first keeps it, and the other is named") {
    REQUIRE_OFFICE();
    Office office{person("anna", "mail: sales@firma.test\n")};
    office.synchronise();
    office.slapd.change("dn: " + dn_of("bruno") +
                        "\nchangetype: add\nobjectClass: inetOrgPerson\nuid: bruno\ncn: B\nsn: "
                        "B\nmail: sales@firma.test\nmail: bruno@firma.test\n\n");
    const auto report = office.synchronise();
    CHECK(said(report.plan.skipped, "the address sales@firma.test is that of anna"));
    CHECK(office.home("bruno")->principal.addresses ==
          std::vector<std::string>{"bruno@firma.test"});
    CHECK_FALSE(office.synchronise().changed_anything());
}

TEST_CASE("a local account wins over an entry of the same login or address, which is named") {
    REQUIRE_OFFICE();
    Office office{person("anna") + person("bruno")};
    const auto local = directory::create_user(office.db, {.login = "anna",
                                                          .display_name = "Local",
                                                          .addresses = {"bruno@firma.test"},
                                                          .password = "secret"});
    const auto report = office.synchronise();
    CHECK(said(report.plan.skipped, "a local account, which wins"));
    CHECK(said(report.plan.skipped, "the address bruno@firma.test is that of anna"));
    CHECK(office.home("anna")->principal.id == local);
    CHECK(office.home("anna")->principal.display_name == "Local");
    CHECK(office.home("bruno")->principal.addresses.empty());
    // Nor is it disabled for not being in the directory.
    CHECK_FALSE(office.home("anna")->principal.disabled);
}

TEST_CASE("who left is disabled and keeps the data, and is enabled again when back") {
    REQUIRE_OFFICE();
    Office office{staff(20)};
    office.synchronise();
    const auto before = office.home("p3");
    const auto everybody = office.settings.mapping.user_filter;
    office.settings.mapping.user_filter = "(&(objectClass=inetOrgPerson)(!(uid=p3)))";
    CHECK(office.synchronise().plan.gone == 1);
    const auto gone = office.home("p3");
    REQUIRE(gone);
    CHECK(gone->principal.disabled);
    CHECK(gone->principal.credential_seq > before->principal.credential_seq);
    CHECK(gone->collections.size() == before->collections.size());
    CHECK_FALSE(office.synchronise().changed_anything());
    office.settings.mapping.user_filter = everybody;
    CHECK(said(office.synchronise().plan.done, "is back"));
    CHECK_FALSE(office.home("p3")->principal.disabled);
    CHECK(office.home("p3")->principal.id == before->principal.id);
}

TEST_CASE("somebody new with the login of one who left does not get that one's data") {
    REQUIRE_OFFICE();
    Office office{staff(20)};
    office.synchronise();
    const auto before = office.home("p3");
    office.slapd.change(erase(dn_of("p3")) + "dn: " + dn_of("p3") +
                        "\nchangetype: add\nobjectClass: inetOrgPerson\nuid: p3\ncn: P\nsn: P\n\n");
    const auto report = office.synchronise();
    CHECK(said(report.plan.skipped, "kalends user delete p3"));
    CHECK(office.home("p3")->principal.uuid == before->principal.uuid);
    CHECK(office.home("p3")->principal.disabled);
}

TEST_CASE("disabled in the directory is disabled here, and the reverse; an operator's decision "
          "stays") {
    REQUIRE_OFFICE();
    Office office{staff(3)};
    office.synchronise();
    const auto seq = [&] { return office.home("p1")->principal.credential_seq; };
    const auto before = seq();
    office.slapd.change(replace(dn_of("p1"), "shadowExpire", "1"));
    CHECK(said(office.synchronise().plan.done, "change p1: disabled: shadowExpire is 1"));
    CHECK(office.home("p1")->principal.disabled);
    CHECK(seq() > before);
    CHECK_FALSE(office.synchronise().changed_anything());
    office.slapd.change(replace(dn_of("p1"), "shadowExpire", "99999"));
    CHECK(office.synchronise().plan.changed == 1);
    CHECK_FALSE(office.home("p1")->principal.disabled);

    store::set_disabled(office.db, office.home("p2")->principal.id, true);
    for (const auto* day : {"99998", "1", "99999"}) {
        office.slapd.change(replace(dn_of("p2"), "displayName", std::string("Until ") + day) +
                            replace(dn_of("p2"), "shadowExpire", day));
        CHECK(office.synchronise().plan.changed == 1);
        CHECK(office.home("p2")->principal.disabled);
    }
}

TEST_CASE("an empty answer, or far too small a one, disables nobody and says what to do") {
    REQUIRE_OFFICE();
    Office office{staff(60) + group("all", {dn_of("p1"), dn_of("p2")})};
    office.synchronise();
    const auto disabled = [&] {
        return office.database.query("SELECT count(*) FROM principal WHERE disabled");
    };
    office.settings.mapping.user_filter = "(objectClass=dNSDomain)";
    auto report = office.synchronise();
    CHECK(report.held.find("60 of 60 users are missing") != std::string::npos);
    CHECK(report.held.find("--accept-missing") != std::string::npos);
    CHECK(disabled() == "0");
    CHECK(office.is_in("p1", "all"));
    office.settings.mapping.user_filter = "(uid=p1*)";  // 11 of 60
    CHECK_FALSE(office.synchronise().held.empty());
    CHECK(disabled() == "0");
    CHECK(office.synchronise({.dry_run = true, .accept_missing = true}).plan.gone == 49);
    CHECK(disabled() == "0");
    CHECK(office.synchronise({.accept_missing = true}).plan.gone == 49);
    CHECK(disabled() == "49");
}

TEST_CASE("a part of the directory is no answer: a size limit stops the run") {
    REQUIRE_OFFICE();
    Office office{staff(600)};
    office.synchronise();
    office.settings.bind_dn = dn_of("p1");  // who may read nothing, and not all of it
    office.settings.bind_password = "p1";
    CHECK_THROWS_AS(office.synchronise(), DirectoryRefused);
    Office limited{staff(600), "550"};
    CHECK_THROWS_AS(limited.synchronise(), DirectoryRefused);
    CHECK(limited.database.query("SELECT count(*) FROM principal") == "0");
}

TEST_CASE("a group of 10,000 arrives, and so does one change of it") {
    REQUIRE_OFFICE();
    std::vector<std::string> members;
    std::string entries;
    for (int i = 0; i < 10'000; ++i) {
        const auto login = numbered("p", i);
        members.push_back(dn_of(login));
        entries += "dn: " + dn_of(login) + "\nobjectClass: inetOrgPerson\nuid: " + login +
                   "\ncn: " + login + "\nsn: B\n\n";
    }
    Office office{entries + group("everybody", members)};
    SyncReport first;
    const double seconds = seconds_of([&] { first = office.synchronise(); });
    CHECK(first.members_added == 10'000);
    CHECK(office.is_in("p9999", "everybody"));
    office.slapd.change("dn: " + dn_of_group("everybody") +
                        "\nchangetype: modify\ndelete: member\nmember: " + dn_of("p77") +
                        "\n-\n\n");
    SyncReport second;
    const double again = seconds_of([&] { second = office.synchronise(); });
    MESSAGE("10,000 people in one group: ", seconds, " s, then one less: ", again, " s");
    CHECK(second.members_removed == 1);
    CHECK_FALSE(office.is_in("p77", "everybody"));
}

TEST_CASE("posixGroup names logins, groups may contain themselves, and strangers do no harm") {
    REQUIRE_OFFICE();
    Office office{person("anna") + "dn: " + dn_of_group("unix") +
                  "\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\nmemberUid: anna\nmemberUid: "
                  "nobody\n\n" +
                  group("self", {dn_of_group("self"), dn_of("anna"), "cn=who,dc=else,dc=where"}) +
                  // Called as a user is.
                  group("anna", {dn_of("anna")})};
    const auto report = office.synchronise();
    CHECK(office.is_in("anna", "unix"));
    CHECK(office.is_in("anna", "self"));
    CHECK(report.members_unknown == 2);
    CHECK(said(report.plan.skipped, "group anna"));
    CHECK(office.home("anna")->principal.kind == store::PrincipalKind::user);
}

TEST_CASE("operators' groups and members are left alone") {
    REQUIRE_OFFICE();
    Office office{person("anna") + group("sales", {dn_of("anna")})};
    office.synchronise();
    const auto guest =
        directory::create_user(office.db, {.login = "guest", .display_name = "", .addresses = {}});
    const auto own = directory::create_user(
        office.db,
        {.kind = store::PrincipalKind::group, .login = "own", .display_name = "", .addresses = {}});
    store::add_members(office.db, office.home("sales")->principal.id, {guest});
    store::add_members(office.db, own, {office.home("anna")->principal.id});
    CHECK_FALSE(office.synchronise().changed_anything());
    CHECK(office.is_in("guest", "sales"));
    CHECK(office.is_in("anna", "own"));
}

TEST_CASE("a photo is read when its entry has changed, and only then") {
    REQUIRE_OFFICE();
    Office office{person("anna", "jpegPhoto:: /9j/4AAQ\npreferredLanguage: de-CH, en\n") +
                  person("bruno")};
    CHECK(office.synchronise().photos == 1);
    CHECK(office.database.query("SELECT encode(photo, 'base64') || locale FROM principal_detail "
                                "WHERE photo IS NOT NULL") == "/9j/4AAQde-CH");
    CHECK(office.synchronise().photos == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds{1100});  // modifyTimestamp has seconds
    office.slapd.change(replace(dn_of("anna"), "description", "x"));
    const auto report = office.synchronise();
    CHECK(report.photos == 1);
    CHECK_FALSE(report.changed_anything());
}

TEST_CASE("one server at a time synchronises") {
    REQUIRE_OFFICE();
    Office office{person("anna")};
    const auto other = office.database.open();
    const auto turn = store::take_sync_turn(*other);
    REQUIRE(turn);
    CHECK(office.synchronise().others_turn);
    CHECK_FALSE(office.home("anna"));
}

TEST_CASE(
    "who logs in for the first time has an account at once, and is the same to the next run") {
    REQUIRE_OFFICE();
    Office office{person("anna")};
    Servers servers{office.settings};
    Pool pool{servers, 1};
    const auto outcome = log_in(pool, "anna@firma.test", "anna");
    REQUIRE(outcome.kind == LoginOutcome::Kind::right);
    std::string why;
    const auto id = adopt(office.db, outcome.found, why);
    REQUIRE(id);
    CHECK(office.home("anna")->principal.id == *id);
    CHECK(office.home("anna")->find(store::CollectionKind::calendar, "calendar"));
    CHECK(adopt(office.db, outcome.found, why) == id);
    CHECK_FALSE(office.synchronise().changed_anything());
}
