#include "ical/spans.hpp"

#include <algorithm>

namespace kalends::ical {

Spans united(std::vector<Span> spans) {
    std::sort(spans.begin(), spans.end(),
              [](const Span& a, const Span& b) { return a.start < b.start; });
    Spans result;
    for (const Span& span : spans) {
        if (span.start >= span.end) continue;
        if (!result.empty() && span.start <= result.back().end)
            result.back().end = std::max(result.back().end, span.end);
        else
            result.push_back(span);
    }
    return result;
}

Spans without(const Spans& from, const Spans& what) {
    Spans result;
    auto hole = what.begin();
    for (Span rest : from) {
        while (hole != what.end() && hole->end <= rest.start) ++hole;
        // A hole may reach into the next span too, so that `hole` stays on it.
        for (auto next = hole; next != what.end() && next->start < rest.end; ++next) {
            if (rest.start < next->start) result.push_back({rest.start, next->start});
            rest.start = std::max(rest.start, next->end);
        }
        if (rest.start < rest.end) result.push_back(rest);
    }
    return result;
}

}  // namespace kalends::ical
