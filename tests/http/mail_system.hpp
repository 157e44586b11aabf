#pragma once
// A mail system for tests: it takes what is sent, and hands over what comes.

#include "http/meetings.hpp"
#include "store/outgoing.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace kalends::test {

/// Somebody outside.
inline const std::string eve = "mailto:eve@elsewhere.org";
inline const std::string invited_eve = "ATTENDEE;PARTSTAT=NEEDS-ACTION:" + eve + "\r\n";

/// A mail system that keeps each message in a file, or says that it will not.
class MailSystem {
public:
    MailSystem() : folder_(std::filesystem::temp_directory_path() / "kalends_mails_XXXXXX") {
        auto name = folder_.string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        answer(0);
    }
    ~MailSystem() { std::filesystem::remove_all(folder_); }
    MailSystem(const MailSystem&) = delete;
    MailSystem& operator=(const MailSystem&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    /// How it ends from now on: a code of sysexits.h.
    void answer(int code) { std::ofstream(folder_ / "answer") << code << "\n"; }

    [[nodiscard]] Config config(std::chrono::milliseconds hold) const {
        auto config = test_config();
        config.mail.route = "command";
        config.mail.command = {"/bin/sh", "-c", script, folder_.string()};
        config.mail.hold = hold;
        config.mail.at_once = 2;
        return config;
    }

    /// As soon as there are so many, or after some seconds: "SENDER RECIPIENT" and the message,
    /// unfolded, in the order in which they came.
    [[nodiscard]] std::vector<std::string> mails(std::size_t count) const {
        constexpr int looks = 200;
        for (int i = 0; i < looks && files().size() < count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        std::vector<std::string> mails;
        for (const auto& file : files()) {
            std::ostringstream text;
            text << std::ifstream(file).rdbuf();
            mails.push_back(text.str());
        }
        return mails;
    }

private:
    static constexpr const char* script =
        R"sh(code=$(cat "$0/answer"); [ "$code" = 0 ] || { echo "the answer is $code" >&2; exit "$code"; }
file="$0/$(date +%s%N)"; { echo "$1 $2"; cat; } > "$file.part" && mv "$file.part" "$file.eml")sh";

    [[nodiscard]] std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder_))
            if (entry.path().extension() == ".eml") files.push_back(entry.path());
        std::ranges::sort(files);
        return files;
    }

    std::filesystem::path folder_;
};

/// What is on its way is not left to the next case's mail system: all servers have one database.
inline void wait_until_all_is_sent(TestServer& server) {
    constexpr int looks = 100;
    auto& db = server.database();
    for (int i = 0; i < looks; ++i) {
        if (store::due_holds(db, clock::unix_now(), 1).empty() &&
            store::waiting_mails(db, {}, 1).empty())
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

/// The one meeting in the calendar, once no delivery is pending (SCHEDULE-STATUS 1.0).
inline std::string settled(User& user) {
    constexpr int looks = 300;
    auto mine = only_meeting(user);
    for (int i = 0; i < looks && has(mine, "SCHEDULE-STATUS=1.0"); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        mine = only_meeting(user);
    }
    return mine;
}

/// A header field, unfolded; empty if there is none.
inline std::string field(const std::string& mail, const std::string& name) {
    auto at = mail.find("\n" + name + ": ");
    if (at == std::string::npos) return {};
    at += name.size() + 3;
    auto value = mail.substr(at, mail.find('\n', at) - at);
    for (auto next = at + value.size() + 1; mail[next] == ' ' || mail[next] == '\t';) {
        const auto line = mail.substr(next + 1, mail.find('\n', next) - next - 1);
        value += " " + line;
        next += line.size() + 2;
    }
    return value;
}

inline bool is_of(const std::string& mail, const std::string& method) {
    return has(mail, "method=" + method + ";") || has(mail, "method=\"" + method + "\"");
}

}  // namespace kalends::test
