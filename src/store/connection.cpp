#include "base/text.hpp"
#include "store/connection_private.hpp"

#include <limits>
#include <poll.h>
#include <vector>

namespace kalends::store {
namespace {

/// All our statements are meant to be served by an index: a plan made while a table was still empty
/// must not read a full one from end to end later, and planning each time costs more than most
/// statements. random_page_cost is that of an SSD.
constexpr const char* session_settings = R"sql(
    SET enable_seqscan = off;
    SET random_page_cost = 1.1;
    SET plan_cache_mode = force_generic_plan;
    SET jit = off;
    SET client_min_messages = warning;
    SET TIME ZONE 'UTC';
    SET statement_timeout = )sql";

std::string message_of(const char* raw) {
    return text::printable(text::trim(raw == nullptr ? "" : raw), 500);
}

std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        bytes += static_cast<char>(number >> shift & 255U);
    return bytes;
}

/// An integer of up to eight bytes with its sign; 0 for none.
std::int64_t from_big_endian(std::string_view bytes) {
    const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0;
    std::uint64_t number = negative ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(number);
}

void ignore_notice(void* /*context*/, const PGresult* /*notice*/) {}

}  // namespace

void ArrayText::add(std::string_view text) {
    separate();
    text_ += '"';
    for (;;) {
        const auto special = text.find_first_of("\"\\");
        text_ += text.substr(0, special);
        if (special == std::string_view::npos) break;
        text_ += '\\';
        text_ += text[special];
        text.remove_prefix(special + 1);
    }
    text_ += '"';
}

void ArrayText::add(std::int64_t number) {
    separate();
    text_ += std::to_string(number);
}

void ArrayText::add(bool value) {
    separate();
    text_ += value ? 't' : 'f';
}

void ArrayText::add_null() {
    separate();
    text_ += "NULL";
}

const std::string& ArrayText::finish() {
    if (text_.empty()) text_ = "{";
    if (text_.back() != '}' || text_.size() < 2) text_ += '}';
    return text_;
}

void ArrayBytes::add(std::string_view bytes) {
    constexpr std::uint32_t dimensions = 1, nulls = 0, bytea = 17, first_index = 1;
    constexpr std::size_t place_of_count = 12;
    if (encoded_.empty())
        for (const auto number : {dimensions, nulls, bytea, count_, first_index})
            encoded_ += big_endian(number);
    encoded_.replace(place_of_count, 4, big_endian(++count_));
    encoded_ += big_endian(static_cast<std::uint32_t>(bytes.size()));
    encoded_ += bytes;
}

std::int64_t Result::number(int row, int column) const {
    const auto value = text(row, column);
    if (is_binary(column)) return from_big_endian(value);
    std::int64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

Connection::Connection(const std::string& dsn, std::chrono::milliseconds statement_timeout,
                       bool prepared) {
    // dbname first: a whole connection string there is taken apart, and what follows are our
    // defaults.
    const std::array<const char*, 5> keys{"dbname", "client_encoding", "application_name",
                                          "connect_timeout", nullptr};
    const std::array<const char*, 5> values{dsn.c_str(), "UTF8", "kalends", "5", nullptr};
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw Unavailable("cannot connect to PostgreSQL: " +
                          message_of(PQerrorMessage(connection_.get())));
    PQsetErrorVerbosity(connection_.get(),
                        PQERRORS_TERSE);  // details would quote what people wrote
    PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
    try {
        execute(session_settings + std::to_string(statement_timeout.count()));
        if (prepared) prepare_all();
    } catch (const ConnectionLost& error) {
        throw Unavailable(error.what());
    }
}

void Connection::prepare_all() {
    for (const auto* statement = Statement::first(); statement != nullptr;
         statement = statement->next())
        checked(PQprepare(connection_.get(), statement->name(), statement->sql(), 0, nullptr));
}

Result Connection::run_prepared(const Statement& statement, std::span<const Parameter> parameters) {
    constexpr int binary = 1;
    std::array<const char*, 24> values{};
    std::array<int, 24> lengths{};
    std::array<int, 24> formats{};
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto& parameter = parameters[i];
        if (parameter.length() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            throw std::length_error("a value is too long for PostgreSQL");
        values.at(i) = parameter.data();
        lengths.at(i) = static_cast<int>(parameter.length());
        formats.at(i) = parameter.binary() ? binary : 0;
    }
    return checked(PQexecPrepared(
        connection_.get(), statement.name(), static_cast<int>(parameters.size()), values.data(),
        lengths.data(), formats.data(), statement.answer() == Format::binary ? binary : 0));
}

Result Connection::execute(const char* sql) { return checked(PQexec(connection_.get(), sql)); }

Result Connection::checked(PGresult* raw) {
    Result result{raw};
    const auto status = raw == nullptr ? PGRES_FATAL_ERROR : PQresultStatus(raw);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY)
        return result;
    const auto* message =
        raw == nullptr ? PQerrorMessage(connection_.get()) : PQresultErrorMessage(raw);
    const auto* sqlstate = raw == nullptr ? nullptr : PQresultErrorField(raw, PG_DIAG_SQLSTATE);
    // 57P01 to 57P03: the server is going down and has ended, or is about to end, the connection.
    const std::string state = sqlstate == nullptr ? "" : sqlstate;
    if (PQstatus(connection_.get()) != CONNECTION_OK || state.empty() || state.starts_with("57P0"))
        throw ConnectionLost("connection to PostgreSQL lost: " + message_of(message));
    throw SqlError(message_of(message), state);
}

bool Connection::usable() const {
    if (PQstatus(connection_.get()) != CONNECTION_OK || in_transaction()) return false;
    pollfd arrived{socket(), POLLIN, 0};
    return ::poll(&arrived, 1, 0) == 0;
}

bool Connection::in_transaction() const {
    return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool Connection::take_notifications(int own, std::uint64_t& received) {
    if (PQconsumeInput(connection_.get()) == 0 || PQstatus(connection_.get()) != CONNECTION_OK)
        throw ConnectionLost("connection to PostgreSQL lost: " +
                             message_of(PQerrorMessage(connection_.get())));
    bool foreign = false;
    using Notification = CPtr<PGnotify, PQfreemem>;
    while (const Notification notification{PQnotifies(connection_.get())}) {
        ++received;
        foreign = foreign || notification->be_pid != own;
    }
    return foreign;
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
    connection_.execute(kind == Kind::snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                               : "BEGIN");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        connection_.execute("ROLLBACK");
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the pool sees that it is not
                                       // usable
    }
}

void Transaction::commit() {
    open_ = false;
    connection_.execute("COMMIT");
}

}  // namespace kalends::store
