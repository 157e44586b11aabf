// Windows' time zones and how Outlook and Exchange spell them. The names and what they mean are
// CLDR's table (windows_zones.inc); beside its name a zone has a label, which older Outlooks and
// some gateways send as TZID:
// "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", also with GMT, with a dot, or
// without the offset.

#include "base/text.hpp"
#include "ical/zone.hpp"

#include <algorithm>
#include <array>

namespace kalends::ical {
namespace {

struct Named {
    std::string_view name;  ///< in lower case
    std::string_view iana;
};

constexpr auto by_name = std::to_array<Named>({
#include "ical/windows_zones.inc"
});

// clang-format off
constexpr auto by_label = std::to_array<Named>({
    {"abu dhabi, muscat", "Asia/Dubai"},
    {"adelaide", "Australia/Adelaide"},
    {"alaska", "America/Anchorage"},
    {"aleutian islands", "America/Adak"},
    {"almaty, novosibirsk", "Asia/Novosibirsk"},
    {"amman", "Asia/Amman"},
    {"amsterdam, berlin, bern, rome, stockholm, vienna", "Europe/Berlin"},
    {"arizona", "America/Phoenix"},
    {"astana", "Asia/Almaty"},
    {"astana, dhaka", "Asia/Almaty"},
    {"asuncion", "America/Asuncion"},
    {"athens, beirut, istanbul, minsk", "Europe/Athens"},
    {"athens, bucharest", "Europe/Bucharest"},
    {"athens, bucharest, istanbul", "Europe/Bucharest"},
    {"atlantic time (canada)", "America/Halifax"},
    {"auckland, wellington", "Pacific/Auckland"},
    {"azores", "Atlantic/Azores"},
    {"baghdad", "Asia/Baghdad"},
    {"baghdad, kuwait, riyadh", "Asia/Baghdad"},
    {"baja california", "America/Tijuana"},
    {"baku", "Asia/Baku"},
    {"baku, tbilisi, yerevan", "Asia/Baku"},
    {"bangkok, hanoi, jakarta", "Asia/Bangkok"},
    {"barnaul, gorno-altaysk", "Asia/Barnaul"},
    {"beijing, chongqing, hong kong, urumqi", "Asia/Shanghai"},
    {"beirut", "Asia/Beirut"},
    {"belgrade, bratislava, budapest, ljubljana, prague", "Europe/Budapest"},
    {"belgrade, pozsony, budapest, ljubljana, prague", "Europe/Budapest"},
    {"bogota, lima, quito", "America/Bogota"},
    {"bogota, lima, quito, rio branco", "America/Bogota"},
    {"bougainville island", "Pacific/Bougainville"},
    {"brasilia", "America/Sao_Paulo"},
    {"brisbane", "Australia/Brisbane"},
    {"brussels, copenhagen, madrid, paris", "Europe/Paris"},
    {"bucharest", "Europe/Bucharest"},
    {"buenos aires", "America/Argentina/Buenos_Aires"},
    {"buenos aires, georgetown", "America/Argentina/Buenos_Aires"},
    {"cabo verde is.", "Atlantic/Cape_Verde"},
    {"cairo", "Africa/Cairo"},
    {"canberra, melbourne, sydney", "Australia/Sydney"},
    {"cape verde is.", "Atlantic/Cape_Verde"},
    {"caracas", "America/Caracas"},
    {"caracas, la paz", "America/Caracas"},
    {"casablanca", "Africa/Casablanca"},
    {"casablanca, monrovia", "Africa/Casablanca"},
    {"cayenne, fortaleza", "America/Cayenne"},
    {"central america", "America/Guatemala"},
    {"central time (us & canada)", "America/Chicago"},
    {"chatham islands", "Pacific/Chatham"},
    {"chennai, kolkata, mumbai, new delhi", "Asia/Kolkata"},
    {"chetumal", "America/Cancun"},
    {"chihuahua, la paz, mazatlan", "America/Chihuahua"},
    {"chisinau", "Europe/Chisinau"},
    {"chita", "Asia/Chita"},
    {"chokurdakh", "Asia/Srednekolymsk"},
    {"city of buenos aires", "America/Argentina/Buenos_Aires"},
    {"coordinated universal time", "Etc/UTC"},
    {"coordinated universal time+12", "Etc/GMT-12"},
    {"coordinated universal time+13", "Etc/GMT-13"},
    {"coordinated universal time-02", "Etc/GMT+2"},
    {"coordinated universal time-08", "Etc/GMT+8"},
    {"coordinated universal time-09", "Etc/GMT+9"},
    {"coordinated universal time-11", "Etc/GMT+11"},
    {"cuiaba", "America/Cuiaba"},
    {"damascus", "Asia/Damascus"},
    {"darwin", "Australia/Darwin"},
    {"dhaka", "Asia/Dhaka"},
    {"dublin, edinburgh, lisbon, london", "Europe/London"},
    {"easter island", "Pacific/Easter"},
    {"eastern time (us & canada)", "America/New_York"},
    {"ekaterinburg", "Asia/Yekaterinburg"},
    {"eucla", "Australia/Eucla"},
    {"fiji", "Pacific/Fiji"},
    {"fiji is., kamchatka, marshall is.", "Pacific/Fiji"},
    {"gaza, hebron", "Asia/Hebron"},
    {"georgetown, la paz, manaus, san juan", "America/La_Paz"},
    {"greenland", "America/Nuuk"},
    {"greenwich mean time : dublin, edinburgh, lisbon, london", "Europe/London"},
    {"greenwich mean time: dublin, edinburgh, lisbon, london", "Europe/London"},
    {"guadalajara, mexico city, monterrey", "America/Mexico_City"},
    {"guam, port moresby", "Pacific/Port_Moresby"},
    {"haiti", "America/Port-au-Prince"},
    {"harare, pretoria", "Africa/Johannesburg"},
    {"havana", "America/Havana"},
    {"hawaii", "Pacific/Honolulu"},
    {"helsinki, kyiv, riga, sofia, tallinn, vilnius", "Europe/Kiev"},
    {"hobart", "Australia/Hobart"},
    {"hovd", "Asia/Hovd"},
    {"indiana (east)", "America/Indiana/Indianapolis"},
    {"international date line west", "Etc/GMT+12"},
    {"irkutsk", "Asia/Irkutsk"},
    {"irkutsk, ulaan bataar", "Asia/Irkutsk"},
    {"islamabad, karachi", "Asia/Karachi"},
    {"islamabad, karachi, tashkent", "Asia/Karachi"},
    {"istanbul", "Europe/Istanbul"},
    {"izhevsk, samara", "Europe/Samara"},
    {"jerusalem", "Asia/Jerusalem"},
    {"juba", "Africa/Juba"},
    {"kabul", "Asia/Kabul"},
    {"kaliningrad", "Europe/Kaliningrad"},
    {"kathmandu", "Asia/Kathmandu"},
    {"khartoum", "Africa/Khartoum"},
    {"kiritimati island", "Pacific/Kiritimati"},
    {"krasnoyarsk", "Asia/Krasnoyarsk"},
    {"kuala lumpur, singapore", "Asia/Singapore"},
    {"kuwait, riyadh", "Asia/Riyadh"},
    {"lord howe island", "Australia/Lord_Howe"},
    {"magadan", "Asia/Magadan"},
    {"magadan, solomon is., new caledonia", "Pacific/Guadalcanal"},
    {"marquesas islands", "Pacific/Marquesas"},
    {"mid-atlantic", "America/Noronha"},
    {"midway island, samoa", "Pacific/Pago_Pago"},
    {"minsk", "Europe/Minsk"},
    {"monrovia, reykjavik", "Atlantic/Reykjavik"},
    {"montevideo", "America/Montevideo"},
    {"moscow, st. petersburg", "Europe/Moscow"},
    {"moscow, st. petersburg, volgograd", "Europe/Moscow"},
    {"mountain time (us & canada)", "America/Denver"},
    {"nairobi", "Africa/Nairobi"},
    {"newfoundland", "America/St_Johns"},
    {"norfolk island", "Pacific/Norfolk"},
    {"novosibirsk", "Asia/Novosibirsk"},
    {"nuku'alofa", "Pacific/Tongatapu"},
    {"omsk", "Asia/Omsk"},
    {"osaka, sapporo, tokyo", "Asia/Tokyo"},
    {"pacific time (us & canada)", "America/Los_Angeles"},
    {"pacific time (us & canada); tijuana", "America/Los_Angeles"},
    {"perth", "Australia/Perth"},
    {"petropavlovsk-kamchatsky", "Asia/Kamchatka"},
    {"petropavlovsk-kamchatsky - old", "Asia/Kamchatka"},
    {"port louis", "Indian/Mauritius"},
    {"prague, central europe", "Europe/Prague"},
    {"punta arenas", "America/Punta_Arenas"},
    {"pyongyang", "Asia/Pyongyang"},
    {"qyzylorda", "Asia/Qyzylorda"},
    {"rangoon", "Asia/Rangoon"},
    {"saint pierre and miquelon", "America/Miquelon"},
    {"sakhalin", "Asia/Sakhalin"},
    {"salvador", "America/Bahia"},
    {"samoa", "Pacific/Apia"},
    {"santiago", "America/Santiago"},
    {"sao tome", "Africa/Sao_Tome"},
    {"sarajevo, skopje, sofija, vilnius, warsaw, zagreb", "Europe/Warsaw"},
    {"sarajevo, skopje, warsaw, zagreb", "Europe/Warsaw"},
    {"saratov", "Europe/Saratov"},
    {"saskatchewan", "America/Regina"},
    {"seoul", "Asia/Seoul"},
    {"solomon is., new caledonia", "Pacific/Guadalcanal"},
    {"sri jayawardenepura", "Asia/Colombo"},
    {"taipei", "Asia/Taipei"},
    {"tashkent", "Asia/Tashkent"},
    {"tbilisi", "Asia/Tbilisi"},
    {"tehran", "Asia/Tehran"},
    {"tijuana, baja california", "America/Tijuana"},
    {"tomsk", "Asia/Tomsk"},
    {"tripoli", "Africa/Tripoli"},
    {"turks and caicos", "America/Grand_Turk"},
    {"ulaanbaatar", "Asia/Ulaanbaatar"},
    {"vladivostok", "Asia/Vladivostok"},
    {"volgograd", "Europe/Volgograd"},
    {"west central africa", "Africa/Lagos"},
    {"windhoek", "Africa/Windhoek"},
    {"yakutsk", "Asia/Yakutsk"},
    {"yangon (rangoon)", "Asia/Rangoon"},
    {"yerevan", "Asia/Yerevan"},
    {"yukon", "America/Whitehorse"},
});
// clang-format on

constexpr bool by_order(const Named& a, const Named& b) { return a.name < b.name; }
static_assert(std::is_sorted(by_name.begin(), by_name.end(), by_order));
static_assert(std::is_sorted(by_label.begin(), by_label.end(), by_order));

template <std::size_t N>
std::string_view find(const std::array<Named, N>& table, std::string_view name) {
    const auto at = std::lower_bound(table.begin(), table.end(), Named{name, {}}, by_order);
    return at != table.end() && at->name == name ? at->iana : std::string_view{};
}

/// Without "(UTC+01:00) ", "(GMT-08.00) ", "(GMT) " and the like.
std::string_view without_offset(std::string_view label) {
    const auto close = label.find(')');
    if (!label.starts_with("(utc") && !label.starts_with("(gmt")) return label;
    return close == std::string_view::npos ? label : text::trim(label.substr(close + 1));
}

}  // namespace

std::string_view iana_name_of_windows_zone(std::string_view windows_name) {
    constexpr std::size_t longest = 100;
    if (windows_name.size() > longest) return {};
    const std::string lower = text::lower_ascii(text::trim(windows_name));
    if (const auto found = find(by_name, lower); !found.empty()) return found;

    constexpr std::string_view standard = " standard time";
    constexpr std::string_view daylight = " daylight time";
    if (lower.ends_with(daylight))
        return find(by_name,
                    lower.substr(0, lower.size() - daylight.size()) + std::string(standard));
    if (const auto found = find(by_name, lower + std::string(standard)); !found.empty())
        return found;
    return find(by_label, without_offset(lower));
}

}  // namespace kalends::ical
