#pragma once
// Ownership of what C libraries hand out: one template, no free by hand.

#include <memory>

namespace kalends {

template <auto Free> struct CDeleter {
    template <class T> void operator()(T* object) const noexcept { Free(object); }
};

/// A C object with its function to free it; a raw pointer is always borrowed.
template <class T, auto Free> using CPtr = std::unique_ptr<T, CDeleter<Free>>;

}  // namespace kalends
