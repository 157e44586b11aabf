// Parsing with libxml2's push parser, which gives up what it found piece by piece: so that we can
// stop in the middle. RFC 4918 20.6 (implied XML entities) and common sense ask for more than
// "well-formed":
//
// - A DOCTYPE ends the parse when it begins. Without one there are no entities but the five, no
// default
//   attributes and nothing to load from a file or the network.
// - libxml2 compares each attribute of an element with all others, and each prefix with all
// declared ones. So
//   a document is fed in small chunks, and one that has fed 16 KB without completing a tag, a
//   comment or some text ends there: 100,000 attributes on one element would take 10 seconds.
// - What we copy out (namespaces, xml:lang) is counted too: ten bytes of XML can ask for a copy of
// a namespace
//   name of 15 KB.

#include "base/c_ptr.hpp"
#include "xml/document.hpp"
#include "xml/encoding_private.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace kalends::xml {
namespace {

constexpr std::size_t chunk_bytes = 8192;
constexpr std::size_t max_waiting_bytes = 16'384;
/// Names may be repeated by a short prefix; their copies are bounded by this times
/// Limits::max_bytes.
constexpr std::size_t max_copies = 16;
constexpr std::size_t max_message = 160;
/// libxml2 keeps every name it has seen in the dictionary of its context.
constexpr int max_dictionary = 2000;
constexpr int attribute_fields = 5;  ///< local name, prefix, namespace, value, end of the value

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{}
                           : std::string_view(reinterpret_cast<const char*>(text));
}

std::string_view view(const xmlChar* begin, const xmlChar* end) {
    return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

void free_context(xmlParserCtxtPtr context) { xmlFreeParserCtxt(context); }
using ContextPtr = CPtr<xmlParserCtxt, free_context>;

/// Makes the tree of what libxml2 reports. The first problem ends the parse and is thrown by
/// finish().
class Builder {
public:
    Builder(xmlParserCtxtPtr context, const Limits& limits) : context_(context), limits_(limits) {}

    void start(const xmlChar* local, const xmlChar* prefix, const xmlChar* ns, int namespaces,
               int attribute_count, const xmlChar** attributes);
    void end();
    void text(std::string_view text);

    template <class Error> void fail(const std::string& sentence) {
        if (error_) return;
        error_ = std::make_exception_ptr(
            Error("line " + std::to_string(xmlSAX2GetLineNumber(context_)) + ": " + sentence));
        xmlStopParser(context_);
    }
    void fail_at(int line, std::string_view message);
    void fail_with(std::exception_ptr error) {
        if (!error_) error_ = std::move(error);
        xmlStopParser(context_);
    }

    [[nodiscard]] bool failed() const { return static_cast<bool>(error_); }

    /// The root, or throws what went wrong.
    std::unique_ptr<Element> finish();

private:
    struct Open {
        Element* element;
        int namespaces;
    };

    bool within_limits(int namespaces, int attribute_count);
    bool add_attributes(Element& element, int count, const xmlChar** fields);
    bool count_copy(std::size_t bytes);
    Element& append(std::unique_ptr<Element> element);

    xmlParserCtxtPtr context_;
    const Limits& limits_;
    std::unique_ptr<Element> root_;
    std::vector<Open> open_;
    std::size_t nodes_ = 0;
    std::size_t copied_ = 0;
    std::size_t namespaces_ = 0;  ///< declared by the open elements
    std::exception_ptr error_;
};

bool Builder::within_limits(int namespaces, int attribute_count) {
    const auto attributes = static_cast<std::size_t>(attribute_count);
    nodes_ += 1 + attributes;
    namespaces_ += static_cast<std::size_t>(namespaces);
    if (open_.size() >= limits_.max_depth)
        fail<TooLarge>("more than " + std::to_string(limits_.max_depth) +
                       " elements inside each other.");
    else if (attributes > limits_.max_attributes)
        fail<TooLarge>("more than " + std::to_string(limits_.max_attributes) +
                       " attributes on one element.");
    else if (namespaces_ > limits_.max_namespaces)
        fail<TooLarge>("more than " + std::to_string(limits_.max_namespaces) +
                       " namespaces declared at once.");
    else if (nodes_ > limits_.max_nodes)
        fail<TooLarge>("more than " + std::to_string(limits_.max_nodes) +
                       " elements and attributes.");
    return !failed();
}

bool Builder::count_copy(std::size_t bytes) {
    copied_ += bytes;
    if (copied_ > max_copies * limits_.max_bytes)
        fail<TooLarge>("names are too long for how often they are used.");
    return !failed();
}

bool Builder::add_attributes(Element& element, int count, const xmlChar** fields) {
    element.attributes.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i, fields += attribute_fields) {
        const auto local = view(fields[0]);
        const auto prefix = view(fields[1]);
        const auto ns = view(fields[2]);
        const auto value = view(fields[3], fields[4]);
        if (!count_copy(local.size() + prefix.size() + ns.size())) return false;
        if (ns == xml_itself && local == "lang") element.lang = value;
        element.attributes.push_back(
            {{std::string(ns), std::string(local)}, std::string(value), std::string(prefix)});
    }
    return true;
}

Element& Builder::append(std::unique_ptr<Element> element) {
    Element& placed = *element;
    if (open_.empty()) {
        root_ = std::move(element);
        return placed;
    }
    auto& nodes = open_.back().element->nodes;
    constexpr std::size_t usual_children = 4;
    if (nodes.size() <= 1) nodes.reserve(usual_children);
    nodes.push_back({std::move(element), {}});
    return placed;
}

void Builder::start(const xmlChar* local, const xmlChar* prefix, const xmlChar* ns, int namespaces,
                    int attribute_count, const xmlChar** attributes) {
    if (failed() || !within_limits(namespaces, attribute_count)) return;
    auto element = std::make_unique<Element>();
    element->name = {std::string(view(ns)), std::string(view(local))};
    element->prefix = view(prefix);
    if (!open_.empty()) element->lang = open_.back().element->lang;
    if (attribute_count > 0 && !add_attributes(*element, attribute_count, attributes)) return;
    if (!count_copy(element->name.ns.size() + element->name.local.size() + element->lang.size()))
        return;
    Element& placed = append(std::move(element));
    open_.push_back({&placed, namespaces});
}

void Builder::end() {
    if (failed() || open_.empty()) return;
    namespaces_ -= static_cast<std::size_t>(open_.back().namespaces);
    open_.pop_back();
}

void Builder::text(std::string_view text) {
    if (failed() || open_.empty()) return;
    auto& nodes = open_.back().element->nodes;
    if (nodes.empty() || nodes.back().element)
        nodes.push_back({nullptr, std::string(text)});
    else
        nodes.back().text += text;
}

/// libxml2's messages are sentences without a full stop, with a line end, and may quote the client.
void Builder::fail_at(int line, std::string_view message) {
    if (error_) return;
    std::string sentence = "line " + std::to_string(line) + ": ";
    message = message.substr(0, std::min(max_message, message.find('\n')));
    for (const char c : message) sentence += c >= ' ' && c <= '~' ? c : '?';
    if (sentence.back() != '.') sentence += '.';
    fail_with(std::make_exception_ptr(ParseError(sentence)));
}

std::unique_ptr<Element> Builder::finish() {
    if (error_) std::rethrow_exception(error_);
    if (!root_) throw ParseError("The document has no element.");
    return std::move(root_);
}

/// Calls a member of the Builder from C, where no exception may pass.
template <class Call> void guarded(void* user_data, Call call) noexcept {
    auto& builder = *static_cast<Builder*>(user_data);
    try {
        call(builder);
    } catch (...) {
        builder.fail_with(std::current_exception());
    }
}

void on_start(void* user_data, const xmlChar* local, const xmlChar* prefix, const xmlChar* ns,
              int namespaces, const xmlChar** /*declarations*/, int attributes, int /*defaulted*/,
              const xmlChar** fields) {
    guarded(user_data, [&](Builder& builder) {
        builder.start(local, prefix, ns, namespaces, attributes, fields);
    });
}

void on_end(void* user_data, const xmlChar* /*local*/, const xmlChar* /*prefix*/,
            const xmlChar* /*ns*/) {
    guarded(user_data, [](Builder& builder) { builder.end(); });
}

void on_text(void* user_data, const xmlChar* text, int length) {
    guarded(user_data, [&](Builder& builder) { builder.text(view(text, text + length)); });
}

void on_doctype(void* user_data, const xmlChar* /*name*/, const xmlChar* /*public_id*/,
                const xmlChar* /*system*/) {
    guarded(user_data,
            [](Builder& builder) { builder.fail<ParseError>("a DOCTYPE is not allowed."); });
}

void on_error(void* user_data, xmlErrorPtr error) {
    // A namespace is a name for us: it need not be a URI that libxml2 finds valid.
    if (error->level < XML_ERR_ERROR || error->code == XML_WAR_NS_URI) return;
    guarded(user_data, [&](Builder& builder) {
        builder.fail_at(error->line,
                        error->message == nullptr ? "not well-formed" : error->message);
    });
}

xmlSAXHandler make_handler() {
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = on_start;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.ignorableWhitespace = on_text;
    handler.cdataBlock = on_text;
    handler.internalSubset = on_doctype;
    handler.serror = on_error;
    return handler;
}

/// The context of this thread, made at its first parse: making one costs more than parsing a
/// PROPFIND.
class Context {
public:
    xmlParserCtxtPtr fresh() {
        const bool usable = context_ && xmlDictSize(context_->dict) < max_dictionary;
        if (!usable || xmlCtxtResetPush(context_.get(), nullptr, 0, nullptr, nullptr) != 0)
            create();
        // NOENT replaces entities, of which only the five are left without a DOCTYPE; without it
        // `&amp;` in an attribute is reported as `&#38;`.
        xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
        return context_.get();
    }
    void drop() { context_.reset(); }

private:
    void create() {
        static const bool initialised = (xmlInitParser(), true);
        static_cast<void>(initialised);
        xmlSAXHandler handler = make_handler();
        context_.reset(xmlCreatePushParserCtxt(&handler, nullptr, nullptr, 0, nullptr));
        if (!context_) throw std::bad_alloc();
    }

    ContextPtr context_;
};

thread_local Context context_of_this_thread;

/// Where the chunk that begins at `begin` ends: never inside a UTF-8 character. A CDATA section is
/// fed to its end at once: libxml2 looks for that end again with every chunk.
std::size_t end_of_chunk(std::string_view bytes, std::size_t begin, bool in_cdata) {
    std::size_t end = begin + chunk_bytes;
    if (in_cdata) end = std::min(bytes.find("]]>", begin - 2), bytes.size() - 3) + 3;
    if (end >= bytes.size()) return bytes.size();
    while ((static_cast<unsigned char>(bytes[end]) & 0xC0U) == 0x80U) --end;
    return end;
}

void feed(xmlParserCtxtPtr context, Builder& builder, std::string_view bytes) {
    std::size_t begin = 0;
    while (!builder.failed()) {
        const bool in_cdata = context->instate == XML_PARSER_CDATA_SECTION;
        const auto waiting = static_cast<std::size_t>(context->input->end - context->input->cur);
        if (waiting > max_waiting_bytes && !in_cdata)
            return builder.fail<TooLarge>("a tag, comment or instruction of more than " +
                                          std::to_string(max_waiting_bytes) + " bytes.");
        const auto end = end_of_chunk(bytes, begin, in_cdata);
        const bool last = end == bytes.size();
        xmlParseChunk(context, bytes.data() + begin, static_cast<int>(end - begin), last ? 1 : 0);
        if (last) return;
        begin = end;
    }
}

}  // namespace

std::unique_ptr<Element> parse(std::string_view bytes, const Limits& limits) {
    if (bytes.size() > limits.max_bytes)
        throw TooLarge("The document has more than " + std::to_string(limits.max_bytes) +
                       " bytes.");
    if (bytes.empty()) throw ParseError("The document is empty.");
    Utf8Document document;
    read_encoding(bytes, document);

    Context& context = context_of_this_thread;
    xmlParserCtxt* const parser = context.fresh();
    Builder builder(parser, limits);
    parser->userData = &builder;
    feed(parser, builder, document.bytes);
    parser->userData = nullptr;
    if (parser->wellFormed == 0) builder.fail<ParseError>("not well-formed XML.");
    if (builder.failed()) context.drop();
    return builder.finish();
}

}  // namespace kalends::xml
