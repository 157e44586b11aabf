// kalends import: whole .ics and .vcf files into an account. kalends-import(8). An object goes
// through the same door as a client's PUT: what that refuses is skipped here, with the same reason.

#include "app/settings.hpp"
#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "caldav/calendar_type.hpp"
#include "carddav/addressbook_type.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "dav/error.hpp"
#include "dav/live_property.hpp"
#include "directory/directory.hpp"
#include "ical/split.hpp"
#include "vcard/split.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

namespace kalends::cli {
namespace {

/// One object of a file, on its way into a collection.
struct Entry {
    std::string uid;
    std::string data;
    std::size_t line = 0;
};

struct Skipped {
    std::size_t line = 0;
    std::string reason;
};

struct Contents {
    store::CollectionKind kind = store::CollectionKind::calendar;
    std::vector<Entry> entries;
    std::vector<Skipped> skipped;
};

std::string read_file(const std::string& path) {
    std::ostringstream text;
    if (path == "-") {
        text << std::cin.rdbuf();
    } else {
        const std::ifstream file(path, std::ios::binary);
        if (!file || !(text << file.rdbuf())) throw Failure("can't read " + path);
    }
    return text.str();
}

/// What begins in the file: a byte order mark and blank lines before do not matter.
bool holds_cards(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    text = text.substr(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
    return text::iequals(text.substr(0, std::string_view("BEGIN:VCARD").size()), "BEGIN:VCARD");
}

Contents cards_of(std::string_view text) {
    Contents contents{store::CollectionKind::addressbook, {}, {}};
    auto file = vcard::split(text);
    for (auto& card : file.cards)
        contents.entries.push_back({card.uid, std::move(card.data), card.line});
    for (auto& skipped : file.skipped)
        contents.skipped.push_back({skipped.line, std::move(skipped.reason)});
    return contents;
}

Contents calendar_objects_of(std::string_view text) {
    Contents contents{store::CollectionKind::calendar, {}, {}};
    auto file = ical::split(text);
    for (auto& object : file.objects)
        contents.entries.push_back(
            {object.uid, std::move(object.data), object.lines.empty() ? 0 : object.lines.front()});
    for (auto& skipped : file.skipped)
        contents.skipped.push_back({skipped.line, std::move(skipped.reason)});
    return contents;
}

/// A name for a new object: the UID where it makes a good one, as most clients do it.
std::string name_for(const std::string& uid, std::string_view extension) {
    constexpr std::size_t longest = 120;
    constexpr std::string_view good =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@+";
    const bool usable = !uid.empty() && uid.size() <= longest && uid.front() != '.' &&
                        uid.find_first_not_of(good) == std::string::npos;
    return (usable ? uid : hash::fingerprint(uid)) + std::string(extension);
}

/// A reason may begin with a line of the object, which nobody sees: the file's line stands before
/// it.
std::string without_line(const std::string& reason) {
    const auto colon = reason.find(": ");
    return reason.starts_with("line ") && colon != std::string::npos ? reason.substr(colon + 2)
                                                                     : reason;
}

struct Counts {
    std::size_t made = 0;
    std::size_t replaced = 0;
    std::size_t unchanged = 0;
    std::size_t skipped = 0;
};

/// The import of one file into one collection.
class Import {
public:
    Import(store::Database& database, const Config& config, store::HomePtr home, std::string path,
           bool quiet)
        : services_{database, registry_, app::dav_settings(config)}, home_(std::move(home)),
          path_(std::move(path)), quiet_(quiet) {
        view_.services = &services_;
        view_.user = home_;  // an operator does what the owner might
    }

    Counts run(const Contents& contents, const std::string& name) {
        kind_ = contents.kind;
        find_collection(name);
        for (const auto& skipped : contents.skipped) skip(skipped.line, skipped.reason);
        const auto total = contents.entries.size();
        for (std::size_t i = 0; i < total; ++i) {
            show_progress(i, total);
            take(contents.entries[i]);
        }
        return counts_;
    }

private:
    [[nodiscard]] const dav::CollectionType& type() const {
        return kind_ == store::CollectionKind::calendar ? caldav::calendar_type()
                                                        : carddav::addressbook_type();
    }

    void find_collection(const std::string& name) {
        collection_ = home_->find(kind_, name);
        if (collection_ != nullptr) return;
        store::NewCollection wanted;
        wanted.home = home_->principal.id;
        wanted.kind = kind_;
        wanted.name = name;
        type().check_new(wanted);
        store::create_collection(services_.database, wanted);
        reload(name);
        if (collection_ == nullptr)
            throw Failure("\"" + name + "\" is there, but holds " +
                          (kind_ == store::CollectionKind::calendar ? "contacts" : "events") +
                          "; choose another with --to");
    }

    /// What is there now, and not what was when the import began.
    void reload(const std::string& name) {
        services_.database.forget(home_->principal.id);
        home_ = services_.database.home(home_->principal.id);
        if (home_ == nullptr) throw Failure("the account was deleted meanwhile");
        view_.user = home_;
        collection_ = home_->find(kind_, name);
    }

    void take(const Entry& entry) {
        constexpr int tries = 3;  // rights may be changed while we are at it
        for (int i = 0; i < tries; ++i)
            if (store_once(entry)) return;
        skip(entry.line, "the collection is being changed by others");
    }

    /// False: decide again, with what is now there.
    bool store_once(const Entry& entry) {
        try {
            dav::Resource resource{.kind = dav::kind_of(kind_), .href = {}};
            resource.home = home_;
            resource.collection = collection_;
            auto object = type().accept(view_, resource, "", entry.data);
            object.home = home_->principal.id;
            object.collection = collection_->id;
            object.acl_seq = collection_->acl_seq;
            object.name = name_of(entry);
            if (object.data.size() > services_.settings.max_resource_size)
                throw dav::DavError(http::Status::forbidden,
                                    "it is larger than dav.max_resource_size");
            return count(type().put(view_, {}, resource, object), entry);
        } catch (const dav::DavError& error) {
            skip(entry.line, without_line(error.what()));
            return true;
        }
    }

    /// The name under which the UID is stored already, so that a second import finds it.
    [[nodiscard]] std::string name_of(const Entry& entry) const {
        const auto stored =
            store::name_of_uid(services_.database, home_->principal.id, collection_->id, entry.uid);
        if (stored) return *stored;
        return name_for(entry.uid, kind_ == store::CollectionKind::calendar ? ".ics" : ".vcf");
    }

    bool count(const store::WriteOutcome& outcome, const Entry& entry) {
        switch (outcome.wrote) {
        case store::Wrote::created:
            ++counts_.made;
            return true;
        case store::Wrote::replaced:
            ++counts_.replaced;
            return true;
        case store::Wrote::unchanged:
            ++counts_.unchanged;
            return true;
        case store::Wrote::stale:
            reload(std::string(collection_->name));
            return collection_ == nullptr && gone();
        case store::Wrote::no_collection:
            throw Failure("the collection was deleted meanwhile");
        case store::Wrote::uid_conflict:
        case store::Wrote::uid_changed:
            skip(entry.line, "another object has its UID " + text::printable(entry.uid));
            return true;
        case store::Wrote::deleted:
        case store::Wrote::not_found:
        case store::Wrote::precondition_failed:
        case store::Wrote::no_room:
        case store::Wrote::is_collection:
        case store::Wrote::scheduled:
        case store::Wrote::access_unsaid:
        case store::Wrote::locked:
            break;
        }
        throw Failure("the entry of line " + std::to_string(entry.line) + " could not be stored");
    }

    [[noreturn]] static bool gone() { throw Failure("the collection was deleted meanwhile"); }

    void skip(std::size_t line, const std::string& reason) {
        ++counts_.skipped;
        std::cerr << path_ << ":" << line << ": skipped: " << reason << "\n";
    }

    /// Once a second: a small file is done before there is anything to show.
    void show_progress(std::size_t at, std::size_t total) {
        if (quiet_ || clock::steady() < next_progress_) return;
        next_progress_ = clock::steady() + std::chrono::seconds{1};
        std::cerr << path_ << ": " << at << " of " << total << "\n";
    }

    const dav::Registry registry_{{}};
    dav::Services services_;
    dav::View view_;
    store::HomePtr home_;
    store::CollectionPtr collection_;
    store::CollectionKind kind_ = store::CollectionKind::calendar;
    std::string path_;
    bool quiet_;
    Counts counts_;
    std::chrono::steady_clock::time_point next_progress_ =
        clock::steady() + std::chrono::seconds{1};
};

Contents contents_of(const std::string& path) {
    const auto text = read_file(path);
    try {
        return holds_cards(text) ? cards_of(text) : calendar_objects_of(text);
    } catch (const std::runtime_error& error) {
        throw Failure(path + ": " + error.what());
    }
}

Counts import_one(store::Database& database, const Arguments& arguments, const Config& config,
                  const std::string& path) {
    const auto& login = arguments.operands()[0];
    auto home = directory::find(database, login);
    if (home == nullptr)
        throw Failure("there is no user \"" + text::printable(login) +
                      "\"; kalends user list shows all");
    const auto contents = contents_of(path);
    const auto* usual = contents.kind == store::CollectionKind::calendar ? "calendar" : "contacts";
    Import import(database, config, std::move(home), path, arguments.flag("quiet"));
    return import.run(contents, arguments.value("to").value_or(usual));
}

}  // namespace

int import_files(const Arguments& arguments, const Config& config) {
    Connection database(config);
    std::size_t skipped = 0;
    for (const auto& path :
         std::vector(arguments.operands().begin() + 1, arguments.operands().end())) {
        const auto counts = import_one(*database, arguments, config, path);
        skipped += counts.skipped;
        std::cout << path << ": " << counts.made << " new, " << counts.replaced << " replaced, "
                  << counts.unchanged << " unchanged, " << counts.skipped << " skipped\n";
    }
    return skipped == 0 ? done : failed;
}

}  // namespace kalends::cli
