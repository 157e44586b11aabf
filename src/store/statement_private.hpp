#pragma once
// A prepared statement. Its constructor registers it and every connection prepares all of them when
// it is opened, so a wrong column stops the start, or a test, and not a Sunday night.

namespace kalends::store {

/// How the columns of an answer come: libpq has one format for all of them. What gives bytea must
/// be binary (its text is hex); the others are text, which PostgreSQL writes faster.
enum class Format { text, binary };

class Statement {
public:
    /// Both texts must live as long as the program.
    Statement(const char* name, const char* sql, Format answer = Format::text) noexcept
        : name_(name), sql_(sql), answer_(answer), next_(newest) {
        newest = this;
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    [[nodiscard]] const char* name() const { return name_; }
    [[nodiscard]] const char* sql() const { return sql_; }
    [[nodiscard]] Format answer() const { return answer_; }

    /// All statements of the program, as a list.
    static const Statement* first() { return newest; }
    [[nodiscard]] const Statement* next() const { return next_; }

private:
    inline static const Statement* newest = nullptr;
    const char* name_;
    const char* sql_;
    Format answer_;
    const Statement* next_;
};

}  // namespace kalends::store
