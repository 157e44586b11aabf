#include "sched/contacts.hpp"

#include "vcard/search.hpp"

namespace kalends::sched {

void each_card_with(store::Database& database, const store::Home& owner, const std::string& address,
                    const std::function<bool(const store::ObjectView&)>& look) {
    constexpr std::size_t page = 100;
    vcard::Filter filter;
    filter.props.push_back({.name = "EMAIL",
                            .is_not_defined = false,
                            .all_of = false,
                            .texts = {text_match(address, Collation::unicode_casemap)},
                            .params = {}});
    store::Candidates candidates;
    candidates.search_contains = vcard::plan(filter).contains;
    bool goes_on = true;
    const auto take = [&](const store::ObjectView& row) { goes_on = goes_on && look(row); };
    for (const auto& book : owner.collections) {
        if (book->kind != store::CollectionKind::addressbook) continue;
        std::int64_t after = 0;
        do {
            after = store::find_candidates(database, owner.principal.id, book->id, candidates,
                                           after, page, take);
        } while (after != 0 && goes_on);
        if (!goes_on) return;
    }
}

}  // namespace kalends::sched
