#include "http/spool.hpp"

#include "http/spool_private.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace kalends::http {
namespace {

constexpr mode_t for_us_only = 0600;

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// One write() or pread(), begun again if a signal interrupts it.
template <class Call> std::size_t uninterrupted(const Call& call, const char* what) {
    ssize_t result = 0;
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    if (result < 0) throw_errno(what);
    return static_cast<std::size_t>(result);
}

}  // namespace

int open_nameless(const std::string& directory) {
    return ::open(directory.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, for_us_only);
}

int open_unlinked(const std::string& directory) {
    auto name = directory + "/kalends-XXXXXX";
    const int file = ::mkostemp(name.data(), O_CLOEXEC);
    if (file >= 0) ::unlink(name.c_str());
    return file;
}

bool SpoolBudget::take(std::uint64_t bytes) {
    auto now = used_.load();
    do {
        if (bytes > max_bytes_ - now) return false;
    } while (!used_.compare_exchange_weak(now, now + bytes));
    return true;
}

SpooledBody::SpooledBody(int file, std::shared_ptr<SpoolBudget> budget)
    : file_{file}, budget_{std::move(budget)} {}

SpooledBody::~SpooledBody() {
    ::close(file_);
    budget_->give_back(size_);
}

std::size_t SpooledBody::read(std::uint64_t offset, std::span<char> to) const {
    std::size_t done = 0;
    while (done < to.size() && offset + done < size_) {
        const auto rest = to.subspan(done);
        const auto at = static_cast<off_t>(offset + done);
        const auto got = uninterrupted([&] { return ::pread(file_, rest.data(), rest.size(), at); },
                                       "reading a spooled body");
        if (got == 0) break;
        done += got;
    }
    return done;
}

bool SpooledBody::append(std::string_view bytes) {
    if (!budget_->take(bytes.size())) return false;
    size_ += bytes.size();  // what was taken is given back by the destructor, also after a failure
    while (!bytes.empty())
        bytes.remove_prefix(uninterrupted(
            [&] { return ::write(file_, bytes.data(), bytes.size()); }, "spooling a body"));
    return true;
}

std::unique_ptr<SpooledBody> Spool::make() const {
    int file = open_nameless(directory_);
    if (file < 0) file = open_unlinked(directory_);
    if (file < 0) throw_errno("a file in " + directory_);
    return std::make_unique<SpooledBody>(file, budget_);
}

Status status_of(const std::system_error& error) {
    const auto& why = error.code();
    if (why == std::errc::no_space_on_device || why.value() == EDQUOT)
        return Status::insufficient_storage;
    if (why == std::errc::too_many_files_open || why == std::errc::too_many_files_open_in_system)
        return Status::service_unavailable;
    return Status::internal_server_error;
}

std::uint64_t body_size(const Request& request) {
    return request.spooled ? request.spooled->size() : request.body.size();
}

std::size_t read_body(const Request& request, std::uint64_t offset, std::span<char> to) {
    if (request.spooled) return request.spooled->read(offset, to);
    const std::string_view body = request.body;
    if (offset >= body.size()) return 0;
    return body.copy(to.data(), to.size(), offset);
}

}  // namespace kalends::http
