#include "dav/property_changes.hpp"

#include "dav/error.hpp"
#include "dav/multistatus.hpp"
#include "dav/precondition.hpp"

#include <algorithm>

namespace kalends::dav {
namespace {

using http::Status;

constexpr xml::NameView set_name{xml::dav, "set"};
constexpr xml::NameView remove_name{xml::dav, "remove"};
constexpr xml::NameView prop_name{xml::dav, "prop"};

/// Kinds whose properties a client may set: collections and objects have rows to keep them in.
bool keeps_properties(Kind kind) { return (kind & (stored_collections | objects)) != 0; }

/// A property is kept with what has it; what is spread is not, and is there as long as that is.
bool may_change(const LiveProperty& row, const Resource* target, const PropertyChange& change) {
    if (row.source == Source::spread) return target != nullptr && change.value != nullptr;
    return row.source == Source::stored;
}

void judge_one(const View& view, Kind kind, const Resource* target, PropertyChange& change) {
    const LiveProperty* row = view.registry().property(change.name, kind);
    if (!keeps_properties(kind) || (row != nullptr && !may_change(*row, target, change)) ||
        (row == nullptr && view.registry().is_computed(change.name))) {
        refuse(change, Status::forbidden, precondition::cannot_modify_protected);
        return;
    }
    if (row == nullptr) return;
    change.displaces = row->displaces;
    if (change.value == nullptr) return;
    try {
        if (row->check != nullptr) row->check(view, target, *change.value);
        if (row->spread != nullptr) change.elsewhere = row->spread(view, *target, *change.value);
    } catch (const DavError& error) {
        refuse(change, error.status(), error.precondition());
    }
}

}  // namespace

std::vector<PropertyChange> changes_in(const xml::Element& body) {
    std::vector<PropertyChange> changes;
    for (const auto* instruction : body.children()) {
        const bool set = instruction->is(set_name);
        if (!set && !instruction->is(remove_name)) continue;
        for (const auto* prop : instruction->children(prop_name))
            for (const auto* value : prop->children())
                changes.push_back({value->name, set ? value : nullptr, Status::ok, {}});
    }
    return changes;
}

void refuse(PropertyChange& change, Status status, xml::NameView precondition) {
    change.status = status;
    change.precondition = precondition;
}

bool judge(const View& view, Kind kind, const Resource* target,
           std::vector<PropertyChange>& changes) {
    for (auto& change : changes) judge_one(view, kind, target, change);
    return all_or_none(changes);
}

bool all_or_none(std::vector<PropertyChange>& changes) {
    const auto failed = [](const PropertyChange& change) { return change.status != Status::ok; };
    if (std::none_of(changes.begin(), changes.end(), failed)) return true;
    for (auto& change : changes)
        if (!failed(change)) refuse(change, Status::failed_dependency, {});
    return false;
}

store::PropertyChanges for_store(const std::vector<PropertyChange>& changes) {
    store::PropertyChanges result;
    const auto forget = [&](xml::NameView name) {
        std::erase_if(result.set, [&](const auto& p) {
            return name == xml::NameView{p.ns, p.local};
        });
        std::erase_if(result.remove, [&](const auto& p) {
            return name == xml::NameView{p.first, p.second};
        });
    };
    const auto remove = [&](xml::NameView name) {
        forget(name);
        result.remove.emplace_back(name.ns, name.local);
    };
    for (const auto& change : changes) {
        if (change.elsewhere) continue;
        if (!change.displaces.local.empty()) remove(change.displaces);
        if (change.value == nullptr) {
            remove(change.name);
            continue;
        }
        forget(change.name);
        result.set.push_back({change.name.ns, change.name.local, xml::serialize(*change.value),
                              change.value->text()});
    }
    return result;
}

std::vector<Spread> elsewhere(const std::vector<PropertyChange>& changes) {
    std::vector<Spread> last;
    for (const auto& change : changes)
        if (change.elsewhere) last = *change.elsewhere;
    return last;
}

void append_propstats(std::string& to, const std::vector<PropertyChange>& changes) {
    std::vector<const PropertyChange*> left;
    left.reserve(changes.size());
    for (const auto& change : changes) left.push_back(&change);
    while (!left.empty()) {
        const PropertyChange& first = *left.front();
        const auto same = [&](const PropertyChange* other) {
            return other->status == first.status && other->precondition == first.precondition;
        };
        to += "<D:propstat><D:prop>";
        xml::Writer writer{to};
        for (const auto* change : left)
            if (same(change)) writer.empty(change->name);
        to += "</D:prop>";
        append_status(to, first.status);
        if (!first.precondition.local.empty()) append_error(to, first.precondition);
        to += "</D:propstat>";
        std::erase_if(left, same);
    }
}

void append_changes_response(std::string& to, std::string_view href,
                             const std::vector<PropertyChange>& changes) {
    to += "<D:response><D:href>";
    xml::append_escaped(to, href);
    to += "</D:href>";
    append_propstats(to, changes);
    to += "</D:response>";
}

}  // namespace kalends::dav
