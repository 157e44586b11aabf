#pragma once
// Text for manual pages. man(7), groff_man(7).

#include <string>
#include <string_view>

namespace kalends {

/// `text` as it must stand in a manual page to be printed as it is.
std::string roff(std::string_view text);

/// The first lines of a page: `.TH` with title ("KALENDS"), section ("8") and the version.
std::string roff_title(std::string_view title, std::string_view section, std::string_view version);

}  // namespace kalends
