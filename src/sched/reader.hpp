#pragma once
// How people outside read what they are sent: what the sender's address books say of their language
// and their clock. RFC 6350 6.4.4, 6.5.1.

#include "sched/letter.hpp"
#include "store/database.hpp"

#include <string>

namespace kalends::sched {

/// By the first card that has the address ("jane@example.com"). A language counts where there are
/// words in it: `words` is the folder of letters::Writer.
Reader reader_in_books(store::Database& database, const store::Home& sender,
                       const std::string& address, const std::string& words);

}  // namespace kalends::sched
