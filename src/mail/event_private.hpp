#pragma once
// Something that has happened, for those who wait with poll().

#include "base/descriptor.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace kalends::mail {

/// Can be read from the moment that it is set.
class Event {
public:
    Event() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!descriptor_.is_open())
            throw std::runtime_error("eventfd: " + std::generic_category().message(errno));
    }
    void set() const noexcept { (void)::eventfd_write(descriptor_.get(), 1); }
    [[nodiscard]] int get() const { return descriptor_.get(); }

private:
    Descriptor descriptor_;
};

}  // namespace kalends::mail
