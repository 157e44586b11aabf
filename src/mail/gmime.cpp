#include "mail/gmime_private.hpp"

namespace kalends::mail {

void set_up_gmime() {
    static const bool done = [] {
        g_mime_init();
        return true;
    }();
    static_cast<void>(done);
}

}  // namespace kalends::mail
