#include "store/outgoing.hpp"

#include "store/database_private.hpp"
#include "store/outgoing_rows_private.hpp"

namespace kalends::store {
namespace {

const Statement hold_mail_sql{"hold_mail", R"sql(
    INSERT INTO mail_hold AS held (home_id, uid, since, due, known) VALUES ($1, $2, $3, $4, $5::bytea)
        ON CONFLICT (home_id, left(uid, 600))
        DO UPDATE SET due = greatest(held.due, least(excluded.due, held.since + $6::bigint)))sql"};

const Statement take_hold_sql{"take_hold", R"sql(
    DELETE FROM mail_hold WHERE home_id = $1 AND left(uid, 600) = left($2, 600) AND due <= $3
    RETURNING home_id, hold_id, uid, since, due, known)sql",
                              Format::binary};

const Statement due_holds_sql{"due_holds", R"sql(
    SELECT home_id, hold_id, uid, since, due, NULL::bytea FROM mail_hold WHERE due <= $1 ORDER BY due LIMIT $2)sql",
                              Format::binary};

const Statement holds_sql{"holds", R"sql(
    SELECT home_id, hold_id, uid, since, due, known FROM mail_hold WHERE $1::bigint = 0 OR home_id = $1::bigint
     ORDER BY due LIMIT $2)sql",
                          Format::binary};

#define OUTBOX_COLUMNS                                                                             \
    "m.home_id, m.mail_id, m.created, m.next_try, m.tries, m.forced, m.method, m.uid, m.sender, "  \
    "m.recipient, m.message_id, m.reason, m.problem, coalesce(m.status, ''), m.message"

const Statement claim_mails_sql{
    "claim_mails",
    "WITH chosen AS ("
    "    SELECT home_id, mail_id FROM mail_outbox m"
    "     WHERE next_try <= $1::bigint AND leased_until <= $1::bigint AND NOT EXISTS ("
    "         SELECT FROM mail_outbox earlier"
    "          WHERE earlier.home_id = m.home_id AND left(earlier.uid, 600) = left(m.uid, 600)"
    "            AND left(lower(earlier.recipient), 600) = left(lower(m.recipient), 600)"
    "            AND earlier.mail_id < m.mail_id)"
    "     ORDER BY next_try, mail_id LIMIT $3 FOR UPDATE SKIP LOCKED) "
    "UPDATE mail_outbox m SET leased_until = $1::bigint + $2::bigint FROM chosen "
    "WHERE m.home_id = chosen.home_id AND m.mail_id = chosen.mail_id RETURNING " OUTBOX_COLUMNS,
    Format::binary};

const Statement waiting_mails_sql{
    "waiting_mails",
    "SELECT " OUTBOX_COLUMNS " FROM mail_outbox m "
    "WHERE status IS NULL AND ($1::bigint = 0 OR home_id = $1::bigint) "
    "ORDER BY mail_id LIMIT $2",
    Format::binary};

const Statement told_sql{"told", R"sql(
    SELECT wanted.place, told.thread, told.message
      FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted (home_id, uid, recipient, place)
      CROSS JOIN LATERAL (
          SELECT thread, message FROM correspondence c
           WHERE c.home_id = wanted.home_id AND left(c.uid, 600) = left(wanted.uid, 600)
             AND left(lower(c.recipient), 600) = left(lower(wanted.recipient), 600) OFFSET 0) AS told)sql",
                         Format::binary};

const Statement put_off_mail_sql{"put_off_mail", R"sql(
    UPDATE mail_outbox SET next_try = $3, problem = $4, leased_until = 0, tries = tries + 1
     WHERE home_id = $1 AND mail_id = $2)sql"};

const Statement keep_mail_sql{"keep_mail", R"sql(
    UPDATE mail_outbox SET leased_until = $3 WHERE home_id = $1 AND mail_id = $2)sql"};

const Statement put_off_hold_sql{"put_off_hold", R"sql(
    UPDATE mail_hold SET due = $3 WHERE home_id = $1 AND hold_id = $2)sql"};

const Statement retry_outgoing_sql{"retry_outgoing", R"sql(
    WITH holds AS (UPDATE mail_hold SET due = 0 WHERE $1::bigint = 0 OR hold_id = $1::bigint RETURNING 1),
         mails AS (UPDATE mail_outbox SET next_try = 0 WHERE $1::bigint = 0 OR mail_id = $1::bigint RETURNING 1)
    SELECT FROM holds UNION ALL SELECT FROM mails)sql"};

const Statement settle_mail_sql{"settle_mail", R"sql(
    UPDATE mail_outbox SET status = $3, next_try = 0, leased_until = $4 WHERE home_id = $1 AND mail_id = $2)sql"};

const Statement remove_mail_sql{"remove_mail", R"sql(
    DELETE FROM mail_outbox WHERE home_id = $1 AND mail_id = $2)sql"};

const Statement end_mail_sql{"end_mail", R"sql(
    DELETE FROM mail_outbox m WHERE home_id = $1 AND mail_id = $2
    RETURNING NOT EXISTS (SELECT FROM mail_log later
                           WHERE later.home_id = $1 AND left(lower(later.address), 600) = left(lower($3), 600)
                             AND later.uid = m.uid AND later.mail_id > $2))sql"};

const Statement find_hold_sql{
    "find_hold",
    "SELECT home_id, hold_id, uid, since, due, known FROM mail_hold WHERE hold_id = $1",
    Format::binary};

const Statement hold_of_sql{"hold_of",
                            "SELECT home_id, hold_id, uid, since, due, known FROM mail_hold "
                            "WHERE home_id = $1 AND left(uid, 600) = left($2, 600)",
                            Format::binary};

const Statement find_outgoing_sql{"find_outgoing",
                                  "SELECT " OUTBOX_COLUMNS " FROM mail_outbox m WHERE mail_id = $1",
                                  Format::binary};

const Statement waiting_recipients_sql{"waiting_recipients", R"sql(
    SELECT recipient FROM mail_outbox WHERE home_id = $1 AND left(uid, 600) = left($2, 600))sql"};

const Statement drop_mail_sql{"drop_mail", R"sql(
    DELETE FROM mail_outbox WHERE home_id = $1 AND mail_id = $2 AND status IS NULL AND leased_until <= $3
    RETURNING 1)sql"};

const Statement remember_told_sql{"remember_told", R"sql(
    INSERT INTO correspondence AS c (home_id, uid, recipient, thread, told, message)
    VALUES ($1, $2, $3, $4, $5, $6::bytea)
        ON CONFLICT (home_id, left(uid, 600), left(lower(recipient), 600))
        DO UPDATE SET told = excluded.told, message = excluded.message)sql"};

const Statement begin_thread_sql{"begin_thread", R"sql(
    INSERT INTO correspondence (home_id, uid, recipient, thread, told) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (home_id, left(uid, 600), left(lower(recipient), 600)) DO UPDATE SET message = NULL)sql"};

#define LOG_COLUMNS                                                                                \
    "home_id, at, coalesce(mail_id, 0), incoming, method, uid, address, message_id, verdict, "     \
    "why, log_id"

const Statement write_mail_log_sql{"write_mail_log", R"sql(
    INSERT INTO mail_log (home_id, at, mail_id, incoming, kept, method, uid, address, message_id, verdict, why,
                          cancels, proven)
    VALUES ($1, $2, nullif($3::bigint, 0), $4, $5, $6, $7, $8, $9, $10, $11, nullif($12, ''), $13))sql"};

const Statement mail_log_sql{"mail_log", "SELECT " LOG_COLUMNS " FROM mail_log "
                                         "WHERE home_id = $1 ORDER BY log_id DESC LIMIT $2"};

const Statement find_sent_sql{"find_sent", "SELECT " LOG_COLUMNS " FROM mail_log "
                                           "WHERE mail_id = $1 ORDER BY log_id LIMIT 1"};

const Statement is_last_sent_sql{"is_last_sent", R"sql(
    SELECT NOT EXISTS (SELECT FROM mail_log
                        WHERE home_id = $1 AND left(lower(address), 600) = left(lower($2), 600)
                          AND uid = $3 AND mail_id > $4))sql"};

const Statement mail_history_sql{"mail_history", R"sql(
    SELECT coalesce(bool_or(message_id = $3 AND $3 <> '' AND (proven OR NOT $6::boolean)), false),
           count(*) FILTER (WHERE at >= $4 AND proven),
           (SELECT count(*) FROM mail_log WHERE home_id = $1 AND at >= $4 AND incoming AND kept),
           coalesce(bool_or(verdict = 'applied'), false)
           OR EXISTS (SELECT FROM correspondence
                       WHERE home_id = $1 AND lower(recipient) = 'mailto:' || lower($2)),
           coalesce(max(cancels) FILTER (WHERE uid = $5), '')
      FROM mail_log
     WHERE home_id = $1 AND incoming AND left(lower(address), 600) = left(lower($2), 600))sql"};

const Statement prune_mail_log_sql{"prune_mail_log", R"sql(
    WITH gone AS (DELETE FROM mail_log WHERE at < $1 RETURNING 1) SELECT count(*) FROM gone)sql"};

const Statement prune_correspondence_sql{"prune_correspondence", R"sql(
    WITH gone AS (DELETE FROM correspondence WHERE told < $1 RETURNING 1) SELECT count(*) FROM gone)sql"};

MailHold hold_of(const Result& rows, int row) {
    MailHold hold{.home = {rows.number(row, 0)},
                  .id = rows.number(row, 1),
                  .uid = rows.string(row, 2),
                  .since = rows.number(row, 3),
                  .due = rows.number(row, 4),
                  .known = std::nullopt};
    if (!rows.is_null(row, 5)) hold.known = rows.string(row, 5);
    return hold;
}

std::vector<MailHold> holds_of(const Result& rows) {
    std::vector<MailHold> all;
    all.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) all.push_back(hold_of(rows, row));
    return all;
}

std::vector<OutboxMail> mails_of(const Result& rows) {
    std::vector<OutboxMail> mails(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) {
        auto& mail = mails[static_cast<std::size_t>(row)];
        mail.home = {rows.number(row, 0)};
        mail.id = rows.number(row, 1);
        mail.created = rows.number(row, 2);
        mail.next_try = rows.number(row, 3);
        mail.tries = static_cast<int>(rows.number(row, 4));
        mail.forced = rows.boolean(row, 5);
        auto column = 6;
        for (auto* field :
             {&mail.method, &mail.uid, &mail.sender, &mail.recipient, &mail.message_id,
              &mail.reason, &mail.problem, &mail.status, &mail.message})
            *field = rows.string(row, column++);
    }
    return mails;
}

MailLogEntry entry_of(const Result& rows, int row) {
    MailLogEntry entry;
    entry.home = {rows.number(row, 0)};
    entry.at = rows.number(row, 1);
    entry.mail = rows.number(row, 2);
    entry.incoming = rows.boolean(row, 3);
    auto column = 4;
    for (auto* field :
         {&entry.method, &entry.uid, &entry.address, &entry.message_id, &entry.verdict, &entry.why})
        *field = rows.string(row, column++);
    entry.id = rows.number(row, column);
    return entry;
}

std::size_t count(const Result& rows) { return static_cast<std::size_t>(rows.number(0, 0)); }

void fill_in_told(Connection& connection, std::vector<OutboxMail>& mails) {
    if (mails.empty()) return;
    ArrayText homes, uids, recipients;
    for (const auto& mail : mails) {
        homes.add(mail.home.value);
        uids.add(std::string_view{mail.uid});
        recipients.add(std::string_view{mail.recipient});
    }
    const auto rows = connection.run(told_sql, homes, uids, recipients);
    for (int row = 0; row < rows.rows(); ++row) {
        auto& mail = mails[static_cast<std::size_t>(rows.number(row, 0) - 1)];
        mail.thread = rows.string(row, 1);
        if (!rows.is_null(row, 2)) mail.known = rows.string(row, 2);
    }
}

}  // namespace

void hold_mail(Connection& connection, const MailHold& hold, std::int64_t latest) {
    connection.run(hold_mail_sql, hold.home, hold.uid, hold.since, hold.due, hold.known, latest);
}

std::optional<MailHold> take_hold(Connection& connection, PrincipalId home, std::string_view uid,
                                  std::int64_t time) {
    const auto rows = connection.run(take_hold_sql, home, uid, time);
    if (rows.empty()) return std::nullopt;
    return hold_of(rows, 0);
}

void begin_thread(Connection& connection, PrincipalId home, std::string_view uid,
                  std::string_view recipient, std::string_view message_id, std::int64_t time) {
    connection.run(begin_thread_sql, home, uid, recipient, message_id, time);
}

void write_mail_log(Connection& connection, const MailLogEntry& entry) {
    connection.run(write_mail_log_sql, entry.home, entry.at, entry.mail, entry.incoming, entry.kept,
                   entry.method, entry.uid, entry.address, entry.message_id, entry.verdict,
                   entry.why, entry.cancels, entry.proven);
}

std::vector<MailHold> due_holds(Database& db, std::int64_t time, std::size_t limit) {
    return holds_of(reading(db.inner(), [&](Connection& connection) {
        return connection.run(due_holds_sql, time, limit);
    }));
}

std::vector<MailHold> holds(Database& db, PrincipalId home, std::size_t limit) {
    return holds_of(reading(db.inner(), [&](Connection& connection) {
        return connection.run(holds_sql, home, limit);
    }));
}

std::vector<OutboxMail> claim_mails(Database& db, std::int64_t now, std::int64_t lease,
                                    std::size_t limit) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        auto mails = mails_of(connection.run(claim_mails_sql, now, lease, limit));
        fill_in_told(connection, mails);
        return mails;
    });
}

std::vector<OutboxMail> waiting_mails(Database& db, PrincipalId home, std::size_t limit) {
    return reading(db.inner(), [&](Connection& connection) {
        auto mails = mails_of(connection.run(waiting_mails_sql, home, limit));
        fill_in_told(connection, mails);
        return mails;
    });
}

void put_off_mail(Database& db, const OutboxMail& mail, std::int64_t next_try,
                  std::string_view problem) {
    writing(db.inner(), mail.home, [&](Connection& connection) {
        connection.run(put_off_mail_sql, mail.home, mail.id, next_try, problem);
    });
}

void give_back_mail(Database& db, const OutboxMail& mail) { keep_mail(db, mail, 0); }

void keep_mail(Database& db, const OutboxMail& mail, std::int64_t until) {
    writing(db.inner(), mail.home, [&](Connection& connection) {
        connection.run(keep_mail_sql, mail.home, mail.id, until);
    });
}

void put_off_hold(Database& db, const MailHold& hold, std::int64_t due) {
    writing(db.inner(), hold.home, [&](Connection& connection) {
        connection.run(put_off_hold_sql, hold.home, hold.id, due);
    });
}

bool end_mail(Connection& connection, PrincipalId home, std::int64_t mail,
              std::string_view address) {
    const auto rows = connection.run(end_mail_sql, home, mail, address);
    return !rows.empty() && rows.boolean(0, 0);
}

std::vector<std::string> waiting_recipients(Connection& connection, PrincipalId home,
                                            std::string_view uid) {
    const auto rows = connection.run(waiting_recipients_sql, home, uid);
    std::vector<std::string> recipients;
    recipients.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) recipients.push_back(rows.string(row, 0));
    return recipients;
}

bool drop_mail(Connection& connection, PrincipalId home, std::int64_t mail, std::int64_t now) {
    return !connection.run(drop_mail_sql, home, mail, now).empty();
}

void remove_mail(Database& db, const OutboxMail& mail) {
    writing(db.inner(), mail.home,
            [&](Connection& connection) { connection.run(remove_mail_sql, mail.home, mail.id); });
}

void settle_mail(Database& db, const OutboxMail& mail, const MailLogEntry& entry,
                 std::string_view status, bool handed_on, std::int64_t patience) {
    writing(db.inner(), mail.home, [&](Connection& connection) {
        Transaction transaction{connection};
        connection.run(settle_mail_sql, mail.home, mail.id, status, entry.at + patience);
        if (handed_on)
            connection.run(remember_told_sql, mail.home, mail.uid, mail.recipient, entry.message_id,
                           entry.at, mail.message);
        write_mail_log(connection, entry);
        transaction.commit();
    });
}

bool is_last_sent(Database& db, const MailLogEntry& sent) {
    return reading(db.inner(), [&](Connection& connection) {
        return connection.run(is_last_sent_sql, sent.home, sent.address, sent.uid, sent.mail)
            .boolean(0, 0);
    });
}

std::size_t retry_outgoing(Database& db, std::int64_t id) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        return static_cast<std::size_t>(connection.run(retry_outgoing_sql, id).rows());
    });
}

std::optional<MailHold> find_hold(Database& db, std::int64_t id) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(find_hold_sql, id); });
    if (rows.empty()) return std::nullopt;
    return hold_of(rows, 0);
}

std::optional<MailHold> find_hold(Database& db, PrincipalId home, std::string_view uid) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(hold_of_sql, home, uid); });
    if (rows.empty()) return std::nullopt;
    return hold_of(rows, 0);
}

std::optional<OutboxMail> find_outgoing(Database& db, std::int64_t id) {
    auto mails = mails_of(reading(
        db.inner(), [&](Connection& connection) { return connection.run(find_outgoing_sql, id); }));
    if (mails.empty()) return std::nullopt;
    return std::move(mails.front());
}

void log_mail(Database& db, const MailLogEntry& entry) {
    writing(db.inner(), entry.home,
            [&](Connection& connection) { write_mail_log(connection, entry); });
}

std::vector<MailLogEntry> mail_log(Database& db, PrincipalId home, std::size_t limit) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(mail_log_sql, home, limit);
    });
    std::vector<MailLogEntry> entries;
    entries.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) entries.push_back(entry_of(rows, row));
    return entries;
}

std::optional<MailLogEntry> find_sent(Database& db, std::int64_t mail) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(find_sent_sql, mail); });
    if (rows.empty()) return std::nullopt;
    return entry_of(rows, 0);
}

MailHistory mail_history(Database& db, PrincipalId home, std::string_view address,
                         std::string_view message_id, std::string_view uid, std::int64_t since,
                         bool is_proven) {
    if (!is_storable(address) || !is_storable(message_id) || !is_storable(uid)) return {};
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(mail_history_sql, home, address, message_id, since, uid, is_proven);
    });
    return {.came_before = rows.boolean(0, 0),
            .recent = rows.number(0, 1),
            .kept = rows.number(0, 2),
            .has_met = rows.boolean(0, 3),
            .cancelled = rows.string(0, 4)};
}

std::size_t prune_mail_log(Database& db, std::int64_t before) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        return count(connection.run(prune_mail_log_sql, before));
    });
}

std::size_t prune_correspondence(Database& db, std::int64_t before) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        return count(connection.run(prune_correspondence_sql, before));
    });
}

}  // namespace kalends::store
