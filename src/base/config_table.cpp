// Every setting, one row each.

#include "base/config_private.hpp"

namespace kalends {
namespace {

// The name of a setting is the path of its field: `http.max_body` is Config::http.max_body.
#define SETTING(path)                                                                              \
#path, +[](Config & config) -> auto& { return config.path; }
#define LISTENER(path)                                                                             \
#path, +[](Listener & listener) -> auto& { return listener.path; }

constexpr Section sections[] = {
    {"server", "Who this server is."},
    {"listen",
     "An address to answer on. The section may be repeated, as [[listen]], once for each "
     "address; without any, the server answers on 127.0.0.1 port 8008 without TLS. Sockets "
     "that systemd hands over (socket activation) are used instead, in the same order."},
    {"database",
     "Where everything is kept: a PostgreSQL of yours, or one that Kalends runs itself."},
    {"http", "Limits of connections and requests. What breaks one gets a clear answer: 431 for a "
             "header, 413 for a body, 408 for a request that does not arrive, 503 when there are "
             "too many."},
    {"workers",
     "Requests that need the database run in four lanes, each with threads of its own, so "
     "that one kind of work can't starve another. When a lane's queue is full, a request is "
     "answered with 503 and Retry-After."},
    {"xml", "Limits of XML in requests."},
    {"auth", "Logins."},
    {"oidc",
     "Logins by tokens of an OpenID Connect issuer, such as Keycloak or Dex (Bearer, RFC 6750). "
     "docs/login.md has examples."},
    {"certificates", "Logins by certificates of clients, where an address has tls_client_ca."},
    {"ldap", "A directory of users, groups, rooms and resources: OpenLDAP, FreeIPA, 389, Active "
             "Directory. Accounts made by kalends user add live beside it, and win over it. "
             "docs/ldap.md has an example for each; kalends ldap test says what is wrong."},
    {"dav", "Limits of calendars and address books. Clients can read most of them as properties."},
    {"scheduling",
     "Meetings: what becomes of invitations and answers (RFC 6638), and when people are free."},
    {"mail",
     "Meetings with people who have no account here: they get an ordinary mail (iMIP, RFC 6047). "
     "docs/mail.md shows how to plug it into Postfix and Dovecot; kalends mail test sends a "
     "probe."},
    {"files", "Plain files (WebDAV)."},
    {"cache", "What is kept in memory."},
    {"audit", "What is kept of logins, changes of access, and deletions; kalends audit shows it."},
    {"log", "What is written to standard error: one line an event, key=value."},
};

// clang-format off
constexpr Setting<Config> settings[] = {
    // name and field                            default      range          sentence
    {SETTING(server.name), "", "", "The public host name of the server, for which kalends doctor looks in the certificates. Empty: none."},
    {SETTING(server.default_time_zone), "UTC", "", "The time zone in which floating times are read when neither the request, nor the calendar, nor the account of its owner names one."},
    {SETTING(server.tzdata), "/usr/share/zoneinfo", "", "The directory of the time zone database (Debian: package tzdata)."},
    {SETTING(server.user), "", "", "When started as root, the account that the server and the embedded PostgreSQL run as. Empty: the first that exists of kalends, postgres, nobody."},

    {SETTING(database.dsn), "", "", "Connection string of an existing PostgreSQL (15 or later), for example \"host=/run/postgresql dbname=kalends\". Empty: Kalends runs a private PostgreSQL itself, below database.directory."},
    {SETTING(database.directory), "/var/lib/kalends", "", "Data directory of the embedded PostgreSQL. Not used when database.dsn is set."},
    {SETTING(database.programs), "/usr/lib/postgresql/15/bin", "", "Where initdb and postgres are, for the embedded PostgreSQL."},
    {SETTING(database.shared_buffers_mb), "96", "16 .. 65536", "Megabytes that the embedded PostgreSQL keeps for its own cache."},
    {SETTING(database.connections), "52", "4 .. 1000", "Connections to PostgreSQL, at most. One for each worker thread, mail.at_once, and two for background work are enough."},
    {SETTING(database.connect_timeout), "5 s", "1 s .. 5 min", "How long to wait for a connection before the answer is 503."},
    {SETTING(database.statement_timeout), "30 s", "1 s .. 1 h", "A statement that takes longer is cancelled, and the request is answered with 503."},

    {SETTING(http.network_threads), "0", "0 .. 64", "Threads that read and write the network and answer from memory. 0: one for each processor, at most 4."},
    {SETTING(http.max_connections), "4096", "1 .. 1000000", "Connections in all. Further ones are closed at once."},
    {SETTING(http.max_connections_per_address), "256", "1 .. 1000000", "Connections of one client address. Addresses of trusted proxies are not counted."},
    {SETTING(http.max_header), "32 KB", "4 KB .. 1 MB", "Size of the request line and all header fields together; more is answered with 431."},
    {SETTING(http.max_body), "20 MB", "64 KB .. 1 GB", "Size of a request's body; more is answered with 413. It must not be below dav.max_resource_size."},
    {SETTING(http.max_body_in_all), "256 MB", "1 MB .. 100 GB", "Bodies that are in memory at the same time, of all requests together; more is answered with 503."},
    {SETTING(http.spool_directory), "/var/tmp", "", "Where the body of an upload is kept while it arrives, if it is too large for memory: in a file without a name, of which nothing remains afterwards. It must be writable for the account that the server runs as."},
    {SETTING(http.max_spooled_body), "4 GB", "1 MB .. 10000 GB", "Size of a body that is kept in a file; more is answered with 413. Where that is allowed, http.max_body does not apply."},
    {SETTING(http.max_spooled_in_all), "16 GB", "1 MB .. 100000 GB", "Bodies that are in files at the same time, of all requests together; more is answered with 503. A full disk is answered with 507."},
    {SETTING(http.header_timeout), "15 s", "1 s .. 10 min", "Time for a request's header to arrive, from its first byte, and for a TLS handshake."},
    {SETTING(http.body_timeout), "60 s", "1 s .. 1 h", "Time for a request's body to arrive."},
    {SETTING(http.idle_timeout), "2 min", "1 s .. 1 h", "How long a connection may be idle between two requests."},
    {SETTING(http.write_timeout), "60 s", "1 s .. 1 h", "How long a client may take to accept the next piece of an answer."},
    {SETTING(http.drain_timeout), "20 s", "1 s .. 10 min", "After SIGTERM, how long requests that have begun may take before their connections are cut."},
    {SETTING(http.gzip), "true", "", "Compress large answers for clients that accept it."},
    {SETTING(http.gzip_min), "4 KB", "256 B .. 10 MB", "Answers below this size are not compressed."},
    {SETTING(http.trusted_proxies), "", "", "Addresses and networks of reverse proxies, such as [\"127.0.0.1\", \"10.0.0.0/8\"]. Only from these are X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host believed."},

    {SETTING(workers.read), "4", "1 .. 256", "Threads for requests that read."},
    {SETTING(workers.read_queue), "2000", "1 .. 100000", "Reading requests that may wait."},
    {SETTING(workers.write), "32", "1 .. 256", "Threads for requests that write. More than there are processors is right: they mostly wait, and those that wait share a transaction."},
    {SETTING(workers.write_queue), "2000", "1 .. 100000", "Writing requests that may wait."},
    {SETTING(workers.report), "3", "1 .. 256", "Threads for reports: queries, synchronisation, listings."},
    {SETTING(workers.report_queue), "2000", "1 .. 100000", "Reports that may wait."},
    {SETTING(workers.login), "4", "1 .. 64", "Threads that check passwords which are not remembered yet: about 13 ms of a processor each, or waiting for a directory."},
    {SETTING(workers.login_queue), "2000", "1 .. 100000", "Logins that may wait."},
    {SETTING(workers.guest), "2", "1 .. 64", "Threads for the pages on which people without an account answer invitations (mail.answer_url): however often they are looked at, users don't wait for them."},
    {SETTING(workers.guest_queue), "200", "1 .. 100000", "Requests of such people that may wait."},

    {SETTING(xml.max_depth), "64", "16 .. 1000", "How deep elements may be nested."},
    {SETTING(xml.max_size), "4 MB", "64 KB .. 100 MB", "Size of an XML body."},

    {SETTING(auth.realm), "Kalends", "", "The realm that clients show when they ask for a password."},
    {SETTING(auth.remember), "10 min", "0 s .. 24 h", "How long a password that was right is remembered, so that the next request need not hash it again. A changed password and a disabled account end it at once."},
    {SETTING(auth.remember_in_outage), "1 d", "0 s .. 30 d", "The same while a directory, or whoever else knows, can't be reached: who has logged in before goes on working so long."},
    {SETTING(auth.remember_max), "20000", "100 .. 10000000", "How many are remembered."},
    {SETTING(auth.free_failures), "5", "1 .. 100000", "Wrong passwords in a row, for one login or from one address, that cost nothing. After these, each further one makes the next try wait longer (429 with Retry-After)."},
    {SETTING(auth.max_delay), "5 min", "1 s .. 24 h", "The longest that a try has to wait."},
    {SETTING(auth.failure_time), "300 ms", "0 ms .. 5 s", "How long the answer to a wrong password takes at least, so that its time does not tell whether there is such an account. Nothing waits meanwhile but this client."},
    {SETTING(auth.plain), "loopback", "never | loopback | anywhere", "From where a password may come without TLS. A reverse proxy that speaks TLS must be in http.trusted_proxies and send X-Forwarded-Proto."},
    {SETTING(auth.command), "", "", "A program that checks passwords which no other way knows, with its arguments, such as [\"/usr/local/lib/check\", \"/bin/true\"]: it reads login, password and time, each with a NUL behind it, from file descriptor 3, and ends with 0 for right, 1 for wrong, 111 for a failure (the interface of checkpassword). Accounts must exist here. Empty: none."},
    {SETTING(auth.command_timeout), "10 s", "1 s .. 5 min", "How long auth.command may take; then it is killed, with all that it has started."},
    {SETTING(auth.command_at_once), "4", "1 .. 64", "How many of auth.command may run at the same time."},

    {SETTING(oidc.issuer), "", "", "The issuer whose tokens are taken, to the letter as it calls itself: \"https://login.example.com/realms/staff\". Empty: no tokens."},
    {SETTING(oidc.check), "keys", "keys | introspection | both", "How a token is checked: by the issuer's keys, here (JWT); by asking the issuer about each (RFC 7662); or by keys where it is a JWT of this issuer, else by asking."},
    {SETTING(oidc.audience), "", "", "A token must be for one of these (\"aud\"). One of oidc.audience and oidc.clients must be set, so that a token made for another service opens nothing here."},
    {SETTING(oidc.clients), "", "", "A token must have been issued to one of these clients (\"azp\" or \"client_id\"). If oidc.audience is set too, both must hold."},
    {SETTING(oidc.login_claims), "preferred_username, username, email", "", "What in a token says whose it is: the first of these that it has. It must be the login or an address of an account. \"email\" counts only where the issuer says that it is verified."},
    {SETTING(oidc.scope), "", "", "The scope that a token must have. Empty: none."},
    {SETTING(oidc.read_scope), "", "", "The scope of tokens that may read and not write, where they lack oidc.scope. Empty: none."},
    {SETTING(oidc.keys_url), "", "", "Where the issuer's keys are (JWKS). Empty: it says so itself, at /.well-known/openid-configuration."},
    {SETTING(oidc.introspection_url), "", "", "Where the issuer is asked about tokens. Empty: it says so itself."},
    {SETTING(oidc.client_id), "", "", "As whom the issuer is asked about tokens."},
    {SETTING(oidc.client_secret_file), "", "", "A file with the secret of oidc.client_id on its first line, read at the start."},
    {SETTING(oidc.ca_file), "", "", "PEM file with the authorities that the issuer's certificate may be of. Empty: those of the system."},
    {SETTING(oidc.timeout), "5 s", "100 ms .. 1 min", "How long an answer of the issuer may take."},
    {SETTING(oidc.leeway), "1 min", "0 s .. 10 min", "How far the issuer's clock and ours may be apart."},
    {SETTING(oidc.keep_keys), "1 d", "1 h .. 30 d", "How long keys go on working while the issuer can't be reached. They are fetched again each hour, and when a token has a new one."},

    {SETTING(certificates.login), "san-email", "san-email | san-upn | cn | uid", "What in a certificate says whose it is: its mail address (rfc822Name), its user principal name (Active Directory), or the CN or UID of its subject. The first must be an address of an account, the others the login or an address."},

    {SETTING(ldap.uri), "", "", "The servers, such as [\"ldaps://ldap1.example.com\", \"ldaps://ldap2.example.com\"], tried in this order; ldapi:// for a unix socket. Empty: there is no directory."},
    {SETTING(ldap.profile), "openldap", "openldap | freeipa | ad", "What kind of server it is, and so the filters and attributes below that are not set. 389 Directory Server: freeipa. Samba: ad."},
    {SETTING(ldap.base), "", "", "The entry below which everything is: \"dc=example,dc=com\"."},
    {SETTING(ldap.people_base), "", "", "The entry below which people are, where that is not ldap.base. Likewise the next two."},
    {SETTING(ldap.group_base), "", "", "The entry below which groups are."},
    {SETTING(ldap.room_base), "", "", "The entry below which rooms and resources are."},
    {SETTING(ldap.bind_dn), "", "", "Who the server searches as; it must be allowed to read all that is meant, without a limit of size. Empty: anonymously."},
    {SETTING(ldap.bind_password), "", "", "The password of ldap.bind_dn. It is better in a file, ldap.bind_password_file."},
    {SETTING(ldap.bind_password_file), "", "", "The file whose first line is the password of ldap.bind_dn."},
    {SETTING(ldap.sasl_external), "false", "", "Be who the system says that we are (SASL EXTERNAL), on a unix socket (ldapi), instead of ldap.bind_dn."},
    {SETTING(ldap.start_tls), "false", "", "Begin TLS on connections to ldap:// addresses (StartTLS)."},
    {SETTING(ldap.ca_file), "/etc/ssl/certs/ca-certificates.crt", "", "PEM file of the authorities that may have signed the servers' certificates."},
    {SETTING(ldap.check_certificate), "true", "", "Refuse a server whose certificate is not signed by one of these, has expired, or is of another host. Without it, anybody on the way reads all passwords."},
    {SETTING(ldap.timeout), "5 s", "100 ms .. 2 min", "How long the directory may take for a login, connecting included, and for each page of a synchronisation. Several servers share it."},
    {SETTING(ldap.connections), "4", "1 .. 100", "Logins that are asked of the directory at the same time; more wait."},
    {SETTING(ldap.sync_interval), "30 s", "1 s .. 1 d", "How often the directory is compared. One that tells of changes (RFC 4533) is compared at once, too."},
    {SETTING(ldap.max_gone_percent), "20", "0 .. 100", "If more people than that (and more than ten), or all of a kind, are missing in the directory, nobody is disabled, and the log says so: kalends ldap sync --accept-missing."},
    {SETTING(ldap.user_filter), "", "", "Which entries are users. Empty, here and below: as ldap.profile says."},
    {SETTING(ldap.group_filter), "", "", "Which entries are groups."},
    {SETTING(ldap.room_filter), "", "", "Which entries are rooms, such as \"(&(objectClass=calendarResource)(kind=location))\". Empty: none."},
    {SETTING(ldap.resource_filter), "", "", "Which entries are other things that are booked. Empty: none."},
    {SETTING(ldap.login_attributes), "", "", "The first is a user's login; any of them, and any address, can be typed."},
    {SETTING(ldap.group_login_attribute), "", "", "The name of a group, and of a room that has no login."},
    {SETTING(ldap.uuid_attribute), "", "", "What identifies an entry for ever, also after it is renamed."},
    {SETTING(ldap.name_attributes), "", "", "The name that others see: the first of them that an entry has."},
    {SETTING(ldap.mail_attributes), "", "", "Where addresses are: all values of all of them."},
    {SETTING(ldap.member_attributes), "", "", "Who is in a group: DNs, or logins in memberUid."},
    {SETTING(ldap.locale_attribute), "", "", "The preferred language."},
    {SETTING(ldap.time_zone_attribute), "", "", "The name of the time zone. No profile has one."},
    {SETTING(ldap.photo_attribute), "", "", "The photo."},

    {SETTING(dav.max_resource_size), "10 MB", "10 KB .. 1 GB", "Size of one event, task or contact (CalDAV and CardDAV max-resource-size)."},
    {SETTING(dav.max_instances), "10000", "100 .. 1000000", "Occurrences of one event that a client may have expanded, and changed ones that an event may have; more is refused (CalDAV max-instances)."},
    {SETTING(dav.max_attendees), "1000", "1 .. 100000", "Attendees of one event (CalDAV max-attendees-per-instance)."},
    {SETTING(dav.max_multiget), "5000", "10 .. 1000000", "Members that one multiget may ask for."},
    {SETTING(dav.sync_history), "180 d", "1 d .. 3650 d", "How long a client may stay away before it has to synchronise from the beginning: what was deleted is remembered so long."},
    {SETTING(dav.max_collections), "500", "3 .. 100000", "Calendars, address books and folders in one home, those that others share not counted."},
    {SETTING(dav.max_shared), "500", "1 .. 100000", "Calendars and address books that others share with one user, and that are shown in the user's own home; of more, those that were made first."},
    {SETTING(dav.max_lock_time), "1 d", "1 min .. 365 d", "How long a lock may last that a client does not renew; who asks for longer gets this (RFC 4918 10.7)."},
    {SETTING(dav.max_locks), "1000", "10 .. 100000", "Locks at the same time in one home; more are refused with 507."},
    {SETTING(dav.min_search), "1", "1 .. 10", "Characters that people, groups and rooms are searched by at least, when somebody is invited. In a large company 2 or 3 spare everybody long lists."},
    {SETTING(dav.max_found), "500", "10 .. 10000", "People, groups and rooms that one search finds at most; the answer says when there are more."},
    {SETTING(dav.max_aces), "1000", "10 .. 100000", "Access control entries that a client may set on one resource (WebDAV limited-number-of-aces)."},
    {SETTING(dav.quota), "0 B", "0 B .. 10000 GB", "Size of all that one home holds (RFC 4331). 0 B: no limit."},

    {SETTING(scheduling.enabled), "true", "", "Send invitations, answers and cancellations when a meeting is stored, changed or deleted. false: calendars only store them."},
    {SETTING(scheduling.at_once), "60", "0 .. 10000", "Calendars of others that are written to before the answer to a request: the rest follows in the background, with the same result."},
    {SETTING(scheduling.follow_groups), "true", "", "Who comes to a group is invited to the meetings to come that the group is invited to, and they are cancelled for who leaves it, within half a minute. false: not before the organizer changes the meeting."},
    {SETTING(scheduling.keep_inbox), "90 d", "1 d .. 3650 d", "How long a message stays in an inbox that no client clears away. The meetings themselves are in the calendars."},
    {SETTING(scheduling.domains), "", "", "Mail domains whose people are all in the directory: another address in them is answered with SCHEDULE-STATUS 3.7 (no such user) instead of being sent a mail."},
    {SETTING(scheduling.free_busy_urls), "public", "never | public | anywhere", "Whose published free/busy (FBURL, RFC 2739) is read when somebody looks for a time to meet people without an account here. public: at https addresses of the internet, and directly, through no proxy. anywhere: also in private networks and on this machine; whoever has an account can make the server ask there. never: nobody's."},
    {SETTING(scheduling.free_busy_past), "7 d", "0 s .. 180 d", "What https://server/freebusy/jane.ifb tells where its reader does not say: busy times from so many days before today."},
    {SETTING(scheduling.free_busy_ahead), "60 d", "1 d .. 180 d", "The same page's end: so many days after today. The page is told to those who may see it: colleagues, and everybody where the owner's access control grants schedule-query-freebusy or read-free-busy to all."},

    {SETTING(mail.route), "none", "none | sendmail | smtp | lmtp | command", "How invitations to people without an account leave: by the program mail.sendmail, by SMTP or LMTP to mail.server, or by the program mail.command. none: they are told nothing, and the organizer sees SCHEDULE-STATUS 5.2 (no way to deliver)."},
    {SETTING(mail.sendmail), "/usr/sbin/sendmail", "", "The sendmail of the mail system on this machine."},
    {SETTING(mail.server), "127.0.0.1:587", "", "The mail server, as host:port, or unix:/path for a socket. For SMTP its submission port."},
    {SETTING(mail.tls), "starttls", "none | starttls | implicit", "Encryption on the way to mail.server. starttls and implicit check its certificate. A password is sent without encryption to this machine only."},
    {SETTING(mail.user), "", "", "The account for mail.server, which must be allowed to send in everybody's name. Empty: without a login."},
    {SETTING(mail.password_file), "", "", "A file with its password on the first line, read at the start."},
    {SETTING(mail.ca_file), "", "", "PEM file with the authorities that the certificate of mail.server may be of. Empty: those of the system."},
    {SETTING(mail.command), "", "", "A program with its arguments, such as [\"/usr/local/lib/send\", \"--now\"]: it gets the sender and the recipient as two further arguments (and as KALENDS_SENDER and KALENDS_RECIPIENT), the message on standard input, and ends with a code of sysexits.h: 0 for taken, 75 for later."},
    {SETTING(mail.domains), "", "", "Mail domains in whose names this server may send. The invitation of who has an address in another one comes from mail.address and is answered to him (Reply-To), since his domain's DMARC policy would have it refused. Empty: every domain."},
    {SETTING(mail.address), "", "", "Who sends for those outside mail.domains, for example \"calendar@example.com\". Empty: they are named as senders all the same."},
    {SETTING(mail.bounces), "", "", "Where reports of failed deliveries go, for example \"calendar-bounce@example.com\": they come back to calendar-bounce+17-1a2b3c4d@example.com, and the organizer's calendar shows them (docs/mail.md). Empty: to the organizer's mailbox."},
    {SETTING(mail.hold), "30 s", "0 s .. 1 h", "People outside are told of a meeting when it has not changed for so long: they get the last state once, and nothing where it is again what they know."},
    {SETTING(mail.hold_at_most), "5 min", "0 s .. 24 h", "But not later than this after the first change, however long the editing goes on."},
    {SETTING(mail.send_timeout), "30 s", "1 s .. 10 min", "How long handing on one message may take; a program that takes longer is killed, with all that it has started. By SMTP and LMTP, what became of a message that was handed over is waited for ten minutes longer."},
    {SETTING(mail.give_up_after), "2 d", "1 min .. 30 d", "How long a message is tried again while the mail system does not take it. Then the organizer sees SCHEDULE-STATUS 5.1."},
    {SETTING(mail.at_once), "4", "1 .. 64", "Messages that are handed on at the same time. Each needs a connection to the database now and then (database.connections)."},
    {SETTING(mail.language), "en", "", "The language of messages of those who have none in the directory: de, en, es, fr, sv, or one in mail.words."},
    {SETTING(mail.words), "", "", "A folder with texts of your own, which take the place of those that come along: sentences by language (de.json), letter.txt, letter.html. docs/mail.md says how. Empty: none."},
    {SETTING(mail.keep_log), "90 d", "1 d .. 3650 d", "How long kalends mail log knows what became of a mail. What people outside were told last of a meeting is known a year longer."},
    {SETTING(mail.spool), "", "", "The folder into which kalends imip puts mail that the mail system hands over, for example \"/var/spool/kalends\". It is made where it is missing. Empty: invitations and answers that come by mail stay mail."},
    {SETTING(mail.spool_users), "kalends, vmail, dovecot, postfix", "", "Accounts of the mail system, under which it runs kalends imip, by name or number: what others put into mail.spool is not read, so that nobody on this machine can speak for somebody else. Names that do not exist mean nothing."},
    {SETTING(mail.lmtp_listen), "", "", "Where mail is taken by LMTP (RFC 2033), for sites that want a hop instead of Sieve (docs/mail.md): an IP address with a port, such as \"127.0.0.1:2424\", or unix:/path. Empty: nowhere."},
    {SETTING(mail.lmtp_next), "", "", "Where that mail is handed on to by LMTP, with the answers of the server there: host:port, or unix:/path, such as \"unix:/run/dovecot/lmtp\". Empty: it is handed on to nobody, and ends in mail.spool, as is right for mail.bounces and wrong for the mail of people."},
    {SETTING(mail.lmtp_clients), "", "", "Who may hand over mail at mail.lmtp_listen: accounts of this machine by name or number, whether they come by the socket or by TCP, and addresses and networks of other machines. Who is neither is refused, so that nobody can speak for somebody else. 127.0.0.1 is everybody on this machine. Empty: the accounts in mail.spool_users."},
    {SETTING(mail.lmtp_connections), "50", "1 .. 1000", "Connections to mail.lmtp_listen at the same time; who comes then is told to come later."},
    {SETTING(mail.authserv_id), "", "", "The name that one's own mail server writes first in Authentication-Results (RFC 8601), such as \"mx.example.com\": what it says there of DKIM, SPF and DMARC is believed. It must remove fields in which others use that name (docs/mail.md). Empty: no mail proves anything, and nothing that comes by mail is applied."},
    {SETTING(mail.received_by), "", "", "Names that one's own mail servers write behind \"by\" in Received. Authentication-Results below the first Received of another server are not read. Empty: mail.authserv_id alone."},
    {SETTING(mail.trust_spf), "false", "", "Believe a mail whose envelope sender alone is proven (SPF), where it has neither DKIM nor DMARC. Forwarded mail often has only that, and so has some that is forged."},
    {SETTING(mail.border), "", "", "Where others' mail servers deliver the mail of one's domains, as host:port, such as \"mx.example.com:25\": kalends doctor sends forged mail there, as a stranger would, and says whether it is believed (docs/mail.md). Empty: it does not try."},
    {SETTING(mail.invitations), "known", "always | known | never", "Whose invitations by mail are put into the calendar: everybody's, those of people who are known (in the directory, in one's address books, or whom one has met), nobody's. Others are in the inbox, with the reason. Everybody may choose otherwise (the property mail-invitations of the inbox, docs/mail.md)."},
    {SETTING(mail.uninvited), "show", "show | ignore", "What people answer who are not invited (somebody has forwarded the invitation to them): show it to the organizer in the inbox, or only note it in kalends mail log. They become attendees by the organizer alone."},
    {SETTING(mail.per_hour), "200", "1 .. 1000000", "Calendar mails of one sender to one person within an hour, and answers by a link; more stay mail, or are refused."},
    {SETTING(mail.answer_url), "", "", "The public address of this server, such as \"https://cal.example.com\": invitations by mail then have links for yes, maybe and no, to a page below it (/answer/...) on which people without a calendar program answer, comment, and propose another time. Whoever has the mail can answer by it. Empty: no links, and no such page."},

    {SETTING(files.max_size), "4 GB", "1 MB .. 10000 GB", "Size of one file; more is answered with 413. Not more than http.max_spooled_body."},

    {SETTING(cache.homes), "20000", "10 .. 10000000", "Users whose names, calendars and address books (with their properties and rights, not their events) are kept in memory: a few KB each."},
    {SETTING(cache.members), "32 MB", "0 B .. 1000 GB", "Memory for what listings, synchronisation and queries need to know of the events and contacts: some 500 bytes for each in the calendars and address books used last. One that would take more than half of it is read from the database each time."},
    {SETTING(cache.contents), "24 MB", "0 B .. 1000 GB", "Memory for the events and contacts themselves, those that were read last."},

    {SETTING(audit.keep), "365 d", "1 d .. 3650 d", "How long it is kept."},

    {SETTING(log.level), "info", "debug | info | warning | error", "What is less important is not written. SIGHUP reads it again."},
    {SETTING(log.requests), "false", "", "Write a line for each request too: method, path, status, time, and the request's id."},
};

constexpr Setting<Listener> listeners[] = {
    {LISTENER(address), "127.0.0.1", "", "The address: \"0.0.0.0\" for all of IPv4, \"::\" for all of IPv6."},
    {LISTENER(port), "8008", "0 .. 65535", "The port. 0: any that is free (the log says which)."},
    {LISTENER(tls_certificate), "", "", "PEM file with the certificate and its chain. Named, the address speaks TLS (1.2 and 1.3) only; SIGHUP reads it again."},
    {LISTENER(tls_key), "", "", "PEM file with the key of the certificate."},
    {LISTENER(tls_client_ca), "", "", "PEM file with authorities whose certificates clients may log in with; clients are asked for one, and may go on with a password. Empty: they are not asked."},
    {LISTENER(tls_client_crl), "", "", "PEM file with what these authorities have revoked; it must not be out of date. SIGHUP reads it again, for new connections. Empty: revocation is not looked at."},
    {LISTENER(tls_client_required), "false", "", "Refuse clients without such a certificate."},
};
// clang-format on

#undef SETTING
#undef LISTENER

}  // namespace

std::span<const Section> config_sections() { return sections; }
std::span<const Setting<Config>> config_settings() { return settings; }
std::span<const Setting<Listener>> listener_settings() { return listeners; }

}  // namespace kalends
