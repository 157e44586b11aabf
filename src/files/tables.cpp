#include "files/tables.hpp"

#include "files/folder_type.hpp"

namespace kalends::files {

dav::Tables tables() {
    static const dav::CollectionType* const types[] = {&folder_type()};
    return {.properties = {}, .reports = {}, .methods = {}, .capabilities = {}, .types = types};
}

}  // namespace kalends::files
