#include "mail/compose.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "mail/gmime_private.hpp"
#include "mail/line_private.hpp"

#include <algorithm>

namespace kalends::mail {
namespace {

using MessagePtr = ObjectPtr<GMimeMessage>;
using MultipartPtr = ObjectPtr<GMimeMultipart>;
using PartPtr = ObjectPtr<GMimePart>;

constexpr std::size_t max_name = 200;     // bytes; lines of a message have 998 at most, and
constexpr std::size_t max_subject = 500;  // a long word is not folded (RFC 5322 2.1.1)
constexpr std::size_t max_token = 900;

/// A text for people in a header: without controls, so that nobody's name becomes a header.
std::string for_people(const std::string& text, std::size_t max, const char* what) {
    if (!text::is_utf8(text)) throw Malformed(std::string(what) + " is not UTF-8");
    return one_line(text, max);
}

/// A word of a protocol in a header: nothing but printable ASCII without spaces and brackets.
bool is_token(std::string_view value) {
    return value.size() <= max_token && std::ranges::all_of(value, [](char c) {
               return c > ' ' && c < 0x7f &&
                      std::string_view("<>\"\\,;()").find(c) == std::string::npos;
           });
}

[[noreturn]] void refuse(const char* what, const std::string& value) {
    throw Malformed(std::string("bad ") + what + ": " + text::printable(value));
}

const std::string& token(const std::string& value, const char* what) {
    if (!is_token(value)) refuse(what, value);
    return value;
}

const std::string& message_id(const std::string& value, const char* what) {
    if (!is_message_id(value)) refuse(what, value);
    return value;
}

std::string body_text(const std::string& text, const char* what) {
    if (!text::is_utf8(text) || text.find('\0') != text.npos)
        throw Malformed(std::string(what) + " is not UTF-8");
    std::string result;
    result.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) result += text[i];
    if (!result.ends_with('\n')) result += '\n';
    return result;
}

void set_content(GMimePart* part, const std::string& content, GMimeContentEncoding encoding) {
    const ObjectPtr<GMimeStream> stream{
        g_mime_stream_mem_new_with_buffer(content.data(), content.size())};
    const ObjectPtr<GMimeDataWrapper> wrapper{
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT)};
    g_mime_part_set_content(part, wrapper.get());
    g_mime_part_set_content_encoding(part, encoding);
}

/// Text for people: quoted-printable, which stays readable in logs and sources.
PartPtr text_part(const char* subtype, const std::string& content) {
    PartPtr part{g_mime_part_new_with_type("text", subtype)};
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "UTF-8");
    set_content(part.get(), content, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return part;
}

/// RFC 6047 2.4. Base64, since the line ends of iCalendar are CRLF and must arrive so.
PartPtr calendar_part(const Outgoing& message) {
    PartPtr part{g_mime_part_new_with_type("text", "calendar")};
    auto* object = GMIME_OBJECT(part.get());
    g_mime_object_set_content_type_parameter(object, "method", message.method.c_str());
    g_mime_object_set_content_type_parameter(object, "charset", "UTF-8");
    set_content(part.get(), message.calendar, GMIME_CONTENT_ENCODING_BASE64);
    return part;
}

/// Of another type than the calendar part, so that no program takes the message for two.
PartPtr attachment(const std::string& calendar) {
    constexpr auto file_name = "invite.ics";
    PartPtr part{g_mime_part_new_with_type("application", "ics")};
    auto* object = GMIME_OBJECT(part.get());
    g_mime_object_set_content_type_parameter(object, "name", file_name);
    g_mime_object_set_disposition(object, GMIME_DISPOSITION_ATTACHMENT);
    g_mime_object_set_content_disposition_parameter(object, "filename", file_name);
    set_content(part.get(), calendar, GMIME_CONTENT_ENCODING_BASE64);
    return part;
}

/// The boundary is made from the message id: a second attempt is the same message.
MultipartPtr multipart(const char* subtype, const std::string& id) {
    MultipartPtr parts{g_mime_multipart_new_with_subtype(subtype)};
    const auto boundary = "=_" + hash::fingerprint(std::string(subtype) + ":" + id);
    g_mime_multipart_set_boundary(parts.get(), boundary.c_str());
    return parts;
}

void add(const MultipartPtr& to, const PartPtr& part) {
    g_mime_multipart_add(to.get(), GMIME_OBJECT(part.get()));
}

MultipartPtr body_of(const Outgoing& message) {
    auto alternative = multipart("alternative", message.message_id);
    add(alternative, text_part("plain", body_text(message.text, "text")));
    if (!message.html.empty()) add(alternative, text_part("html", body_text(message.html, "html")));
    if (message.calendar.empty()) return alternative;
    add(alternative, calendar_part(message));  // the last, and so the best (RFC 2046 5.1.4)
    auto mixed = multipart("mixed", message.message_id);
    g_mime_multipart_add(mixed.get(), GMIME_OBJECT(alternative.get()));
    add(mixed, attachment(message.calendar));
    return mixed;
}

void add_mailbox(GMimeMessage* to, GMimeAddressType type, const Mailbox& mailbox) {
    const auto name = for_people(mailbox.name, max_name, "a name");
    const auto address = with_ascii_domain(mailbox.address);
    const ObjectPtr<InternetAddress> written{
        internet_address_mailbox_new(name.empty() ? nullptr : name.c_str(), address.c_str())};
    internet_address_set_charset(written.get(), "UTF-8");
    internet_address_list_add(g_mime_message_get_addresses(to, type), written.get());
}

void set_header(GMimeMessage* to, const char* name, const std::string& value) {
    if (!value.empty()) g_mime_object_set_header(GMIME_OBJECT(to), name, value.c_str(), "UTF-8");
}

std::string angled(const std::vector<std::string>& ids, const char* what) {
    std::string result;
    for (const auto& id : ids) result += (result.empty() ? "<" : " <") + message_id(id, what) + ">";
    return result;
}

void set_headers(GMimeMessage* to, const Outgoing& message) {
    add_mailbox(to, GMIME_ADDRESS_TYPE_FROM, message.from);
    if (message.sender) add_mailbox(to, GMIME_ADDRESS_TYPE_SENDER, *message.sender);
    if (message.reply_to) add_mailbox(to, GMIME_ADDRESS_TYPE_REPLY_TO, *message.reply_to);
    add_mailbox(to, GMIME_ADDRESS_TYPE_TO, message.to);
    g_mime_message_set_subject(to, for_people(message.subject, max_subject, "the subject").c_str(),
                               "UTF-8");
    const CPtr<GDateTime, g_date_time_unref> date{g_date_time_new_from_unix_utc(message.date)};
    if (!date) throw Malformed("bad date: " + std::to_string(message.date));
    g_mime_message_set_date(to, date.get());
    g_mime_message_set_message_id(to, message_id(message.message_id, "message id").c_str());
    if (!message.in_reply_to.empty())
        set_header(to, "In-Reply-To", angled({message.in_reply_to}, "In-Reply-To"));
    set_header(to, "References", angled(message.references, "References"));
    set_header(to, "Auto-Submitted", "auto-generated");  // RFC 3834 5: no vacation message answers
    set_header(to, "Content-Language", token(message.language, "language"));
    set_header(to, "X-Kalends-Loop", token(message.loop, "loop"));
}

std::string written(GMimeMessage* message) {
    const CPtr<GMimeFormatOptions, g_mime_format_options_free> format{g_mime_format_options_new()};
    g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
    const ObjectPtr<GMimeStream> stream{g_mime_stream_mem_new()};
    if (g_mime_object_write_to_stream(GMIME_OBJECT(message), format.get(), stream.get()) < 0)
        throw Malformed("GMime can't write the message");
    const auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

void check_calendar(const Outgoing& message) {
    if (message.calendar.empty()) return;
    if (token(message.method, "method").empty()) throw Malformed("a calendar without a method");
    if (!text::is_utf8(message.calendar)) throw Malformed("the calendar is not UTF-8");
}

}  // namespace

bool is_message_id(std::string_view id) {
    const auto at = id.find('@');
    return is_token(id) && at != id.npos && at != 0 && at + 1 != id.size();
}

std::string compose(const Outgoing& message) {
    set_up_gmime();
    check_calendar(message);
    const MessagePtr result{g_mime_message_new(FALSE)};
    set_headers(result.get(), message);
    const auto body = body_of(message);
    g_mime_message_set_mime_part(result.get(), GMIME_OBJECT(body.get()));
    return written(result.get());
}

}  // namespace kalends::mail
