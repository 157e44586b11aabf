// kalends mail: what goes out, and what became of it. kalends-mail(8).

#include "app/mail_way.hpp"
#include "base/clock.hpp"
#include "base/config.hpp"
#include "base/text.hpp"
#include "cli/accounts.hpp"
#include "cli/connect.hpp"
#include "cli/run.hpp"
#include "mail/compose.hpp"
#include "sched/outgoing.hpp"
#include "sched/outgoing_list.hpp"
#include "store/outgoing.hpp"

#include <algorithm>
#include <iostream>

namespace kalends::cli {
namespace {

constexpr std::size_t most_listed = 10'000;

std::int64_t number_of(const std::string& words) {
    const auto number = text::to_number(words);
    if (!number || *number < 1)
        throw UsageError("the number of a message, as kalends mail queue shows it, and not " +
                         text::printable(words));
    return *number;
}

void print_line(const sched::OutgoingEntry& entry) {
    std::cout << entry.id << "  " << (entry.held ? "held" : "waits") << "  until "
              << date(entry.due) << "  " << text::printable(entry.login);
    if (!entry.recipient.empty())
        std::cout << " -> " << text::printable(entry.recipient) << "  " << entry.method;
    std::cout << "  " << text::printable(entry.title) << "  (" << text::printable(entry.reason)
              << ")";
    if (!entry.problem.empty())
        std::cout << "  after " << entry.tries << (entry.tries == 1 ? " try: " : " tries: ")
                  << text::printable(entry.problem);
    std::cout << "\n";
}

void print_json(const sched::OutgoingEntry& entry) {
    std::cout << "{\"id\": " << entry.id << ", \"held\": " << (entry.held ? "true" : "false")
              << ", \"login\": " << text::json_quoted(entry.login)
              << ", \"recipient\": " << text::json_quoted(entry.recipient)
              << ", \"method\": " << text::json_quoted(entry.method)
              << ", \"uid\": " << text::json_quoted(entry.uid)
              << ", \"title\": " << text::json_quoted(entry.title)
              << ", \"reason\": " << text::json_quoted(entry.reason)
              << ", \"due\": " << text::json_quoted(date(entry.due))
              << ", \"tries\": " << entry.tries
              << ", \"problem\": " << text::json_quoted(entry.problem) << "}\n";
}

void print_line(const store::MailLogEntry& entry) {
    std::cout << date(entry.at) << "  " << (entry.incoming ? "from " : "to ")
              << text::printable(entry.address) << "  " << entry.method << "  "
              << text::printable(entry.verdict);
    for (const auto* part : {&entry.why, &entry.uid, &entry.message_id})
        if (!part->empty()) std::cout << "  " << text::printable(*part);
    std::cout << "\n";
}

void print_json(const store::MailLogEntry& entry) {
    std::cout << "{\"at\": " << text::json_quoted(date(entry.at))
              << ", \"incoming\": " << (entry.incoming ? "true" : "false")
              << ", \"address\": " << text::json_quoted(entry.address)
              << ", \"method\": " << text::json_quoted(entry.method)
              << ", \"uid\": " << text::json_quoted(entry.uid)
              << ", \"message_id\": " << text::json_quoted(entry.message_id)
              << ", \"verdict\": " << text::json_quoted(entry.verdict)
              << ", \"why\": " << text::json_quoted(entry.why) << "}\n";
}

std::string sender_of_probe(const Arguments& arguments, const Config& config) {
    if (const auto from = arguments.value("from")) return *from;
    if (!config.mail.address.empty()) return config.mail.address;
    throw UsageError("mail.address is not set: say --from ADDRESS");
}

std::string probe(const std::string& from, const std::string& to) {
    mail::Outgoing message;
    message.from = {.name = "Kalends", .address = from};
    message.to = {.name = {}, .address = to};
    message.subject = "A test of Kalends";
    message.text = "Kalends can send mail: you are reading it.\n\nIf you can answer it, answers "
                   "reach the address in From, too.\n";
    message.message_id =
        "probe." + std::to_string(clock::unix_now()) + from.substr(from.rfind('@'));
    message.date = clock::unix_now();
    message.language = "en";
    return mail::compose(message);
}

std::string_view word_of(mail::Result::Kind kind) {
    switch (kind) {
    case mail::Result::Kind::accepted:
        return "taken";
    case mail::Result::Kind::temporary:
        return "not taken now";
    case mail::Result::Kind::permanent:
        return "refused";
    }
    return "";
}

}  // namespace

int mail_queue(const Arguments& arguments, const Config& config) {
    Connection database(config);
    for (const auto& entry : sched::list_outgoing(*database, app::site_of(config), {}, most_listed))
        arguments.flag("json") ? print_json(entry) : print_line(entry);
    return done;
}

int mail_retry(const Arguments& arguments, const Config& config) {
    Connection database(config);
    const auto& operands = arguments.operands();
    std::size_t retried = 0;
    if (operands.empty()) retried = store::retry_outgoing(*database, 0);
    for (const auto& each : operands) retried += store::retry_outgoing(*database, number_of(each));
    std::cout << retried << (retried == 1 ? " message is" : " messages are") << " sent now.\n";
    return operands.size() > retried ? failed : done;
}

int mail_drop(const Arguments& arguments, const Config& config) {
    Connection database(config);
    int status = done;
    for (const auto& each : arguments.operands()) {
        if (sched::drop_outgoing(*database, app::site_of(config), {}, number_of(each),
                                 clock::unix_now())) {
            keep_for_audit(*database, "mail.dropped", "", each);
            continue;
        }
        std::cerr << "Nothing with the number " << text::printable(each)
                  << " waits: it has been sent, or is on its way.\n";
        status = failed;
    }
    return status;
}

int mail_log(const Arguments& arguments, const Config& config) {
    constexpr std::size_t usual = 100;
    Connection database(config);
    const auto home = find_user(*database, arguments.operands()[0]);
    const auto limit = arguments.value("limit");
    auto entries = store::mail_log(*database, home->principal.id,
                                   limit ? static_cast<std::size_t>(number_of(*limit)) : usual);
    std::ranges::reverse(entries);
    for (const auto& entry : entries)
        arguments.flag("json") ? print_json(entry) : print_line(entry);
    return done;
}

int mail_test(const Arguments& arguments, const Config& config) {
    const auto route = app::mail_route(config);
    if (!route) throw Failure("mail.route is none: nothing is sent");
    const auto from = sender_of_probe(arguments, config);
    const auto& to = arguments.operands()[0];
    std::string message;
    try {
        message = probe(from, to);
    } catch (const mail::Malformed& error) {
        throw UsageError(error.what());
    }
    const auto result = route->send({.sender = from, .recipient = to, .envelope_id = "probe"},
                                    message, clock::steady() + config.mail.send_timeout);
    std::cout << "From " << from << " to " << to << " by " << config.mail.route << ": "
              << word_of(result.kind) << (result.status.empty() ? "" : " (" + result.status + ")")
              << ".\n";
    if (!result.sentence.empty()) std::cout << text::printable(result.sentence) << "\n";
    return result.kind == mail::Result::Kind::accepted ? done : failed;
}

}  // namespace kalends::cli
