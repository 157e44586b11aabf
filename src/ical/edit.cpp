// Edits of the original bytes: a list of splices, applied at the end in the order of their places.
#include "base/content_line.hpp"
#include "ical/lines.hpp"

#include <algorithm>

namespace kalends::ical {

namespace {

std::string folded(std::string_view line) {
    std::string text;
    text.reserve(line.size() + line.size() / 24 + 2);
    append_folded(text, line);
    return text;
}

}  // namespace

void Edit::splice(std::size_t begin, std::size_t end, std::string text) {
    splices_.push_back({begin, end, std::move(text)});
}

void Edit::replace(const Property& property, std::string_view line) {
    splice(property.begin, property.end, folded(line));
}

void Edit::insert_before(const Property& property, std::string_view line) {
    splice(property.begin, property.begin, folded(line));
}

void Edit::insert_after(const Property& property, std::string_view line) {
    splice(property.end, property.end, folded(line));
}

void Edit::remove(const Property& property) { splice(property.begin, property.end, {}); }

void Edit::append(const Component& component, std::string_view line) {
    const std::size_t at =
        component.properties.empty() ? component.body : component.properties.back().end;
    splice(at, at, folded(line));
}

void Edit::remove(const Component& component) { splice(component.begin, component.end, {}); }

void Edit::insert_before(const Component& component, std::string_view lines) {
    splice(component.begin, component.begin, std::string{lines});
}

void Edit::append_component(const Component& parent, std::string_view lines) {
    splice(parent.tail, parent.tail, std::string{lines});
}

void Edit::replace(const Component& component, std::string_view lines) {
    splice(component.begin, component.end, std::string{lines});
}

std::string Edit::result() const {
    std::vector<const Splice*> ordered;
    ordered.reserve(splices_.size());
    std::size_t size = original_.size();
    for (const Splice& each : splices_) {
        ordered.push_back(&each);
        size += each.text.size();
    }
    // An insertion comes before a change of the bytes that follow it.
    std::stable_sort(ordered.begin(), ordered.end(), [](const Splice* a, const Splice* b) {
        if (a->begin != b->begin) return a->begin < b->begin;
        return a->begin == a->end && b->begin != b->end;
    });

    std::string text;
    text.reserve(size);
    std::size_t done = 0;
    for (const Splice* each : ordered) {
        if (each->begin < done || each->end < each->begin || each->end > original_.size()) {
            throw std::logic_error("two edits change the same bytes");
        }
        text += original_.substr(done, each->begin - done);
        text += each->text;
        done = each->end;
    }
    return text.append(original_.substr(done));
}

}  // namespace kalends::ical
