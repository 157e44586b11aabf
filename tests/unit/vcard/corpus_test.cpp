#include "vcard/convert.hpp"
#include "vcard/search.hpp"
#include "vcard/split.hpp"
#include "vcard/validate.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace kalends;

// Files that other programs saved, which are not ours to keep here: KALENDS_CORPUS names their
// folder.
TEST_CASE("files of other programs are read, and what is accepted survives conversion") {
    const char* const folder = std::getenv("KALENDS_CORPUS");
    if (folder == nullptr) {
        MESSAGE("KALENDS_CORPUS is not set: nothing to read");
        return;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".vcf") continue;
        CAPTURE(entry.path().string());
        std::ifstream stream(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(stream), {});
        vcard::SplitFile file;
        try {
            file = vcard::split(bytes);
        } catch (const vcard::ParseError& error) {
            MESSAGE(entry.path().filename().string() << ": " << std::string(error.what()));
            continue;
        }
        for (const auto& skipped : file.skipped)
            MESSAGE(entry.path().filename().string()
                    << " line " << skipped.line << ": " << skipped.reason);
        for (const auto& card : file.cards) {
            const auto accepted = vcard::accept(card.data);
            CHECK(accepted.uid == card.uid);
            CHECK_FALSE(vcard::search_text(accepted.card).empty());
            const auto other = accepted.card.version == vcard::Version::v3_0 ? vcard::Version::v4_0
                                                                             : vcard::Version::v3_0;
            const auto converted = vcard::to_version(card.data, accepted.card, other);
            CHECK_NOTHROW(vcard::accept(converted));
        }
    }
}
