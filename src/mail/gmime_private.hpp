#pragma once
// GMime's objects, owned; and its set-up, once for the program.

#include "base/c_ptr.hpp"

#include <gmime/gmime.h>
#include <string>

namespace kalends::mail {

template <class T> using ObjectPtr = CPtr<T, g_object_unref>;
using GText = CPtr<char, g_free>;

/// Before any other call of GMime; any thread, any number of times.
void set_up_gmime();

/// A text that GMime hands out; empty for null.
inline std::string taken(char* text) {
    const GText owned{text};
    return owned ? owned.get() : std::string();
}

}  // namespace kalends::mail
