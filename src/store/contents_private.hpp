#pragma once
// The bytes of objects that were read last. An entry is one state of one object (id, collection and
// modseq), so it is never wrong, only unused: nothing has to be invalidated.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace kalends::store {

using Bytes = std::shared_ptr<const std::string>;

class Contents {
public:
    explicit Contents(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    struct Key {
        std::int64_t object = 0;
        std::int64_t collection = 0;  ///< whose modseq it is: objects move
        std::int64_t modseq = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };

    /// nullptr if it is not here.
    Bytes find(const Key& key);
    void keep(const Key& key, Bytes bytes);

private:
    struct Hash {
        std::size_t operator()(const Key& key) const {
            return std::hash<std::int64_t>{}(key.object * 1'000'003 + key.modseq);
        }
    };
    struct Entry {
        Key key;
        Bytes bytes;
    };

    std::size_t max_bytes_;
    std::mutex mutex_;
    std::list<Entry> entries_;  // used last: in front
    std::unordered_map<Key, std::list<Entry>::iterator, Hash> by_key_;
    std::size_t bytes_ = 0;
};

}  // namespace kalends::store
