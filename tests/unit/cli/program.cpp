#include "program.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

namespace kalends::test {
namespace {

namespace fs = std::filesystem;

pid_t start(std::vector<std::string> words, const fs::path& input, const fs::path& out,
            const fs::path& error) {
    words.insert(words.begin(), KALENDS_BINARY);
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(::open(input.c_str(), O_RDONLY), STDIN_FILENO);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
}

int exit_status(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Installation::Installation(const std::string& more) {
    std::string name = fs::temp_directory_path() / "kalends-program-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    ::chmod(name.c_str(), 0755);
    path_ = name;
    file("kalends.toml", "[[listen]]\nport = 0\n" + more + "\n[database]\ndirectory = \"" + name +
                             "/data\"\nshared_buffers_mb = 16\n");
    file("nothing", "");
}

Installation::~Installation() { fs::remove_all(path_); }

Outcome Installation::run(const std::vector<std::string>& words, const std::string& input) const {
    auto all = words;
    all.insert(all.end(), {"--config", path_ / "kalends.toml"});
    file("input", input);
    Outcome outcome;
    outcome.status = exit_status(start(all, path_ / "input", path_ / "out", path_ / "error"));
    outcome.out = read("out");
    outcome.error = read("error");
    return outcome;
}

std::string Installation::file(const std::string& name, const std::string& contents) const {
    std::ofstream(path_ / name, std::ios::binary) << contents;
    return path_ / name;
}

std::string Installation::read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path_ / name, std::ios::binary).rdbuf();
    return text.str();
}

RunningServer::RunningServer(const Installation& installation) {
    const auto port_file = installation.path() / "port";
    fs::remove(port_file);
    pid_ =
        start({"serve", "--port-file", port_file, "--config", installation.path() / "kalends.toml"},
              installation.path() / "nothing", installation.path() / "serve.out",
              installation.path() / "serve.log");
    while (!fs::exists(port_file)) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0)
            throw std::runtime_error("kalends serve: " + installation.read("serve.log"));
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    std::ifstream(port_file) >> port_;
}

RunningServer::~RunningServer() {
    if (pid_ == 0) return;
    signal(SIGTERM);
    wait();
}

void RunningServer::signal(int number) const { ::kill(pid_, number); }

int RunningServer::wait() { return exit_status(std::exchange(pid_, 0)); }

}  // namespace kalends::test
