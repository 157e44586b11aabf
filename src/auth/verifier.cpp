#include "auth/verifier.hpp"

namespace kalends::auth {

std::string_view name_of(Proof proof) {
    constexpr std::array<std::string_view, proofs> names{"password", "app password", "token",
                                                         "certificate"};
    return names.at(static_cast<std::size_t>(proof));
}

}  // namespace kalends::auth
