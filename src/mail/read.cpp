#include "mail/read.hpp"

#include "base/text.hpp"
#include "mail/content_private.hpp"
#include "mail/gmime_private.hpp"
#include "mail/line_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::mail {
namespace {

using What = TooMuch::What;

constexpr std::size_t max_subject = 1000;  // bytes
constexpr std::size_t max_name = 500;

const char* words_for(What what) {
    switch (what) {
    case What::bytes:
        return "the message is too large";
    case What::header_bytes:
        return "a header is too large";
    case What::field_bytes:
        return "a header field is too long";
    case What::fields:
        return "a header has too many fields";
    case What::parts:
        return "the message has too many parts";
    case What::depth:
        return "the parts are nested too deeply";
    case What::calendar_parts:
        return "the message has too many calendar parts";
    case What::calendar_bytes:
        return "a calendar part is too large";
    case What::report:
        return "the delivery report is too large";
    }
    return "the message is too much";
}

/// Decoded words for people (RFC 2047), on one line.
std::string for_people(const char* text, std::size_t max) {
    return text != nullptr ? one_line(text, max) : std::string();
}

void add_mailboxes(std::vector<Mailbox>& to, InternetAddressList* list) {
    const int count = internet_address_list_length(list);
    for (int i = 0; i < count; ++i) {
        auto* address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address)) {
            add_mailboxes(to, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)));
            continue;
        }
        const auto* bare = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
        to.push_back(
            {for_people(internet_address_get_name(address), max_name), for_people(bare, max_name)});
    }
}

constexpr std::size_t max_addresses = 1000;  // of one kind of field
constexpr std::ptrdiff_t max_groups = 20;

/// GMime takes quadratic time for a long list, and recursion for groups in groups, which no RFC
/// allows: a field with too many of either has no addresses for us.
void add_mailboxes(std::vector<Mailbox>& to, const std::string& value) {
    const auto commas = static_cast<std::size_t>(std::ranges::count(value, ','));
    if (commas + to.size() >= max_addresses || std::ranges::count(value, ':') > max_groups) return;
    const ObjectPtr<InternetAddressList> list{internet_address_list_parse(nullptr, value.c_str())};
    if (list) add_mailboxes(to, list.get());
}

std::string message_id_in(const std::string& value) {
    return for_people(GText(g_mime_utils_decode_message_id(value.c_str())).get(), max_name);
}

std::vector<std::string> message_ids_in(const std::string& value) {
    const CPtr<GMimeReferences, g_mime_references_free> ids{
        g_mime_references_parse(nullptr, value.c_str())};
    std::vector<std::string> result;
    const int count = ids ? g_mime_references_length(ids.get()) : 0;
    result.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        result.push_back(for_people(g_mime_references_get_message_id(ids.get(), i), max_name));
    return result;
}

std::optional<std::int64_t> moment_in(const std::string& value) {
    const CPtr<GDateTime, g_date_time_unref> date{g_mime_utils_header_decode_date(value.c_str())};
    if (!date) return std::nullopt;
    return g_date_time_to_unix(date.get());
}

/// RFC 3834 5: a keyword, and perhaps parameters.
std::string keyword_in(const std::string& value) {
    const auto word = text::trim(value);
    return text::lower_ascii(word.substr(0, word.find_first_of("; \t(")));
}

bool says_yes(const std::string& value) { return keyword_in(value).starts_with("yes"); }

/// What the message says of itself; one row for each field that is read.
struct Row {
    std::string_view name;
    void (*take)(Incoming& message, const std::string& value);
};

// clang-format off
constexpr Row rows[] = {
    {"From",           [](Incoming& m, const std::string& v) { ++m.from_fields; add_mailboxes(m.from, v); }},
    {"Sender",         [](Incoming& m, const std::string& v) { add_mailboxes(m.sender, v); }},
    {"To",             [](Incoming& m, const std::string& v) { add_mailboxes(m.to, v); }},
    {"Message-ID",     [](Incoming& m, const std::string& v) { if (m.message_id.empty()) m.message_id = message_id_in(v); }},
    {"In-Reply-To",    [](Incoming& m, const std::string& v) { if (m.in_reply_to.empty()) m.in_reply_to = message_id_in(v); }},
    {"References",     [](Incoming& m, const std::string& v) { if (m.references.empty()) m.references = message_ids_in(v); }},
    {"Date",           [](Incoming& m, const std::string& v) { if (!m.date) m.date = moment_in(v); }},
    {"Auto-Submitted", [](Incoming& m, const std::string& v) { if (m.auto_submitted.empty()) m.auto_submitted = keyword_in(v); }},
    {"X-Kalends-Loop", [](Incoming& m, const std::string& v) { m.loops.push_back(one_line(v)); }},
    {"X-Spam-Flag",    [](Incoming& m, const std::string& v) { m.spam = m.spam || says_yes(v); }},
    {"X-Spam-Status",  [](Incoming& m, const std::string& v) { m.spam = m.spam || says_yes(v); }},
    {"X-Spam",         [](Incoming& m, const std::string& v) { m.spam = m.spam || says_yes(v); }},
    {"Received",               [](Incoming& m, const std::string& v) { m.trace.push_back({"Received", v}); }},
    {"Authentication-Results", [](Incoming& m, const std::string& v) { m.trace.push_back({"Authentication-Results", v}); }},
    {"Subject",        [](Incoming& m, const std::string& v) {
        if (m.subject.empty()) m.subject = for_people(GText(g_mime_utils_header_decode_text(nullptr, v.c_str())).get(), max_subject);
    }},
    {"Return-Path",    [](Incoming& m, const std::string& v) {
        if (m.return_path) return;
        auto path = text::trim(v);
        if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
        m.return_path = one_line(path);
    }},
};
// clang-format on

void take_header(Incoming& message, const std::vector<Field>& header) {
    for (const auto& field : header)
        for (const auto& row : rows)
            if (text::iequals(field.name, row.name)) row.take(message, field.value);
}

/// The first that a message has is read.
constexpr std::array calendar_types{"text/calendar", "application/ics"};

CalendarPart calendar_of(const Leaf& leaf, const Limits& limits) {
    auto bytes = decoded(leaf.body, leaf.encoding);
    if (bytes.size() > limits.calendar_bytes) throw TooMuch(What::calendar_bytes);
    auto [text, lies] = to_utf8(std::move(bytes), leaf.charset);
    return {.content = std::move(text),
            .method = text::upper_ascii(one_line(leaf.method)),
            .charset = leaf.charset,
            .charset_lies = lies,
            .is_attachment = leaf.is_attachment,
            .name = for_people(leaf.name.c_str(), max_name)};
}

void take_calendars(Incoming& message, const std::vector<Leaf>& leaves, const Limits& limits) {
    for (const auto* type : calendar_types) {
        for (const auto& leaf : leaves) {
            if (leaf.type != type) continue;
            if (message.calendars.size() == limits.calendar_parts)
                throw TooMuch(What::calendar_parts);
            message.calendars.push_back(calendar_of(leaf, limits));
        }
        if (!message.calendars.empty()) return;
    }
}

void take_text(Incoming& message, const std::vector<Leaf>& leaves, const Limits& limits) {
    const auto found = std::ranges::find_if(
        leaves, [](const Leaf& leaf) { return leaf.type == "text/plain" && !leaf.is_attachment; });
    if (found == leaves.end()) return;
    // Quoted-printable has up to three bytes for one, and soft line breaks.
    auto bytes = decoded(found->body.substr(0, 4 * limits.text_bytes), found->encoding);
    const bool was_cut = bytes.size() > limits.text_bytes;
    if (was_cut) bytes.resize(limits.text_bytes);
    // A character that was cut in two would make UTF-8 look like a lie.
    for (int i = 0; was_cut && i < 3 && !text::is_utf8(bytes) && !bytes.empty(); ++i) {
        const auto last = static_cast<unsigned char>(bytes.back());
        if (last < 0x80) break;
        bytes.pop_back();
    }
    message.text = to_utf8(std::move(bytes), found->charset).text;
    std::ranges::replace(message.text, '\0', ' ');
}

bool is_delivery_status(const Leaf& leaf) {
    return leaf.parent == "multipart/report" && (leaf.type == "message/delivery-status" ||
                                                 leaf.type == "message/global-delivery-status");
}

/// What was sent, or its header, as a report brings it.
bool is_returned(const Leaf& leaf) {
    return leaf.parent == "multipart/report" &&
           (leaf.type == "text/rfc822-headers" || leaf.type == "message/rfc822" ||
            leaf.type == "message/global-headers" || leaf.type == "message/global");
}

void take_report(Incoming& message, const std::vector<Leaf>& leaves, const Limits& limits) {
    const auto status = std::ranges::find_if(leaves, is_delivery_status);
    if (status == leaves.end()) return;
    if (status->body.size() > limits.report_bytes) throw TooMuch(What::report);
    message.report =
        parse_delivery_status(decoded(status->body, status->encoding), limits.report_recipients);
    if (!message.report) return;
    const auto returned = std::ranges::find_if(leaves, is_returned);
    if (returned == leaves.end()) return;
    const auto original =
        decoded(returned->body.substr(0, limits.report_bytes), returned->encoding);
    if (const auto header = split_header(original, limits).header;
        const auto* id = find_field(header, "Message-ID"))
        message.report->message_id = message_id_in(*id);
}

}  // namespace

TooMuch::TooMuch(What what) : std::runtime_error(words_for(what)), limit_(what) {}

Incoming read(std::string_view message, const Limits& limits) {
    set_up_gmime();
    if (message.size() > limits.bytes) throw TooMuch(What::bytes);
    Incoming result;
    take_header(result, split_header(message, limits).header);
    const auto leaves = leaves_of(message, limits);
    take_report(result, leaves, limits);
    take_calendars(result, leaves, limits);
    take_text(result, leaves, limits);
    return result;
}

bool has_calendar_part(std::string_view message, const Limits& limits) {
    if (message.size() > limits.bytes) throw TooMuch(What::bytes);
    return std::ranges::any_of(leaves_of(message, limits), [](const Leaf& leaf) {
        return std::ranges::count(calendar_types, leaf.type) > 0;
    });
}

}  // namespace kalends::mail
