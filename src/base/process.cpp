#include "base/process.hpp"

#include "base/clock.hpp"
#include "base/descriptor.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <system_error>

namespace kalends::process {
namespace {

[[noreturn]] void throw_errno(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

/// A file in memory: nobody has to write while the program reads, or to care whether it does.
Descriptor file_with(std::string_view input) {
    Descriptor file{::memfd_create("input", MFD_CLOEXEC)};
    if (!file.is_open()) throw_errno(errno, "memfd_create");
    while (!input.empty()) {
        const auto written = ::write(file.get(), input.data(), input.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno(errno, "write");
        input.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0) throw_errno(errno, "lseek");
    return file;
}

/// What the program finds when it starts.
class Surroundings {
public:
    Surroundings(int input, int input_descriptor, int output) {
        posix_spawn_file_actions_init(&files_);
        posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
        posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO);
        posix_spawn_file_actions_adddup2(&files_, input, input_descriptor);
        posix_spawn_file_actions_addclosefrom_np(&files_,
                                                 std::max(input_descriptor, STDERR_FILENO) + 1);
        sigset_t signals;
        posix_spawnattr_init(&attributes_);
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                   POSIX_SPAWN_SETSIGDEF);
    }
    ~Surroundings() {
        posix_spawn_file_actions_destroy(&files_);
        posix_spawnattr_destroy(&attributes_);
    }
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;
    [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
}

/// Nothing that a caller's environment could change in it.
std::vector<std::string> clean_environment(const std::vector<std::string>& more) {
    std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};
    variables.insert(variables.end(), more.begin(), more.end());
    return variables;
}

pid_t start(const Command& command, int input, int output) {
    const Surroundings surroundings{input, command.input_descriptor, output};
    const auto arguments = pointers(command.words);
    const auto variables = clean_environment(command.environment);
    const auto environment = pointers(variables);
    pid_t child = 0;
    const int error =
        ::posix_spawn(&child, arguments.front(), surroundings.files(), surroundings.attributes(),
                      arguments.data(), environment.data());
    if (error != 0) throw_errno(error, command.words.front());
    return child;
}

/// Reads of what is there; false at its end. What is beyond the limit is read and forgotten, so
/// that the program does not wait for us.
bool read_some(int from, std::string& output, std::size_t max) {
    std::array<char, 4096> piece{};
    for (int i = 0; i < 16; ++i) {  // it may write without end
        const auto size = ::read(from, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size < 0 && errno == EAGAIN;
        output.append(piece.data(), std::min(static_cast<std::size_t>(size), max - output.size()));
    }
    return true;
}

/// A child that is over when this is: killed with its process group, and waited for.
class Child {
public:
    Child(pid_t id, bool end_descendants)
        // glibc 2.36 declares pidfd_open() for C only.
        : id_(id), end_descendants_(end_descendants),
          handle_(static_cast<int>(::syscall(SYS_pidfd_open, id, 0))) {}
    ~Child() {
        if (id_ > 0) finish(true);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Whether it has ended within that time; its output is read meanwhile.
    bool ends_before(std::chrono::steady_clock::time_point deadline, int output, std::string& kept,
                     std::size_t max) {
        bool open = true;
        for (;;) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::steady()).count();
            std::array<pollfd, 2> waiting{
                pollfd{.fd = handle_.get(), .events = POLLIN, .revents = 0},
                pollfd{.fd = open ? output : -1, .events = POLLIN, .revents = 0}};
            const int ready = ::poll(waiting.data(), waiting.size(),
                                     static_cast<int>(std::clamp<long>(left, 0, 1000L * 3600)));
            if (ready < 0 && errno != EINTR) return false;
            if (ready > 0 && waiting[1].revents != 0) open = read_some(output, kept, max);
            if (ready > 0 && waiting[0].revents != 0) {
                read_some(output, kept, max);
                return true;
            }
            if (left <= 0) return false;
        }
    }

    /// Until it has been waited for its number, and so that of its group, can't be another's.
    int finish(bool kill) {
        if (kill || end_descendants_) ::kill(-id_, SIGKILL);
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
        }
        id_ = 0;
        return status;
    }

private:
    pid_t id_;
    bool end_descendants_;
    Descriptor handle_;
};

}  // namespace

Ended run(const Command& command, std::chrono::steady_clock::time_point deadline) {
    const auto input = file_with(command.input);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno(errno, "pipe");
    const Descriptor output{ends[0]};
    Descriptor output_of_child{ends[1]};
    ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
    Child child{start(command, input.get(), output_of_child.get()), command.end_descendants};
    output_of_child.reset();
    Ended result;
    result.in_time = child.ends_before(deadline, output.get(), result.output, command.max_output);
    result.status = child.finish(!result.in_time);
    return result;
}

}  // namespace kalends::process
