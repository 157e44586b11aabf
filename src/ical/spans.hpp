#pragma once
// Sets of moments as lists of intervals: what free/busy is computed with.

#include "ical/time.hpp"

#include <vector>

namespace kalends::ical {

/// [start, end)
struct Span {
    UtcTime start{};
    UtcTime end{};

    friend bool operator==(const Span&, const Span&) = default;
};

/// By start, without empty, overlapping or touching ones: as all below want and give them.
using Spans = std::vector<Span>;

/// What is in any of them, whatever their order.
Spans united(std::vector<Span> spans);

/// What is in `from`, and not in `what`.
Spans without(const Spans& from, const Spans& what);

}  // namespace kalends::ical
