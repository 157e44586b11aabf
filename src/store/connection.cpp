#include "base/text.hpp"
#include "store/connection_private.hpp"

#include <limits>
#include <poll.h>
#include <vector>

namespace kalends::store {
namespace {

/// All our statements are meant to be served by an index: a plan made while a table was still empty
/// must not read a full one from end to end later, and planning each time costs more than most
/// statements.
constexpr const char* session_settings = R"sql(
    SET enable_seqscan = off;
    SET plan_cache_mode = force_generic_plan;
    SET jit = off;
    SET client_min_messages = warning;
    SET TIME ZONE 'UTC';
    SET statement_timeout = )sql";

std::string message_of(const char* raw) {
    return text::printable(text::trim(raw == nullptr ? "" : raw), 500);
}

void ignore_notice(void* /*context*/, const PGresult* /*notice*/) {}

/// Parameters as libpq wants them.
struct Arguments {
    explicit Arguments(std::span<const Parameter> parameters) {
        for (const auto& parameter : parameters) {
            if (parameter.length() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
                throw std::length_error("a value is too long for PostgreSQL");
            values.push_back(parameter.data());
            lengths.push_back(static_cast<int>(parameter.length()));
            formats.push_back(parameter.binary() ? 1 : 0);
        }
    }
    [[nodiscard]] int count() const { return static_cast<int>(values.size()); }
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
};

/// libpq's pipeline mode: statements are sent without waiting, and what stands before a sync is one
/// transaction. https://www.postgresql.org/docs/15/libpq-pipeline-mode.html
class Pipeline {
public:
    explicit Pipeline(PGconn* connection) : connection_(connection) {
        PQenterPipelineMode(connection_);
    }
    ~Pipeline() { PQexitPipelineMode(connection_); }
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

private:
    PGconn* connection_;
};

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

std::int64_t Result::number(int row, int column) const {
    const auto digits = text(row, column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
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
    const Arguments arguments{parameters};
    return checked(PQexecPrepared(connection_.get(), statement.name(), arguments.count(),
                                  arguments.values.data(), arguments.lengths.data(),
                                  arguments.formats.data(), 0));
}

std::vector<Result> Connection::run_together(std::span<const Call> calls) {
    const Pipeline pipeline{connection_.get()};
    for (const auto& [statement, parameters] : calls) {
        const Arguments arguments{parameters};
        if (PQsendQueryPrepared(connection_.get(), statement->name(), arguments.count(),
                                arguments.values.data(), arguments.lengths.data(),
                                arguments.formats.data(), 0) == 0)
            lost();
    }
    if (PQpipelineSync(connection_.get()) == 0) lost();

    std::vector<Result> results;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        auto* raw = PQgetResult(connection_.get());
        if (raw == nullptr) lost();
        try {
            if (failure)
                PQclear(raw);  // aborted with the one that failed
            else
                results.push_back(checked(raw));
        } catch (const SqlError&) {
            failure = std::current_exception();
        }
        if (auto* end = PQgetResult(connection_.get()); end != nullptr) {
            PQclear(end);
            lost();
        }
    }
    const Result sync{PQgetResult(connection_.get())};
    if (PQstatus(connection_.get()) != CONNECTION_OK) lost();
    if (failure) std::rethrow_exception(failure);
    return results;
}

void Connection::lost() {
    throw ConnectionLost("connection to PostgreSQL lost: " +
                         message_of(PQerrorMessage(connection_.get())));
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
