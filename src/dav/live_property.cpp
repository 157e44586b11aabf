#include "dav/live_property.hpp"

#include "dav/collection_type.hpp"

#include <algorithm>
#include <stdexcept>

namespace kalends::dav {
namespace {
constexpr xml::NameView displayname{xml::dav, "displayname"};
}  // namespace

Registry::Registry(std::span<const Tables> rooms) {
    for (const Tables& room : rooms) {
        for (const auto& row : room.properties) {
            for (auto [same, end] = by_name_.equal_range(row.name); same != end; ++same)
                if ((same->second->on & row.on) != 0)
                    throw std::logic_error("two rows for " + xml::to_string(row.name));
            properties_.push_back(&row);
            by_name_.emplace(row.name, &row);
        }
        for (const auto& report : room.reports) reports_.push_back(&report);
        for (const auto& method : room.methods) methods_.push_back(&method);
        for (const auto* type : room.types) types_.push_back(type);
        for (const auto& capability : room.capabilities) {
            if (!capabilities_.empty()) capabilities_ += ", ";
            capabilities_ += capability;
        }
    }
}

const LiveProperty* Registry::property(xml::NameView name, Kind kind) const {
    for (auto [row, end] = by_name_.equal_range(name); row != end; ++row)
        if ((row->second->on & kind) != 0) return row->second;
    return nullptr;
}

bool Registry::is_computed(xml::NameView name) const {
    const auto [first, last] = by_name_.equal_range(name);
    return first != last && std::none_of(first, last, [](const auto& row) {
               return row.second->source == Source::stored || row.second->source == Source::spread;
           });
}

const store::StoredProperty* stored_property(const Resource& resource, xml::NameView name) {
    if (resource.is_shared_here()) {
        if (const auto* own = resource.binding->property(name.ns, name.local)) return own;
        if (name == displayname) return nullptr;
    }
    if (resource.stored == nullptr) return nullptr;
    for (const auto& stored : *resource.stored)
        if (name == xml::NameView{stored.ns, stored.local}) return &stored;
    return nullptr;
}

std::string shown_name(const Resource& collection) {
    const auto named = [](const store::StoredProperty* name) {
        return name != nullptr && !name->text.empty();
    };
    if (const auto* name = stored_property(collection, displayname); named(name)) return name->text;
    const auto& row = *collection.collection;
    if (!collection.is_shared_here()) return row.name;
    const auto* name = row.property(displayname.ns, displayname.local);
    return (named(name) ? name->text : row.name) + " (" + collection.home->principal.shown_name() +
           ")";
}

http::Status append_property(const View& view, const Resource& resource, xml::NameView name,
                             const xml::Element* asked, std::string& to) {
    using http::Status;
    const LiveProperty* row = view.registry().property(name, resource.kind);
    if (row == nullptr || row->source == Source::stored || row->source == Source::recorded) {
        if (const auto* stored = stored_property(resource, name)) {
            to += stored->xml;
            return Status::ok;
        }
        if (row == nullptr || row->get == nullptr) return Status::not_found;
    }
    if (!resource.may(row->needs)) return Status::forbidden;
    const auto before = to.size();
    xml::Writer writer{to};
    writer.open(name);
    const auto content = to.size();
    if (!row->get(view, resource, asked, writer)) {
        to.resize(before);
        return Status::not_found;
    }
    if (to.size() == content) {  // <name></name> as <name/>
        to.resize(before);
        writer.empty(name);
    } else {
        writer.close(name);
    }
    return Status::ok;
}

}  // namespace kalends::dav
