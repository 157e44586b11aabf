#include "db/fixture.hpp"
#include "store/files.hpp"
#include "store/tree.hpp"

#include <algorithm>

using namespace kalends;
using namespace kalends::test;
using store::Wrote;

namespace {

/// A home with a folder "a" among its files, with an object in it, and a file "b" beside it.
struct Files {
    Files() {
        REQUIRE(store::create_collection(jane.db, {.home = jane.id,
                                                   .parent = root()->id,
                                                   .kind = store::CollectionKind::folder,
                                                   .name = "a"}) == store::Changed::done);
        auto member = file("member", "in a");
        member.collection = folder()->id;
        REQUIRE(store::put(jane.db, member).wrote == Wrote::created);
        REQUIRE(store::put(jane.db, file("b", "bytes")).wrote == Wrote::created);
    }

    [[nodiscard]] store::CollectionPtr root() const {
        return jane.db.home(jane.login)->root(store::CollectionKind::file_home);
    }
    [[nodiscard]] store::CollectionPtr folder() const {
        return jane.db.home(jane.login)->child(root()->id, "a");
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return store::find_object(jane.db, jane.id, root()->id, name).has_value();
    }

    [[nodiscard]] store::PutObject file(const std::string& name, const std::string& data) const {
        return {.home = jane.id,
                .collection = root()->id,
                .acl_seq = root()->acl_seq,
                .name = name,
                .uid = {},
                .component = "FILE",
                .data = data,
                .etag = "etag-" + data,
                .time = {},
                .digest = {},
                .search = {},
                .preconditions = {}};
    }

    /// A new "a" in place of the folder.
    [[nodiscard]] store::PutObject instead() const {
        auto object = file("a", "instead");
        object.in_place_of = folder()->id;
        return object;
    }
    [[nodiscard]] store::MoveObject move_of_b() const {
        return {.home = jane.id,
                .from = root()->id,
                .from_acl_seq = root()->acl_seq,
                .name = "b",
                .to = root()->id,
                .to_acl_seq = root()->acl_seq,
                .new_name = "a",
                .preconditions = {},
                .in_place_of = folder()->id};
    }

    void check_untouched() const {
        REQUIRE(folder());
        CHECK(store::find_object(jane.db, jane.id, folder()->id, "member"));
        CHECK(has("b"));
        CHECK_FALSE(has("a"));
    }

    const Someone jane;
};

std::string one_piece(std::int64_t position) { return position == 0 ? "instead" : ""; }

}  // namespace

TEST_CASE("a folder whose place an object can't take stands as it was, with all that is in it") {
    REQUIRE_POSTGRESQL();
    const Files files;
    auto object = files.instead();
    object.preconditions.must_exist = true;
    CHECK(store::put(files.jane.db, object).wrote == Wrote::precondition_failed);
    CHECK(store::put_file(files.jane.db, object, one_piece).wrote == Wrote::precondition_failed);
    files.check_untouched();
    object = files.instead();
    object.quota = 3;
    CHECK(store::put(files.jane.db, object).wrote == Wrote::no_room);
    object = files.instead();
    object.acl_seq += 1;
    CHECK(store::put(files.jane.db, object).wrote == Wrote::stale);
    auto move = files.move_of_b();
    move.preconditions.if_match = {"another"};
    CHECK(store::move_object(files.jane.db, move).wrote == Wrote::precondition_failed);
    move = files.move_of_b();
    move.to_acl_seq += 1;
    CHECK(store::move_object(files.jane.db, move).wrote == Wrote::stale);
    files.check_untouched();
}

TEST_CASE("an object takes the place of a folder, and a sync tells of both") {
    REQUIRE_POSTGRESQL();
    const std::vector<std::function<Wrote(const Files&)>> ways{
        [](const Files& files) { return store::put(files.jane.db, files.instead()).wrote; },
        [](const Files& files) {
            return store::put_file(files.jane.db, files.instead(), one_piece).wrote;
        },
        [](const Files& files) {
            return store::move_object(files.jane.db, files.move_of_b()).wrote;
        }};
    for (const auto& way : ways) {
        const Files files;
        const auto folder = files.folder()->id;
        const auto before = files.root()->modseq;
        CHECK(store::put(files.jane.db, files.file("a", "instead")).wrote == Wrote::is_collection);
        CHECK(way(files) == Wrote::replaced);
        CHECK_FALSE(files.jane.db.home(files.jane.login)->find(folder));
        CHECK(files.has("a"));
        std::vector<std::pair<std::string, bool>> told;  // the name, and whether it is there
        (void)store::changes(
            files.jane.db, files.jane.id, files.root()->id, before, 10,
            [&](const store::ChangeView& c) { told.emplace_back(c.name, !c.deleted); });
        CHECK(std::ranges::find(told, std::pair{std::string("a"), false}) != told.end());
        CHECK(told.back() == std::pair{std::string("a"), true});
    }
}
