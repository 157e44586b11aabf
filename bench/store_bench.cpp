// What the store does in a second: store_bench DSN [THREADS] [OBJECTS].
//
// The database gets new users; it should be a throw-away, on a server with fsync on. The figures
// are those of DESIGN section 7: writes into one calendar and into many, keyed reads, lists,
// candidates, changes, homes.

#include "auth/authenticator.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "store/changes.hpp"
#include "store/objects.hpp"
#include "store/schema.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace kalends;

namespace {

using Clock = std::chrono::steady_clock;

/// Runs `work(thread, i)` in all threads for some seconds; prints how many a second, and the median
/// time.
void measure(const std::string& what, unsigned threads,
             const std::function<void(unsigned, unsigned)>& work) {
    constexpr std::chrono::seconds duration{3};
    std::vector<std::vector<double>> times(threads);
    const auto begin = Clock::now();
    {
        std::vector<std::jthread> running;
        for (unsigned thread = 0; thread < threads; ++thread)
            running.emplace_back([&, thread] {
                for (unsigned i = 0;; ++i) {
                    const auto start = Clock::now();
                    if (start - begin > duration) break;
                    work(thread, i);
                    times[thread].push_back(
                        std::chrono::duration<double, std::milli>(Clock::now() - start).count());
                }
            });
    }
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    std::vector<double> all;
    for (const auto& each : times) all.insert(all.end(), each.begin(), each.end());
    std::sort(all.begin(), all.end());
    std::printf("%-44s %9.0f /s   p50 %8.4f ms   p99 %8.3f ms\n", what.c_str(),
                static_cast<double>(all.size()) / elapsed, all.at(all.size() / 2),
                all.at(all.size() * 99 / 100));
    std::fflush(stdout);
}

struct Place {
    store::PrincipalId home;
    store::CollectionPtr collection;
};

Place place(store::Database& db, const std::string& login) {
    const auto id = directory::create_user(db, {.login = login,
                                                .display_name = "",
                                                .addresses = {},
                                                .password = "",
                                                .administrator = false});
    return {id, db.home(login)->find(store::CollectionKind::calendar, "calendar")};
}

store::PutObject event(const Place& in, const std::string& name, int version) {
    std::string data =
        "BEGIN:VCALENDAR\r\nUID:" + name + "\r\nX-VERSION:" + std::to_string(version) + "\r\n";
    data.resize(900, 'x');
    const auto start =
        1'700'000'000 + static_cast<std::int64_t>(std::hash<std::string>{}(name) % 100'000'000);
    return {.home = in.home,
            .collection = in.collection->id,
            .acl_seq = in.collection->acl_seq,
            .name = name + ".ics",
            .uid = name,
            .component = "VEVENT",
            .data = std::move(data),
            .etag = name + std::to_string(version),
            .time = store::TimeBounds{start, start + 3600, false},
            .digest = "v1 " + std::to_string(start),
            .search = {},
            .preconditions = {}};
}

std::string number(unsigned a, unsigned b) { return std::to_string(a) + "-" + std::to_string(b); }

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv, argv + argc);
    if (arguments.size() < 2) return EXIT_FAILURE;
    const auto threads =
        static_cast<unsigned>(arguments.size() > 2 ? std::stoul(arguments[2]) : 16);
    const auto objects =
        static_cast<unsigned>(arguments.size() > 3 ? std::stoul(arguments[3]) : 10'000);
    store::install_schema(arguments[1]);
    store::Settings settings;
    settings.dsn = arguments[1];
    store::Database db{settings};
    const auto run = std::to_string(Clock::now().time_since_epoch().count());

    const auto one = place(db, "one" + run);
    measure("put new, one calendar", threads,
            [&](unsigned t, unsigned i) { store::put(db, event(one, number(t, i), 0)); });
    measure("put update, one calendar", threads, [&](unsigned t, unsigned i) {
        store::put(db, event(one, number(t, i % 50), static_cast<int>(i) + 1));
    });
    std::vector<Place> many;
    for (unsigned i = 0; i < 40; ++i)
        many.push_back(place(db, "many" + std::to_string(i) + "x" + run));
    measure("put new, 40 calendars", threads, [&](unsigned t, unsigned i) {
        store::put(db, event(many[(t + i * 7) % many.size()], number(t, i), 0));
    });
    measure("put update, 40 calendars", threads, [&](unsigned t, unsigned i) {
        store::put(
            db, event(many[(t + i * 7) % many.size()], number(t, i % 50), static_cast<int>(i) + 1));
    });

    const auto full = place(db, "full" + run);
    {
        std::vector<std::jthread> loading;
        for (unsigned t = 0; t < threads; ++t)
            loading.emplace_back([&, t] {
                for (unsigned i = t; i < objects; i += threads)
                    store::put(db, event(full, number(0, i), 0));
            });
    }
    const auto in = full.collection->id;
    for (const unsigned readers : {1U, 4U, threads}) {
        const auto by = " (" + std::to_string(readers) + " threads)";
        measure("find_object" + by, readers, [&](unsigned t, unsigned i) {
            store::find_object(db, full.home, in,
                               number(0, (t * 7919 + i * 13) % objects) + ".ics");
        });
        measure("find_objects, 50 names" + by, readers, [&](unsigned t, unsigned i) {
            std::vector<std::string> names;
            for (unsigned n = 0; n < 50; ++n)
                names.push_back(number(0, (t * 7919 + i * 13 + n * 101) % objects) + ".ics");
            store::find_objects(db, full.home, in, names, [](const store::ObjectView&) {});
        });
        measure("find_candidates, a month with data" + by, readers, [&](unsigned, unsigned i) {
            const std::int64_t from = 1'700'000'000 + static_cast<std::int64_t>(i % 30) * 3'000'000;
            store::find_candidates(db, full.home, in,
                                   {.component = "VEVENT",
                                    .overlapping = std::pair{from, from + 2'592'000},
                                    .with_data = true,
                                    .with_digest = true},
                                   0, 1000, [](const store::ObjectView&) {});
        });
        const auto current =
            store::changes(db, full.home, in, 0, 1, [](const store::ChangeView&) {}).current;
        measure("changes, the last 5" + by, readers, [&](unsigned, unsigned) {
            store::changes(db, full.home, in, current - 5, 1000, [](const store::ChangeView&) {});
        });
        measure("changes, all" + by, readers, [&](unsigned, unsigned) {
            store::changes(db, full.home, in, 0, 100'000, [](const store::ChangeView&) {});
        });
        measure("home from the database" + by, readers, [&](unsigned t, unsigned) {
            db.forget(many[t % many.size()].home);
            db.home(many[t % many.size()].home);
        });
        const auto login = "full" + run;
        measure("cached home, 1000 at a time" + by, readers, [&](unsigned, unsigned) {
            for (int n = 0; n < 1000; ++n)
                if (!db.cached_home(login)) db.home(login);
        });
    }
    directory::create_user(db, {.login = "auth" + run,
                                .display_name = "",
                                .addresses = {},
                                .password = "secret word",
                                .administrator = false});
    auth::Authenticator authenticator{{}, db};
    const auto header = "Basic " + text::base64_encode("auth" + run + ":secret word");
    measure("password check (miss)", 1, [&](unsigned, unsigned i) {
        authenticator.authenticate("Basic " + text::base64_encode("no" + std::to_string(i) + ":x"),
                                   "10.0." + std::to_string(i / 250) + "." +
                                       std::to_string(i % 250));
    });
    authenticator.authenticate(header, "127.0.0.1");
    measure("from_memory, 1000 at a time", 1, [&](unsigned, unsigned) {
        for (int n = 0; n < 1000; ++n) authenticator.from_memory(header, "127.0.0.1");
    });
    const auto s = db.statistics();
    std::printf("batches %llu, writes in them %llu\n", static_cast<unsigned long long>(s.batches),
                static_cast<unsigned long long>(s.batched_writes));
    return EXIT_SUCCESS;
}
