#include "auth/remembered.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using auth::Fingerprinter;
using Remembered = auth::ByFingerprint<auth::RememberedRight>;

TEST_CASE("credentials are told apart by their fingerprints, and no two processes make the same") {
    const Fingerprinter ours;
    const Fingerprinter theirs;
    for (const std::size_t size : {0U, 1U, 55U, 64U, 447U, 448U, 449U, 4096U}) {
        const std::string value(size, 'x');
        CHECK(ours(value) == ours(value));
        CHECK(ours(value) != theirs(value));
        CHECK(ours(value) != ours(value + 'x'));
    }
}

TEST_CASE("what was remembered is found until it is forgotten") {
    const Fingerprinter fingerprint;
    Remembered remembered{10};
    CHECK_FALSE(remembered.find(fingerprint("a")));
    remembered.set(fingerprint("a"), {.principal = {7}, .credential_seq = 3});
    REQUIRE(remembered.find(fingerprint("a")));
    CHECK(remembered.find(fingerprint("a"))->principal.value == 7);
    remembered.forget(fingerprint("a"));
    CHECK_FALSE(remembered.find(fingerprint("a")));
}

TEST_CASE("only so many credentials are remembered, the latest") {
    const Fingerprinter fingerprint;
    Remembered remembered{100};
    for (int i = 0; i < 1000; ++i) remembered.set(fingerprint(std::to_string(i)), {});
    int found = 0;
    for (int i = 0; i < 1000; ++i) found += remembered.find(fingerprint(std::to_string(i))) ? 1 : 0;
    CHECK(found == 100);
    CHECK(remembered.find(fingerprint("999")));
}
