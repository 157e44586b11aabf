// Reads the TOML file against the table of settings.

#include "base/config_private.hpp"
#include "base/text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace kalends {
namespace {

template <class Owner>
void assign_defaults(Owner& owner, std::span<const Setting<Owner>> settings) {
    for (const auto& setting : settings)
        if (const auto error = assign(owner, setting, setting.standard); !error.empty())
            throw std::logic_error("the default of " + std::string(setting.name) + " " + error);
}

/// The known name that `name` was most likely meant to be; empty if none is near. A right name in
/// the wrong section is near.
std::string nearest(std::string_view name, const std::vector<std::string_view>& known) {
    const auto last_part = [](std::string_view full) { return full.substr(full.rfind('.') + 1); };
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
    for (const auto candidate : known) {
        const auto distance =
            last_part(candidate) == last_part(name) ? 1 : text::edit_distance(candidate, name);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return std::string(best);
}

/// The text of a value as assign() wants it; nothing if it is of another kind than the setting.
/// (The order of the kinds is that of Field.)
std::optional<std::string> text_of(const toml::node& node, std::size_t kind) {
    enum : std::size_t { boolean, integer, size, duration, words, list };
    if (kind == boolean && node.is_boolean()) return **node.as_boolean() ? "true" : "false";
    if (kind == integer && node.is_integer()) return std::to_string(**node.as_integer());
    if (kind == size && node.is_integer()) return std::to_string(**node.as_integer()) + " B";
    if (node.is_string() && kind >= size && kind <= words) return **node.as_string();
    if (kind != list || !node.is_array()) return std::nullopt;
    std::string joined;
    for (const auto& item : *node.as_array()) {
        if (!item.is_string() || item.as_string()->get().find(',') != std::string::npos)
            return std::nullopt;
        joined += (joined.empty() ? "" : ",") + item.as_string()->get();
    }
    return joined;
}

/// One reading of a file: goes on after a mistake, and knows all of them at the end.
class Reader {
public:
    Reader(Config& config, std::string source) : config_(config), source_(std::move(source)) {}

    void read(const toml::table& root) {
        for (const auto& [key, node] : root) {
            if (key == "listen")
                read_listeners(node);
            else if (const auto* table = node.as_table(); table != nullptr && is_section(key))
                read_table(*table, std::string(key) + ".", config_, config_settings());
            else
                unknown(node, key, section_names());
        }
        check_together(root);
    }

    void finish() const {
        std::string all;
        for (const auto& [line, sentence] : errors_)
            all.append(all.empty() ? "" : "\n").append(sentence);
        if (!all.empty()) throw ConfigError(all);
    }

private:
    void error(const toml::node& node, const std::string& sentence) {
        const auto line = node.source().begin.line;
        errors_.emplace(line, source_ + ":" + std::to_string(line) + ": " + sentence);
    }

    void unknown(const toml::node& node, std::string_view name,
                 const std::vector<std::string_view>& known) {
        const auto suggestion = nearest(name, known);
        error(node, "there is no setting \"" + text::printable(name) + "\"" +
                        (suggestion.empty() ? "" : "; did you mean \"" + suggestion + "\"?"));
    }

    static bool is_section(std::string_view name) {
        return std::any_of(config_sections().begin(), config_sections().end(),
                           [&](const Section& section) { return section.name == name; });
    }

    static std::vector<std::string_view> section_names() {
        std::vector<std::string_view> names;
        for (const auto& section : config_sections()) names.push_back(section.name);
        for (const auto& setting : config_settings()) names.push_back(setting.name);
        return names;
    }

    template <class Owner> void read_table(const toml::table& table, const std::string& prefix,
                                           Owner& owner, std::span<const Setting<Owner>> settings) {
        for (const auto& [key, node] : table) {
            const auto name = prefix + std::string(key);
            const auto found = std::find_if(settings.begin(), settings.end(),
                                            [&](const auto& row) { return row.name == name; });
            if (found == settings.end()) {
                std::vector<std::string_view> known;
                for (const auto& setting : settings) known.push_back(setting.name);
                unknown(node, name, known);
                continue;
            }
            const auto value = text_of(node, found->field.index());
            const auto mistake =
                value ? assign(owner, *found, *value) : "must be " + std::string(kind_of(*found));
            if (!mistake.empty()) error(node, name + " " + mistake);
        }
    }

    void read_listeners(const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
            return error(node, "listen is a list of sections: write [[listen]]");
        config_.listen.clear();
        for (const auto& item : *array) {
            Listener listener;
            assign_defaults(listener, listener_settings());
            read_table(*item.as_table(), "", listener, listener_settings());
            if (listener.tls_certificate.empty() != listener.tls_key.empty())
                error(item, "tls_certificate and tls_key belong together, but one is missing");
            for (const auto& sentence : contradictions_of(listener)) error(item, sentence);
            config_.listen.push_back(std::move(listener));
        }
    }

    /// What two settings say together.
    void check_together(const toml::table& root) {
        if (config_.http.max_body < config_.dav.max_resource_size)
            error(root, "http.max_body is below dav.max_resource_size: no object of that size "
                        "could arrive");
        if (config_.http.max_body < config_.xml.max_size)
            error(root,
                  "http.max_body is below xml.max_size: no request of that size could arrive");
        if (config_.http.max_spooled_in_all < config_.http.max_spooled_body)
            error(root, "http.max_spooled_in_all is below http.max_spooled_body: no body of that "
                        "size could arrive");
        for (const auto& sentence : contradictions_of_logins(config_)) error(root, sentence);
        for (const auto& sentence : contradictions(config_.ldap)) error(root, sentence);
    }

    Config& config_;
    std::string source_;
    std::multimap<toml::source_index, std::string> errors_;  // by line
};

}  // namespace

Config::Config() {
    assign_defaults(*this, config_settings());
    assign_defaults(listen.emplace_back(), listener_settings());
}

Config parse_config(std::string_view toml, const std::string& source) {
    Config config;
    try {
        Reader reader(config, source);
        reader.read(toml::parse(toml, source));
        reader.finish();
    } catch (const toml::parse_error& error) {
        throw ConfigError(source + ":" + std::to_string(error.source().begin.line) +
                          ": this is not TOML: " + std::string(error.description()));
    }
    return config;
}

Config load_config(const std::string& path) {
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        throw ConfigError(path +
                          ": the configuration can't be read; is it there, and readable for you?");
    return parse_config(text.str(), path);
}

}  // namespace kalends
