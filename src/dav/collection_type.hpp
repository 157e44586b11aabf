#pragma once
// What a collection of one kind accepts and gives: calendars and address books each bring one. dav
// stores, lists and deletes through it without knowing what a calendar is.

#include "dav/resource.hpp"
#include "http/message.hpp"
#include "store/collections.hpp"
#include "store/objects.hpp"
#include "xml/document.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::dav {

/// All objects of a collection as one file, written piece by piece.
class Export {
public:
    Export() = default;
    Export(const Export&) = delete;
    Export& operator=(const Export&) = delete;
    virtual ~Export() = default;

    /// What comes next in the file, with one more object; the first call gives its beginning too.
    virtual std::string add(std::string_view data) = 0;
    /// The end of the file.
    virtual std::string finish() = 0;
};

class CollectionType {
public:
    CollectionType() = default;
    CollectionType(const CollectionType&) = delete;
    CollectionType& operator=(const CollectionType&) = delete;
    virtual ~CollectionType() = default;

    [[nodiscard]] virtual store::CollectionKind kind() const = 0;

    /// The element in DAV:resourcetype, beside DAV:collection; empty: none.
    [[nodiscard]] virtual xml::NameView resourcetype() const = 0;

    /// Checks the client's bytes and reduces them to what is stored with them: uid, component,
    /// time, digest, search. Throws DavError with the precondition of RFC 4791 5.3.2.1 or RFC
    /// 6352 6.3.2.1.
    virtual store::PutObject accept(const View& view, const Resource& collection,
                                    std::string_view content_type, std::string body) const = 0;

    /// The precondition of a UID that another object of the collection has; its content is that
    /// object's href.
    [[nodiscard]] virtual xml::NameView no_uid_conflict() const = 0;

    /// How large an object may be, and the precondition of one that is larger.
    [[nodiscard]] virtual std::uint64_t max_bytes(const Settings& settings) const {
        return settings.max_resource_size;
    }
    [[nodiscard]] virtual xml::NameView max_resource_size() const = 0;

    /// Whether accept() looks at the bytes. If not, those of a large object are not shown to it.
    [[nodiscard]] virtual bool reads_content() const { return true; }

    /// The value of Content-Type for an object: "text/calendar; charset=utf-8; component=vevent".
    [[nodiscard]] virtual std::string content_type(const store::ObjectView& object) const = 0;

    /// How much of an object those are shown who may read it and are not its owner (privacy.hpp).
    [[nodiscard]] virtual Shown shown_to_others(const store::ObjectView& /*object*/) const {
        return Shown::whole;
    }

    /// What they see in the place of these bytes, of an object that is shown in part.
    [[nodiscard]] virtual std::string part_for_others(std::string_view data) const {
        return std::string(data);
    }

    /// The header by which a GET chooses between variants of an object, for `Vary`.
    [[nodiscard]] virtual std::string_view vary() const = 0;

    /// The variant that the headers of a GET ask for, as it stands behind the object's ETag
    /// ("tz0"); empty for the stored bytes. Throws DavError 406.
    [[nodiscard]] virtual std::string_view variant(const http::Headers& headers) const = 0;

    /// The bytes of that variant, where they differ from what is stored; `type` becomes their
    /// content type.
    virtual std::optional<std::string> convert(std::string_view variant, std::string_view data,
                                               std::string& type) const = 0;

    /// What the name of a new object ends in, which the server chooses: ".ics".
    [[nodiscard]] virtual std::string_view extension(std::string_view content_type) const = 0;

    /// The type of a file with all objects of a collection; empty where there is none.
    [[nodiscard]] virtual std::string_view export_type() const { return {}; }

    /// Begins such a file, of a collection that is called so.
    [[nodiscard]] virtual std::shared_ptr<Export> begin_export(std::string_view /*name*/) const {
        return nullptr;
    }

    /// What reports on such collections and their objects need of the headers; nullptr: nothing.
    [[nodiscard]] virtual std::shared_ptr<const ReportContext>
    report_context(const http::Headers& /*headers*/) const {
        return nullptr;
    }

    /// Stores an object that accept() made. A calendar also works out what it means to others.
    virtual store::WriteOutcome put(const View& view, const http::Request& request,
                                    const Resource& target, store::PutObject& object) const;

    /// Deletes an object, likewise.
    virtual store::WriteOutcome erase(const View& view, const http::Request& request,
                                      const Resource& target,
                                      const store::DeleteObject& object) const;

    /// Before a collection is deleted with all that is in it: `done`, or why it can't be.
    virtual store::Changed before_removal(const View& /*view*/, const http::Request& /*request*/,
                                          const Resource& /*collection*/) const {
        return store::Changed::done;
    }

    /// After a collection, of whatever type, got another place: `before` is its home as it was.
    virtual void after_move(const View& /*view*/, const store::Home& /*before*/) const {}

    /// A POST to such a collection that makes no member. Throws DavError 405 where there is none.
    virtual http::Response post(const View& view, const http::Request& request,
                                const Resource& collection) const;

    /// The precondition where such a collection can't be made at this place.
    [[nodiscard]] virtual xml::NameView location_ok() const = 0;

    /// Completes and checks a new collection: a calendar that names no components gets all of them.
    virtual void check_new(store::NewCollection& collection) const = 0;
};

/// The type of a collection; homes are folders.
const CollectionType& type_of(const View& view, store::CollectionKind kind);

}  // namespace kalends::dav
