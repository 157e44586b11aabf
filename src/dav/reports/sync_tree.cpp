#include "dav/reports/sync_tree.hpp"

#include "xml/writer.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kalends::dav {
namespace {

constexpr std::size_t page = 1000;

/// FNV-1a.
std::uint32_t hash_of(std::string_view text) {
    std::uint32_t hash = 2'166'136'261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return hash;
}

/// A collection below the target, as it is now.
struct Member {
    Resource resource;
    KnownMember now;
};

/// Of a binding both numbers count, its own and that of what it stands for.
std::int64_t member_number(const Resource& resource, const store::Collection& member) {
    if (!member.target) return member.member_modseq;
    return hash_of(std::to_string(member.member_modseq) + "/" +
                   std::to_string(resource.collection->member_modseq));
}

KnownMember known_of(const Resource& resource, const store::Collection& member) {
    return {.id = member.id,
            .member = member_number(resource, member),
            .modseq = resource.collection->modseq,
            .place = hash_of(resource.href)};
}

/// What the user may not see.
struct Hidden {
    store::CollectionId id;
    std::string href;
};

/// The collections that the user may see in `parent`, and at level infinite below it; and of the
/// others those on which one comes.
void add_members(const View& view, const Resource& parent, bool deep, std::vector<Member>& to,
                 std::vector<Hidden>* hidden = nullptr) {
    for (const auto& member : parent.home->children(parent.collection->id)) {
        auto resource = member_resource(view, parent, member);
        if (!resource.may(access::read)) {
            if (hidden != nullptr)
                hidden->push_back({member->id, href::collection(parent.href, member->name)});
            continue;
        }
        const bool descend = deep && resource.is(folders) && !member->target;
        to.push_back({resource, known_of(resource, *member)});
        if (descend) add_members(view, resource, deep, to, hidden);
    }
}

/// Goes over the members once: each that changed gets a response, and then, at level infinite, the
/// changes in it.
class TreeSync {
public:
    TreeSync(View view, Resource target, SyncAsked asked, SyncLevel level,
             const std::optional<SyncToken>& token, std::size_t limit)
        : view_(std::move(view)), target_(std::move(target)), asked_(std::move(asked)),
          level_(level), left_(limit) {
        if (token) {
            place_.since = token->modseq;
            for (const auto& member : token->members) before_.emplace(member.id, member);
        }
        add_members(view_, target_, level == SyncLevel::infinite, members_, &hidden_);
        std::erase_if(hidden_, [this](const Hidden& each) { return !before_.contains(each.id); });
        if (level == SyncLevel::infinite) require_same_at_same_place();
    }

    /// False when the answer is complete, its token written.
    bool append_page(std::string& to) {
        if (left_ == 0 || !step(to)) {
            if (!finished()) append_truncated(target_, to);
            append_token(to);
            return false;
        }
        return true;
    }

private:
    [[nodiscard]] bool finished() const {
        return own_done_ && hidden_.empty() && at_ == members_.size();
    }

    /// A collection that was made anew where the client knows another one must not be told as
    /// removed (RFC 6578 3.5.1); and what was in the other is not known any more. So it has to
    /// begin again.
    void require_same_at_same_place() const {
        std::unordered_map<std::uint32_t, store::CollectionId> places;
        for (const auto& [id, known] : before_) places.emplace(known.place, id);
        for (const auto& member : members_)
            if (const auto found = places.find(member.now.place);
                found != places.end() && found->second != member.now.id)
                invalid_sync_token();
    }

    /// One page; false when there is nothing left.
    bool step(std::string& to) {
        if (!own_done_) {
            own_done_ = append_from(target_, place_, to);
            return true;
        }
        if (!hidden_.empty()) {  // what the user saw the last time, and may not any more
            append_status_response(to, hidden_.back().href, http::Status::not_found);
            hidden_.pop_back();
            --left_;
            return true;
        }
        if (at_ == members_.size()) return false;
        append_member(to);
        return true;
    }

    /// True when all of it is given.
    bool append_from(const Resource& collection, SyncPlace& place, std::string& to) {
        const auto done =
            append_changes(view_, collection, asked_, place, std::min(page, left_), to);
        if (!done.valid) {
            if (&place == &place_) invalid_sync_token();
            place = {};  // a member whose history is gone is given anew
            return false;
        }
        left_ -= std::min(left_, done.count);
        return done.complete;
    }

    void append_member(std::string& to) {
        const auto& [resource, now] = members_[at_];
        if (!in_member_) {
            const auto known = before_.find(now.id);
            const bool is_new = known == before_.end() || known->second.place != now.place;
            const bool changed = is_new || known->second.member != now.member;
            const bool changed_inside = !is_new && known->second.modseq != now.modseq;
            member_place_ = {is_new ? 0 : known->second.modseq, {}};
            if (changed || (changed_inside && level_ == SyncLevel::one)) append_now(resource, to);
            tell_after_ = changed_inside && !changed && level_ == SyncLevel::infinite;
            in_member_ = true;
            inside_given_ = false;
            return;
        }
        if (level_ == SyncLevel::one)
            member_place_.since = now.modseq;
        else if (!inside_given_ && resource.may(access::read) &&
                 member_place_.since != now.modseq && !append_from(resource, member_place_, to))
            return;
        inside_given_ = true;
        if (tell_after_ && left_ == 0) return;
        if (tell_after_) append_now(resource, to);
        given_.push_back({now.id, now.member, member_place_.since, now.place});
        in_member_ = false;
        ++at_;
    }

    /// Nothing but its own response is left for the next request, to which its number of becoming
    /// a member has to look like another. Its ETag is another, so it must be told (RFC 6578 3.5.1).
    [[nodiscard]] bool is_untold() const { return inside_given_ && tell_after_; }

    void append_now(const Resource& resource, std::string& to) {
        append_response(view_, resource, resource.href, asked_.asked.properties, to);
        --left_;
    }

    /// What has been given, and of the rest what the client had before.
    void append_token(std::string& to) {
        SyncToken token{target_.collection->id, place_.since, level_, std::move(given_)};
        for (std::size_t i = at_; i < members_.size(); ++i) {
            const auto& now = members_[i].now;
            if (i == at_ && in_member_)
                token.members.push_back(
                    {now.id, is_untold() ? 0 : now.member, member_place_.since, now.place});
            else if (const auto known = before_.find(now.id); known != before_.end())
                token.members.push_back(known->second);
        }
        for (const auto& each : hidden_) token.members.push_back(before_.at(each.id));
        xml::Writer{to}.element({xml::dav, "sync-token"},
                                to_string(token, view_.services->database.epoch()));
    }

    View view_;
    Resource target_;
    SyncAsked asked_;
    SyncLevel level_;
    std::size_t left_;
    SyncPlace place_;
    std::unordered_map<store::CollectionId, KnownMember> before_;
    std::vector<Member> members_;
    std::vector<Hidden> hidden_;  // that the client has
    bool own_done_ = false;
    std::size_t at_ = 0;
    bool in_member_ = false;   // its own response is written
    bool tell_after_ = false;  // or comes when what changed in it is given
    bool inside_given_ = false;
    SyncPlace member_place_;
    std::vector<KnownMember> given_;
};

}  // namespace

http::Response sync_tree(const View& view, const Resource& target, SyncAsked asked, SyncLevel level,
                         const std::optional<SyncToken>& token, std::size_t limit) {
    if (token && token->level != SyncLevel::any && token->level != level) invalid_sync_token();
    (void)view.database();
    return multistatus(
        [sync = std::make_shared<TreeSync>(view, target, std::move(asked), level, token, limit)](
            std::string& to) { return sync->append_page(to); });
}

SyncToken current_token(const View& view, const Resource& collection) {
    SyncToken token{.collection = collection.collection->id,
                    .modseq = collection.collection->modseq};
    if (!collection.is(folders)) return token;
    std::vector<Member> members;
    add_members(view, collection, true, members);
    for (const auto& member : members) token.members.push_back(member.now);
    return token;
}

}  // namespace kalends::dav
