#pragma once
// One connection to PostgreSQL, and what it answers: two small classes over libpq. Nothing outside
// this room sees them.

#include "base/c_ptr.hpp"
#include "store/errors.hpp"
#include "store/ids.hpp"
#include "store/statement_private.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::store {

/// The connection is gone: whether what was sent last has happened is not known.
class ConnectionLost : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// PostgreSQL refused a statement; its transaction has been rolled back.
class SqlError : public std::runtime_error {
public:
    SqlError(const std::string& message, std::string sqlstate)
        : std::runtime_error(message), sqlstate_(std::move(sqlstate)) {}
    [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }

    /// A deadlock or a serialization failure: the same again may work.
    [[nodiscard]] bool transient() const { return sqlstate_ == "40P01" || sqlstate_ == "40001"; }

private:
    std::string sqlstate_;
};

/// The literal of an array, '{"a",NULL}', that is being built.
class ArrayText {
public:
    void add(std::string_view text);
    void add(std::int64_t number);
    void add(bool value);
    void add_null();
    [[nodiscard]] const std::string& finish();

private:
    void separate() { text_ += text_.empty() ? '{' : ','; }
    std::string text_;
};

/// An array of bytea in PostgreSQL's binary format, that is being built: the bytes as they are.
class ArrayBytes {
public:
    void add(std::string_view bytes);
    [[nodiscard]] std::string_view finish() const { return encoded_; }

private:
    std::uint32_t count_ = 0;
    std::string encoded_;
};

/// The value of one parameter. Views and arrays are borrowed until the statement has run.
class Parameter {
public:
    // NOLINTBEGIN(google-explicit-constructor,hicpp-explicit-conversions): arguments read as plain
    // values
    /// Sent as it is: the parameter's type must be text or bytea.
    Parameter(std::string_view text)
        : data_(text.data() == nullptr ? "" : text.data()), length_(text.size()), binary_(true) {}
    Parameter(const std::string& text) : Parameter(std::string_view{text}) {}
    Parameter(const char* text) : Parameter(std::string_view{text}) {}
    Parameter(bool value) : data_(value ? "t" : "f") {}
    Parameter(std::integral auto number) { set_number(static_cast<std::int64_t>(number)); }
    template <class Tag> Parameter(Id<Tag> id) { set_number(id.value); }
    Parameter(std::nullopt_t) {}
    Parameter(ArrayText& array) : data_(array.finish().c_str()) {}
    Parameter(const ArrayBytes& array) : Parameter(array.finish()) {}
    template <class T> Parameter(const std::optional<T>& value) : Parameter(std::nullopt) {
        if (value) *this = Parameter(*value);
    }
    // NOLINTEND(google-explicit-constructor,hicpp-explicit-conversions)

    [[nodiscard]] const char* data() const { return is_number_ ? digits_.data() : data_; }
    [[nodiscard]] std::size_t length() const { return length_; }
    [[nodiscard]] bool binary() const { return binary_; }

private:
    void set_number(std::int64_t number) {
        *std::to_chars(digits_.data(), digits_.data() + digits_.size() - 1, number).ptr = '\0';
        is_number_ = true;
    }
    const char* data_ = nullptr;
    std::size_t length_ = 0;
    bool binary_ = false;
    bool is_number_ = false;
    std::array<char, 24> digits_{};
};

/// The rows of an answer; columns by position, in the format that the statement names: text and
/// bytea of a binary one are their bytes. Views live as long as the result.
class Result {
public:
    explicit Result(PGresult* result) : result_(result) {}

    [[nodiscard]] int rows() const { return PQntuples(result_.get()); }
    [[nodiscard]] bool empty() const { return rows() == 0; }
    [[nodiscard]] bool is_null(int row, int column) const {
        return PQgetisnull(result_.get(), row, column) != 0;
    }
    [[nodiscard]] std::string_view text(int row, int column) const {
        return {PQgetvalue(result_.get(), row, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
    }
    [[nodiscard]] std::string string(int row, int column) const {
        return std::string(text(row, column));
    }
    /// Of smallint, integer and bigint; 0 where it is null.
    [[nodiscard]] std::int64_t number(int row, int column) const;
    [[nodiscard]] bool boolean(int row, int column) const {
        return text(row, column) == (is_binary(column) ? "\1" : "t");
    }

private:
    [[nodiscard]] bool is_binary(int column) const { return PQfformat(result_.get(), column) == 1; }

    CPtr<PGresult, PQclear> result_;
};

class Connection {
public:
    /// Connects; prepares all statements if `prepared`. Throws Unavailable, SqlError.
    Connection(const std::string& dsn, std::chrono::milliseconds statement_timeout, bool prepared);

    /// Runs a prepared statement, a transaction of its own unless one is open. Throws
    /// ConnectionLost, SqlError.
    template <class... Values> Result run(const Statement& statement, Values&&... values) {
        const std::array<Parameter, sizeof...(Values)> parameters{Parameter(values)...};
        return run_prepared(statement, parameters);
    }
    Result run_prepared(const Statement& statement, std::span<const Parameter> parameters);

    /// Runs statements without parameters; the last one's result.
    Result execute(const char* sql);
    Result execute(const std::string& sql) { return execute(sql.c_str()); }

    /// False if it broke, or if the server has said or closed something while nobody was asking.
    [[nodiscard]] bool usable() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] int socket() const { return PQsocket(connection_.get()); }
    [[nodiscard]] int backend() const { return PQbackendPID(connection_.get()); }

    /// Takes in what has arrived and tells of the NOTIFYs whether one was sent by another backend
    /// than `own`. Throws ConnectionLost.
    bool take_notifications(int own, std::uint64_t& received);

private:
    Result checked(PGresult* raw);
    void prepare_all();

    CPtr<PGconn, PQfinish> connection_;
};

/// Several statements that happen together. Rolled back unless commit() was called.
class Transaction {
public:
    enum class Kind { read_write, snapshot };  ///< snapshot: repeatable read, read only
    explicit Transaction(Connection& connection, Kind kind = Kind::read_write);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Connection& connection_;
    bool open_ = true;
};

}  // namespace kalends::store
