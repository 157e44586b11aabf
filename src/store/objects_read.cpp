// Finding objects by name, and their properties.

#include "store/object_rows_private.hpp"
#include "store/objects.hpp"

namespace kalends::store {
namespace {

const Statement find_object_sql{"find_object", R"sql(
    SELECT name, uid, component, etag, data, digest, object_id, size, modseq, created, modified, has_properties,
           media_type, content_id, schedule_tag
      FROM object WHERE home_id = $1 AND collection_id = $2 AND name = $3)sql",
                                Format::binary};

// One look-up for each name: for a list, PostgreSQL may prefer to read the whole collection.
const Statement find_objects_sql{"find_objects", R"sql(
    SELECT found.* FROM unnest($3::text[]) AS wanted (name) CROSS JOIN LATERAL (
        SELECT name, uid, component, etag, data, digest, object_id, size, modseq, created, modified, has_properties,
           media_type, content_id, schedule_tag
          FROM object WHERE home_id = $1 AND collection_id = $2 AND object.name = wanted.name LIMIT 1) AS found)sql",
                                 Format::binary};

const Statement list_objects_sql{"list_objects", R"sql(
    SELECT name, uid, component, etag, '', digest, object_id, size, modseq, created, modified, has_properties,
           media_type, content_id, schedule_tag
      FROM object WHERE home_id = $1 AND collection_id = $2 AND name > $3 ORDER BY name LIMIT $4)sql"};

const Statement list_objects_with_data_sql{"list_objects_with_data", R"sql(
    SELECT name, uid, component, etag, data, digest, object_id, size, modseq, created, modified, has_properties,
           media_type, content_id, schedule_tag
      FROM object WHERE home_id = $1 AND collection_id = $2 AND name > $3 ORDER BY name LIMIT $4)sql",
                                           Format::binary};

const Statement find_data_sql{"find_data", R"sql(
    SELECT data FROM object WHERE home_id = $1 AND collection_id = $2 AND object_id = $3)sql",
                              Format::binary};

const Statement name_of_uid_sql{"name_of_uid", R"sql(
    SELECT name FROM object WHERE home_id = $1 AND collection_id = $2 AND left(uid, 600) = left($3, 600) AND uid <> '')sql"};

const Statement object_properties_sql{"object_properties", R"sql(
    SELECT p.ns, p.local, p.xml, p.text
      FROM collection c
      JOIN property p ON p.home_id = $1 AND p.collection_id = c.collection_id AND p.object_id = $2
     WHERE c.home_id = $1 AND $2 <> 0 ORDER BY p.property_id)sql"};

}  // namespace

ObjectView view_of(const Result& rows, int row) {
    return {.name = rows.text(row, 0),
            .uid = rows.text(row, 1),
            .component = rows.text(row, 2),
            .etag = rows.text(row, 3),
            .data = rows.text(row, 4),
            .digest = rows.text(row, 5),
            .id = rows.number(row, 6),
            .size = rows.number(row, 7),
            .modseq = rows.number(row, 8),
            .created = rows.number(row, 9),
            .modified = rows.number(row, 10),
            .has_properties = rows.boolean(row, 11),
            .media_type = rows.text(row, 12),
            .content_id = rows.number(row, 13),
            .schedule_tag = rows.text(row, 14)};
}

void give(const Result& rows, const ObjectSink& sink) {
    for (int row = 0; row < rows.rows(); ++row) sink(view_of(rows, row));
}

namespace {

ObjectView with_data(ObjectView view, std::string_view data) {
    view.data = data;
    return view;
}

}  // namespace

Object object_of(const ObjectView& view) {
    return {.id = {view.id},
            .name = std::string(view.name),
            .uid = std::string(view.uid),
            .component = std::string(view.component),
            .etag = std::string(view.etag),
            .data = std::string(view.data),
            .size = view.size,
            .modseq = view.modseq,
            .created = view.created,
            .modified = view.modified,
            .has_properties = view.has_properties,
            .media_type = std::string(view.media_type),
            .content_id = view.content_id,
            .schedule_tag = std::string(view.schedule_tag),
            .digest = std::string(view.digest)};
}

std::optional<Object> find_object(Database& db, PrincipalId home, CollectionId in,
                                  std::string_view name) {
    if (!is_storable(name)) return std::nullopt;
    auto& inner = db.inner();
    if (const auto members = inner.members_of(db, home, in, false)) {
        const auto member = members->find(name);
        if (!member) return std::nullopt;
        if (const auto bytes = inner.contents.find({member->id, in.value, member->modseq}))
            return object_of(with_data(member->view(), *bytes));
    }
    const auto rows = reading(inner, [&](Connection& connection) {
        return connection.run(find_object_sql, home, in, name);
    });
    if (rows.empty()) return std::nullopt;
    const auto view = view_of(rows, 0);
    inner.contents.keep({view.id, in.value, view.modseq},
                        std::make_shared<const std::string>(view.data));
    return object_of(view);
}

ObjectInMemory find_object_in_memory(Database& db, PrincipalId home, CollectionId in,
                                     std::string_view name) {
    auto& inner = db.inner();
    const auto members = inner.members_in_memory(home, in);
    if (!members) return {};
    const auto member = members->find(name);
    if (!member) return {.known = true, .object = std::nullopt, .data = nullptr};
    return {.known = true,
            .object = object_of(member->view()),
            .data = inner.contents.find({member->id, in.value, member->modseq})};
}

void find_objects(Database& db, PrincipalId home, CollectionId in,
                  std::span<const std::string> names, const ObjectSink& sink) {
    auto& inner = db.inner();
    const auto members = inner.members_of(db, home, in, false);
    ArrayText wanted;
    bool all_in_memory = true;
    for (const auto& name : names) {
        if (!is_storable(name)) continue;
        if (members) {
            const auto member = members->find(name);
            if (!member) continue;
            if (const auto bytes = inner.contents.find({member->id, in.value, member->modseq})) {
                sink(with_data(member->view(), *bytes));
                continue;
            }
        }
        wanted.add(std::string_view{name});
        all_in_memory = false;
    }
    if (all_in_memory) return;
    const auto rows = reading(inner, [&](Connection& connection) {
        return connection.run(find_objects_sql, home, in, wanted);
    });
    for (int row = 0; row < rows.rows(); ++row) {
        const auto view = view_of(rows, row);
        inner.contents.keep({view.id, in.value, view.modseq},
                            std::make_shared<const std::string>(view.data));
        sink(view);
    }
}

std::string find_data(Database& db, PrincipalId home, CollectionId in, const ObjectView& row) {
    auto& inner = db.inner();
    if (const auto bytes = inner.contents.find({row.id, in.value, row.modseq})) return *bytes;
    const auto rows = reading(inner, [&](Connection& connection) {
        return connection.run(find_data_sql, home, in, row.id);
    });
    return rows.empty() ? std::string() : rows.string(0, 0);
}

std::size_t list_objects(Database& db, PrincipalId home, CollectionId in, std::string_view after,
                         std::size_t limit, bool with_data, const ObjectSink& sink) {
    const auto& statement = with_data ? list_objects_with_data_sql : list_objects_sql;
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(statement, home, in, after, limit);
    });
    give(rows, sink);
    return static_cast<std::size_t>(rows.rows());
}

std::optional<std::string> name_of_uid(Database& db, PrincipalId home, CollectionId in,
                                       std::string_view uid) {
    if (!is_storable(uid)) return std::nullopt;
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(name_of_uid_sql, home, in, uid);
    });
    if (rows.empty()) return std::nullopt;
    return rows.string(0, 0);
}

std::vector<StoredProperty> object_properties(Database& db, PrincipalId home, ObjectId object) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(object_properties_sql, home, object);
    });
    std::vector<StoredProperty> properties;
    properties.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        properties.push_back(
            {rows.string(row, 0), rows.string(row, 1), rows.string(row, 2), rows.string(row, 3)});
    return properties;
}

}  // namespace kalends::store
