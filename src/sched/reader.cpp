#include "sched/reader.hpp"

#include "base/text.hpp"
#include "ical/zone.hpp"
#include "letters/answer_page.hpp"
#include "sched/contacts.hpp"
#include "store/objects.hpp"
#include "vcard/preferred.hpp"

namespace kalends::sched {
namespace {

std::string value_in(const vcard::Card& card, std::string_view name) {
    const auto* property = vcard::preferred(card, name);
    return property == nullptr ? "" : std::string(text::trim(vcard::text_of(*property)));
}

}  // namespace

Reader reader_in_books(store::Database& database, const store::Home& sender,
                       const std::string& address, const std::string& words) {
    Reader reader;
    each_card_with(database, sender, address, [&](const store::ObjectView& row) {
        try {
            const auto card = vcard::parse(row.data);
            if (!vcard::has_address(card, address)) return true;
            reader.zone = ical::system_zone(value_in(card, "TZ"));
            auto language = value_in(card, "LANG");
            if (letters::has_language(language, words)) reader.language = std::move(language);
            return false;
        } catch (const vcard::ParseError&) {
            return true;  // stored as it came, long ago
        }
    });
    return reader;
}

}  // namespace kalends::sched
