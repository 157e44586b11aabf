#include "vcard/split.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "vcard/convert.hpp"
#include "vcard/validate.hpp"

#include <optional>
#include <unordered_map>
#include <utility>

namespace kalends::vcard {
namespace {

/// The bytes of one card of the file.
struct Piece {
    std::string_view bytes;
    std::size_t line = 0;
    bool ends = false;  ///< with END:VCARD
};

/// Finds where cards begin and end, so that a broken one ends where the next begins.
class PieceReader {
public:
    explicit PieceReader(std::string_view file) : file_(file) {
        if (file.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    }
    std::optional<Piece> next();

private:
    struct PhysicalLine {
        std::string_view text;
        std::size_t begin;
    };
    std::optional<PhysicalLine> line();

    std::string_view file_;
    std::size_t at_ = 0;
    std::size_t number_ = 0;
};

std::optional<PieceReader::PhysicalLine> PieceReader::line() {
    if (at_ >= file_.size()) return std::nullopt;
    const auto begin = at_;
    const auto end = file_.find('\n', begin);
    at_ = end == std::string_view::npos ? file_.size() : end + 1;
    ++number_;
    return PhysicalLine{file_.substr(begin, at_ - begin), begin};
}

bool begins(std::string_view line) { return text::iequals(text::trim(line), "BEGIN:VCARD"); }
bool ends(std::string_view line) { return text::iequals(text::trim(line), "END:VCARD"); }
/// In 2.1 a vCard may be the value of an AGENT, on the lines that follow.
bool announces_nested(std::string_view line) { return text::iequals(text::trim(line), "AGENT:"); }

std::optional<Piece> PieceReader::next() {
    Piece piece;
    std::size_t begin = 0;
    std::size_t depth = 0;
    bool announced = false;
    const auto before = [&] { return std::pair(at_, number_); };
    for (auto back = before();; back = before()) {
        const auto current = line();
        if (!current) break;
        if (begins(current->text)) {
            if (depth > 0 && !announced) {  // the open card never ended: it does here
                std::tie(at_, number_) = back;
                break;
            }
            if (depth++ == 0) {
                begin = current->begin;
                piece.line = number_;
            }
        } else if (ends(current->text) && depth > 0 && --depth == 0) {
            piece.ends = true;
            break;
        }
        if (!text::trim(current->text).empty()) announced = announces_nested(current->text);
    }
    if (piece.line == 0) return std::nullopt;
    piece.bytes = file_.substr(begin, at_ - begin);
    return piece;
}

/// The same card gets the same UID at every import.
std::string made_uid(std::string_view data) {
    const auto digits = hash::fingerprint(data);
    return "urn:uuid:" + digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" +
           digits.substr(12, 4) + "-" + digits.substr(16, 4) + "-" + digits.substr(20, 12);
}

/// The card with a UID before its END.
std::string with_uid(std::string_view bytes, const Card& card, const std::string& uid) {
    const auto end = card.properties.empty() ? card.begin : card.properties.back().end;
    std::string result(bytes.substr(0, end));
    result += "UID:" + uid + "\r\n";
    result += bytes.substr(end);
    return result;
}

SplitCard take(const Piece& piece, const Limits& limits) {
    SplitCard result{{}, std::string(piece.bytes), piece.line};
    Card card = parse(result.data, limits);
    if (card.version == Version::v2_1 || card.version == Version::none) {
        result.data = to_version(result.data, card, Version::v3_0);
        card = parse(result.data, limits);
    }
    const Property* uid = card.property("UID");
    if (uid == nullptr) {
        result.data = with_uid(result.data, card, made_uid(result.data));
        result.uid_made = true;
    }
    result.uid = accept(result.data, limits).uid;
    return result;
}

/// "line 3: …" of a card that begins on line 10 of the file is line 12 of it.
std::string without_line(const std::string& sentence) {
    const auto colon = sentence.find(": ");
    return sentence.starts_with("line ") && colon != std::string::npos ? sentence.substr(colon + 2)
                                                                       : sentence;
}

class Collector {
public:
    void add(SplitCard card) {
        const auto [place, is_new] = by_uid_.emplace(card.uid, file_.cards.size());
        if (is_new) return file_.cards.push_back(std::move(card));
        auto& earlier = file_.cards[place->second];
        skip(earlier.line, "the card on line " + std::to_string(card.line) + " has the same UID, " +
                               text::printable(card.uid, 80) + ", and comes later.");
        earlier = std::move(card);
    }
    void skip(std::size_t line, std::string reason) {
        file_.skipped.push_back({line, std::move(reason)});
    }
    SplitFile take() { return std::move(file_); }

private:
    SplitFile file_;
    std::unordered_map<std::string, std::size_t> by_uid_;
};

}  // namespace

SplitFile split(std::string_view file, const Limits& limits) {
    Collector collector;
    PieceReader reader(file);
    bool any = false;
    for (auto piece = reader.next(); piece; piece = reader.next()) {
        any = true;
        if (!piece->ends) {
            collector.skip(piece->line, "the card has no END:VCARD.");
            continue;
        }
        try {
            collector.add(take(*piece, limits));
        } catch (const ParseError& error) {
            collector.skip(piece->line, without_line(error.what()));
        } catch (const CardError& error) {
            collector.skip(piece->line, without_line(error.what()));
        }
    }
    if (!any) throw ParseError("The file has no BEGIN:VCARD.");
    return collector.take();
}

}  // namespace kalends::vcard
