// Candidates from memory, or from the database where a collection is not kept there.

#include "base/text.hpp"
#include "store/database_private.hpp"
#include "store/objects.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

/// The same as the statements of candidates.cpp say.
bool is_candidate(const Member& member, const Candidates& wanted,
                  const std::vector<unsigned>& trigrams) {
    if (!wanted.component.empty() && member.component != wanted.component) return false;
    if (wanted.uid_contains && !text::icontains(member.uid, *wanted.uid_contains)) return false;
    if (wanted.overlapping && member.time &&
        (member.time->first_start >= wanted.overlapping->second ||
         member.time->last_end < wanted.overlapping->first))
        return false;
    if (wanted.search_contains.empty()) return true;
    if (!member.trigrams || !member.trigrams->has_all(trigrams)) return false;
    return std::ranges::all_of(wanted.search_contains, [&](const std::string& part) {
        return member.search.find(part) != std::string::npos;
    });
}

}  // namespace

ObjectScan::ObjectScan(Database& db, PrincipalId home, CollectionId in, Candidates wanted)
    : db_(&db), home_(home), in_(in), wanted_(std::move(wanted)) {
    wanted_.with_data = false;
    wanted_.with_digest = true;
    for (const auto& part : wanted_.search_contains)
        for (const unsigned bit : Trigrams::positions(part)) trigrams_.push_back(bit);
    members_ = db.inner().members_of(db, home, in, true);
    if (members_) modseq_ = members_->modseq();
}

bool ObjectScan::next(std::size_t limit, const ObjectSink& sink) {
    if (members_)
        return members_->visit(place_, limit, [&](const Member& member) {
            if (is_candidate(member, wanted_, trigrams_)) sink(member.view());
        });
    after_ = find_candidates(*db_, home_, in_, wanted_, after_, limit, sink);
    return after_ != 0;
}

}  // namespace kalends::store
