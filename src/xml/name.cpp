#include "xml/name.hpp"

namespace kalends::xml {

std::string to_string(NameView name) {
    std::string text;
    text.reserve(name.ns.size() + name.local.size() + 2);
    text += '{';
    text += name.ns;
    text += '}';
    text += name.local;
    return text;
}

}  // namespace kalends::xml
