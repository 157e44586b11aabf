#pragma once
// A private PostgreSQL server in a temporary directory, on a unix socket only. It ends with the
// test program, however that ends.

#include <sys/types.h>

#include <string>

namespace kalends::test {

class TestCluster {
public:
    /// initdb and start; as root, both as the user postgres. Throws std::runtime_error with what
    /// they said.
    TestCluster();
    ~TestCluster();
    TestCluster(const TestCluster&) = delete;
    TestCluster& operator=(const TestCluster&) = delete;

    /// Whether the programs of PostgreSQL are here.
    static bool installed();

    [[nodiscard]] const std::string& dsn() const { return dsn_; }

private:
    void initialise() const;
    void start();
    void wait_until_ready() const;

    std::string directory_;
    std::string dsn_;
    pid_t server_ = -1;
};

}  // namespace kalends::test
