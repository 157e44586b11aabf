#include "dav/export.hpp"

#include "dav/collection_type.hpp"
#include "dav/privacy.hpp"

#include <map>

namespace kalends::dav {
namespace {

// What is read at once: so many objects, or as many as have so many bytes.
constexpr std::size_t page = 200;
constexpr std::int64_t page_bytes = 1024 * 1024;

class Exporter {
public:
    Exporter(const View& view, const Resource& collection, const std::string& name)
        : view_(view), collection_(collection),
          file_(type_of(view, collection.collection->kind).begin_export(name)) {}

    bool operator()(std::string& to) {
        const auto names = next_names();
        if (at_end_) {
            to += file_->finish();
            return false;
        }
        for (const auto& [name, data] : read(names)) to += file_->add(data);
        return true;
    }

private:
    /// Those of the next page that the user may read.
    std::vector<std::string> next_names() {
        std::vector<std::string> names;
        std::int64_t bytes = 0;
        at_end_ = true;
        const std::string after = after_;
        store::list_objects(view_.database(), collection_.home->principal.id,
                            collection_.collection->id, after, page, false,
                            [&](const store::ObjectView& row) {
                                if (bytes > page_bytes) return;
                                at_end_ = false;
                                after_ = row.name;
                                if (!object_resource(view_, collection_, row).may(access::read))
                                    return;
                                bytes += row.size;
                                names.emplace_back(row.name);
                            });
        return names;
    }

    std::map<std::string, std::string> read(const std::vector<std::string>& names) {
        std::map<std::string, std::string> found;
        if (names.empty()) return found;
        store::find_objects(view_.database(), collection_.home->principal.id,
                            collection_.collection->id, names,
                            [&](const store::ObjectView& row) { add(row, found); });
        return found;
    }

    /// It may have become private since its name was read.
    void add(const store::ObjectView& row, std::map<std::string, std::string>& found) {
        const auto object = object_resource(view_, collection_, row);
        if (!object.may(access::read)) return;
        auto part = part_shown(view_, object, row);
        found.emplace(row.name, part ? std::move(*part) : std::string(row.data));
    }

    View view_;
    Resource collection_;
    std::shared_ptr<Export> file_;
    std::string after_;
    bool at_end_ = false;
};

}  // namespace

Producer exported(const View& view, const Resource& collection, const std::string& name) {
    return Exporter(view, collection, name);
}

}  // namespace kalends::dav
