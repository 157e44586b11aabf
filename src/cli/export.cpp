// kalends export: calendars as .ics and address books as .vcf files. kalends-export(8).

#include "base/percent.hpp"
#include "base/text.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "directory/directory.hpp"
#include "ical/split.hpp"
#include "store/objects.hpp"
#include "xml/name.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace kalends::cli {
namespace {

namespace fs = std::filesystem;

/// Calls `each` with every object of the collection, a page at a time: an export of any size needs
/// little memory.
void for_each_object(store::Database& database, const store::Collection& collection,
                     const std::function<void(std::string_view data)>& each) {
    constexpr std::size_t page = 200;
    std::string after;
    for (;;) {
        std::string last;
        const auto count = store::list_objects(database, collection.home, collection.id, after,
                                               page, true, [&](const store::ObjectView& object) {
                                                   each(object.data);
                                                   last = object.name;
                                               });
        if (count < page) return;
        after = last;
    }
}

std::string display_name(const store::Collection& collection) {
    const auto* property = collection.property(xml::dav, "displayname");
    return property != nullptr && !property->text.empty() ? property->text : collection.name;
}

void write_calendar(store::Database& database, const store::Collection& calendar,
                    std::ostream& out) {
    ical::Joiner joiner(display_name(calendar));
    for_each_object(database, calendar, [&](std::string_view data) {
        joiner.add(data);
        out << joiner.take();
    });
    out << joiner.finish();
}

void write_cards(store::Database& database, const store::Collection& book, std::ostream& out) {
    for_each_object(database, book, [&](std::string_view data) {
        out << data;
        if (!data.ends_with('\n')) out << "\r\n";
    });
}

void write(store::Database& database, const store::Collection& collection, std::ostream& out) {
    if (collection.kind == store::CollectionKind::calendar)
        write_calendar(database, collection, out);
    else
        write_cards(database, collection, out);
}

void write_file(store::Database& database, const store::Collection& collection,
                const fs::path& path) {
    std::ofstream out(path, std::ios::binary);
    write(database, collection, out);
    if (!out.flush()) throw Failure("can't write " + path.string());
    std::cerr << path.string() << ": " << collection.object_count << " objects\n";
}

void export_all(store::Database& database, const store::Home& home, const fs::path& directory) {
    fs::create_directories(directory);
    for (const auto& collection : home.collections) {
        if (collection->kind != store::CollectionKind::calendar &&
            collection->kind != store::CollectionKind::addressbook)
            continue;
        const auto* extension =
            collection->kind == store::CollectionKind::calendar ? ".ics" : ".vcf";
        // A client chose the name: it must not lead out of the directory.
        write_file(database, *collection,
                   directory / (percent::encode_segment(collection->name) + extension));
    }
}

store::CollectionPtr find_collection(const store::Home& home, const std::string& name) {
    for (const auto kind : {store::CollectionKind::calendar, store::CollectionKind::addressbook})
        if (auto found = home.find(kind, name)) return found;
    std::string names;
    for (const auto& collection : home.collections)
        names.append(names.empty() ? "" : ", ").append(text::printable(collection->name));
    throw Failure(home.principal.login + " has no \"" + text::printable(name) + "\", but " + names);
}

}  // namespace

int export_files(const Arguments& arguments, const Config& config) {
    Connection database(config);
    const auto home = directory::find(*database, arguments.operands()[0]);
    if (home == nullptr)
        throw Failure("there is no user \"" + text::printable(arguments.operands()[0]) +
                      "\"; kalends user list shows all");
    const auto name = arguments.value("from");
    const auto output = arguments.value("output");
    if (!name)
        export_all(*database, *home, output.value_or("."));
    else if (output)
        write_file(*database, *find_collection(*home, *name), *output);
    else
        write(*database, *find_collection(*home, *name), std::cout);
    return done;
}

}  // namespace kalends::cli
