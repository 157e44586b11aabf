// The commands: names, options, what they do, examples. The words here are those of `--help` and of
// the manual pages.

#include "cli/command.hpp"

namespace kalends::cli {
namespace {

constexpr Option common[] = {
    {"config", 'c', "FILE",
     "The configuration. Without it, KALENDS_CONFIG, then /etc/kalends/kalends.toml where it "
     "exists, else all defaults."},
    {"help", 'h', "", "Explain the command and end."},
};

constexpr Option serve_options[] = {
    {"pid-file", 0, "FILE",
     "Write the process id there once the server answers; the file is removed at the end."},
    {"port-file", 0, "FILE",
     "Write the port of each listener there, one a line, once the server answers: for tests that "
     "let the system choose."},
};
constexpr Example serve_examples[] = {
    {"kalends serve", "With all defaults: http://127.0.0.1:8008, data below /var/lib/kalends."},
    {"kalends serve --config /etc/kalends/kalends.toml", "As a service would."},
    {"kill -HUP $(cat /run/kalends.pid)", "After a certificate was renewed."},
};

constexpr Example init_examples[] = {
    {"kalends init", "Prepare the database that the configuration names."},
};

constexpr Example postgres_examples[] = {
    {"kalends postgres",
     "Run the embedded PostgreSQL alone; the first line of output is its connection string."},
};

constexpr Option user_add_options[] = {
    {"name", 'n', "NAME", "The name that others see: \"Jane Doe\"."},
    {"email", 'e', "ADDRESS",
     "An address of the user; may be repeated, the first is the preferred one."},
    {"admin", 0, "", "An administrator may read and write everything."},
    {"password-stdin", 0, "",
     "Read the password from the first line of standard input. Without it, a random password is "
     "made and printed once."},
    {"if-absent", 0, "", "An account that is already there is left as it is, and is no error."},
};
constexpr Example user_add_examples[] = {
    {"kalends user add jane --name \"Jane Doe\" --email jane@example.com",
     "Prints the password to hand over."},
    {"echo secret | kalends user add jane --password-stdin", "With a password of one's own."},
};

constexpr Option user_change_options[] = {
    {"name", 'n', "NAME", "The name that others see."},
    {"email", 'e', "ADDRESS",
     "The addresses, instead of those before; may be repeated, the first is the preferred one."},
    {"no-email", 0, "", "No address."},
    {"locale", 0, "TAG", "The language of mails to the user: \"de\", \"sv\"."},
    {"time-zone", 0, "NAME",
     "The time zone in which floating times are read: \"Europe/Stockholm\"."},
    {"admin", 0, "", "An administrator may read and write everything."},
    {"no-admin", 0, "", "An administrator no longer."},
};
constexpr Example user_change_examples[] = {
    {"kalends user change jane --name \"Jane Roe\" --email jane.roe@example.com --email "
     "jane@example.com",
     "Jane has married; mail to the old address still finds her."},
};

constexpr Option user_passwd_options[] = {
    {"password-stdin", 0, "",
     "Read the password from the first line of standard input. Without it, a random password is "
     "made and printed once."},
};
constexpr Example user_passwd_examples[] = {
    {"kalends user passwd jane", "A new random password, printed once."},
};

constexpr Option user_list_options[] = {
    {"json", 0, "", "One JSON object a line, for scripts."},
};
constexpr Example user_list_examples[] = {
    {"kalends user list", "Who has an account."},
};
constexpr Example user_disable_examples[] = {
    {"kalends user disable jane", "Jane can't log in any more; what she has is kept."},
};
constexpr Example user_enable_examples[] = {
    {"kalends user enable jane", "Jane can log in again, with the same password."},
};
constexpr Option user_delete_options[] = {
    {"yes", 'y', "", "Delete without asking."},
};
constexpr Example user_delete_examples[] = {
    {"kalends user delete jane --yes", "Jane and all that she has is gone."},
};

constexpr Option app_password_add_options[] = {
    {"name", 'n', "NAME", "Of the device: \"Jane's phone\"."},
    {"read-only", 0, "", "Nothing can be changed with it."},
};
constexpr Example app_password_add_examples[] = {
    {"kalends app-password add jane --name \"Jane's phone\"",
     "Prints the password, to be typed into the phone instead of her own."},
    {"kalends app-password add jane --name wallboard --read-only",
     "For a screen in the hall that shows her calendar."},
};
constexpr Option app_password_list_options[] = {
    {"json", 0, "", "One JSON object a line, for scripts."},
};
constexpr Example app_password_list_examples[] = {
    {"kalends app-password list jane", "Which devices she has, and when each was last used."},
};
constexpr Option app_password_revoke_options[] = {
    {"all", 0, "", "All that the user has."},
};
constexpr Example app_password_revoke_examples[] = {
    {"kalends app-password revoke jane x7k2m9qa", "The phone is lost; her other devices go on."},
};

constexpr Option audit_options[] = {
    {"login", 'l', "LOGIN", "What this user did, and attempts to log in as this user."},
    {"event", 'e', "EVENT",
     "Only these: login, login.failed, delete, move, acl, account, group, app-password."},
    {"target", 't', "PATH", "What was done to this path or account, and to what is below it."},
    {"since", 's', "TIME", "Only what happened so long ago at most: \"7 d\", \"2 h\"."},
    {"limit", 0, "NUMBER", "So many at most, the latest. Without it, 100."},
    {"json", 0, "", "One JSON object a line, for scripts."},
};
constexpr Example audit_examples[] = {
    {"kalends audit --event delete --target /dav/calendars/jane/", "Who emptied the calendar?"},
    {"kalends audit --login jane --event login --since \"30 d\"", "Where did Jane log in from?"},
    {"kalends audit --event login.failed --since \"1 d\"", "Who could not log in, and why?"},
};

constexpr Option group_add_options[] = {
    {"name", 'n', "NAME", "The name that others see: \"Sales\"."},
    {"email", 'e', "ADDRESS", "An address of the group; may be repeated."},
    {"if-absent", 0, "", "A group that is already there is left as it is, and is no error."},
};
constexpr Example group_add_examples[] = {
    {"kalends group add sales --name Sales", "A group that nobody is in yet."},
};
constexpr Example group_list_examples[] = {
    {"kalends group list", "All groups, with those who are in them."},
};
constexpr Example group_join_examples[] = {
    {"kalends group join sales jane tor", "What is shared with sales is shared with them."},
    {"kalends group join everybody sales", "A group in a group."},
    {"kalends group join blue-room/write jane", "Jane looks after the calendar of the blue room."},
};
constexpr Example group_leave_examples[] = {
    {"kalends group leave sales tor", "Tor does not see any more what he saw as one of sales."},
};
constexpr Example group_delete_examples[] = {
    {"kalends group delete sales", "What was shared with sales is not any more."},
};

constexpr Option room_add_options[] = {
    {"name", 'n', "NAME", "The name that others see: \"The Blue Room\"."},
    {"email", 'e', "ADDRESS",
     "The address that it is invited by; may be repeated, the first is the preferred one."},
    {"resource", 0, "", "It is no room, but something else that is booked: a car, a projector."},
    {"accept", 0, "HOW",
     "What becomes of an invitation: \"when-free\" accepts it, or declines it when the room is "
     "busy; \"always\" accepts it; \"manual\" leaves it to those who may write its calendar; "
     "\"never\" does nothing, \"decline\" declines always, \"accept-if-free\" and "
     "\"decline-if-busy\" leave the other case to people. Without it, when-free."},
    {"capacity", 0, "PEOPLE", "How many people it is for."},
    {"horizon", 0, "DAYS", "How far ahead it can be booked. Without it, any time."},
    {"group", 'g', "GROUP",
     "Who is in the group is answered by when-free, whatever --accept says of others."},
    {"feature", 'f', "FEATURE", "What it has: \"projector\"; may be repeated."},
    {"if-absent", 0, "", "One that is already there is left as it is, and is no error."},
};
constexpr Example room_add_examples[] = {
    {"kalends room add blue-room --name \"The Blue Room\" --email blue@example.com --capacity 12",
     "Invited to a meeting, it accepts when it is free."},
    {"kalends room add van --resource --name \"The van\" --accept manual",
     "Somebody says yes or no; kalends group join van/write says who."},
};
constexpr Option imip_options[] = {
    {"recipient", 'r', "ADDRESS", "To whom the mail is (envelope)."},
    {"sender", 's', "ADDRESS", "Who has sent it (envelope); empty for a report."},
    {"user", 'u', "LOGIN", "Whose mailbox it goes to. Without it, the recipient says it."},
    {"spool", 0, "DIR",
     "The folder; without it, mail.spool of the configuration, which the mail "
     "system's account must be able to read then."},
};
constexpr Example imip_examples[] = {
    {"kalends imip --recipient jane@example.com --sender bob@partner.example --user jane <message",
     "What Dovecot's Sieve does with each mail that has a calendar part (docs/mail.md)."},
};
constexpr Option mail_json_options[] = {
    {"json", 0, "", "One JSON object a line, for scripts."},
};
constexpr Example mail_queue_examples[] = {
    {"kalends mail queue", "Who would get which mail, when, and why?"},
};
constexpr Example mail_retry_examples[] = {
    {"kalends mail retry", "The mail server is there again: send all that waits."},
    {"kalends mail retry 17", "Do not wait until this meeting has come to rest."},
};
constexpr Example mail_drop_examples[] = {
    {"kalends mail drop 17", "Nobody is told."},
};
constexpr Option mail_log_options[] = {
    {"limit", 0, "NUMBER", "So many at most, the latest. Without it, 100."},
    {"json", 0, "", "One JSON object a line, for scripts."},
};
constexpr Example mail_log_examples[] = {
    {"kalends mail log jane", "What became of Jane's invitations to people outside?"},
};
constexpr Option mail_test_options[] = {
    {"from", 'f', "ADDRESS", "The sender. Without it, mail.address."},
};
constexpr Example mail_test_examples[] = {
    {"kalends mail test me@example.org", "Does mail leave, and what does the mail server say?"},
};

constexpr Option room_list_options[] = {
    {"json", 0, "", "One JSON object a line, for scripts."},
};
constexpr Example room_list_examples[] = {
    {"kalends room list", "All rooms and resources, and how they are booked."},
};
constexpr Example room_delete_examples[] = {
    {"kalends room delete blue-room --yes", "The wall between the rooms is gone."},
};
constexpr Option room_change_options[] = {
    {"accept", 0, "HOW",
     "\"when-free\", \"always\", \"manual\", \"never\", \"decline\", \"accept-if-free\" or "
     "\"decline-if-busy\"."},
    {"capacity", 0, "PEOPLE", "How many people it is for; 0: not said."},
    {"horizon", 0, "DAYS", "How far ahead it can be booked; 0: any time."},
    {"group", 'g', "GROUP",
     "Who is in the group is answered by when-free, whatever --accept says of others."},
    {"no-group", 0, "", "All are answered alike."},
    {"feature", 'f', "FEATURE", "What it has, instead of what was said before; may be repeated."},
    {"no-features", 0, "", "It has nothing worth saying."},
};
constexpr Example room_change_examples[] = {
    {"kalends room change van --accept decline --group movers",
     "Only the movers can book the van."},
    {"kalends room change blue-room --capacity 10 --feature projector --feature whiteboard",
     "After the new furniture came."},
};

constexpr Option ldap_test_options[] = {
    {"password-stdin", 0, "",
     "Read the password from the first line of standard input, and try it. Without it, only say "
     "what the directory has of the login."},
};
constexpr Example ldap_test_examples[] = {
    {"kalends ldap test jane", "Would Jane be found, and what is read of her?"},
    {"kalends ldap test jane@example.com --password-stdin", "Why can't Jane log in?"},
};
constexpr Option ldap_sync_options[] = {
    {"dry-run", 'n', "", "Say what would be done, and change nothing."},
    {"accept-missing", 0, "",
     "Disable all who are not in the directory any more, however many they are."},
};
constexpr Example ldap_sync_examples[] = {
    {"kalends ldap sync --dry-run", "Before the first time, and after a change of the filters."},
    {"kalends ldap sync --accept-missing", "A department has really left."},
};

constexpr Option share_options[] = {
    {"with", 'w', "LOGIN|GROUP", "Whom it is shared with; may be repeated."},
    {"read", 'r', "", "They see all that is in it."},
    {"write", 0, "", "They see it, and add, change and remove what is in it."},
    {"free-busy", 0, "", "They see when the owner is busy, and nothing else."},
    {"none", 0, "", "It is not shared with them any more."},
};
constexpr Example share_examples[] = {
    {"kalends share celia/project --with tor --write", "Both keep the project's calendar."},
    {"kalends share celia/contacts --with sales --read", "With all who are in a group."},
    {"kalends share celia/project --with tor --none", "Tor does not have it any more."},
    {"kalends share celia/project", "Who has it?"},
};

constexpr Option import_options[] = {
    {"to", 't', "NAME",
     "The calendar or address book below the home, made if it is not there. Without it, "
     "\"calendar\" for .ics and \"contacts\" for .vcf."},
    {"quiet", 'q', "", "No progress, only what was skipped and the total."},
};
constexpr Example import_examples[] = {
    {"kalends import jane calendar.ics contacts.vcf", "Into her calendar and her contacts."},
    {"kalends import jane holidays.ics --to holidays", "Into a calendar of its own."},
};

constexpr Option export_options[] = {
    {"from", 'f', "NAME", "The calendar or address book below the home. Without it, all of them."},
    {"output", 'o', "PATH",
     "A file, or a directory when all are exported. Without it, standard output; all are then "
     "written to the current directory."},
};
constexpr Example export_examples[] = {
    {"kalends export jane --from calendar > jane.ics", "One calendar as one file."},
    {"kalends export jane --output /backup/jane",
     "Everything, one file for each calendar and address book."},
};

constexpr Option check_config_options[] = {
    {"defaults", 0, "",
     "Print an example file with every setting, its default and its explanation."},
};
constexpr Example check_config_examples[] = {
    {"kalends check-config", "Say \"valid\", or every mistake with its line."},
    {"kalends check-config --defaults > /etc/kalends/kalends.toml", "A file to start from."},
};

constexpr Example doctor_examples[] = {
    {"kalends doctor", "When something does not work, and before the first start."},
};

constexpr Example help_examples[] = {
    {"kalends help user add", "The same as kalends user add --help."},
};

constexpr Command table[] = {
    {"serve", "", "run the server",
     "Runs the server in the foreground until SIGTERM or SIGINT. Logs go to standard error.\n\n"
     "Without a database.dsn in the configuration it runs a PostgreSQL of its own below "
     "database.directory: it is "
     "made at the first start, reachable only by a unix socket, started and stopped together with "
     "the server, and "
     "recovers by itself after a crash. As root, that PostgreSQL and, once its ports are bound, "
     "the server run as an "
     "unprivileged account (server.user).\n\n"
     "SIGTERM and SIGINT end it: no new connection is taken, requests that have begun are finished "
     "within "
     "http.drain_timeout, then all stops. SIGHUP reads the TLS certificates and log.level again, "
     "without losing a "
     "connection. It tells systemd when it is ready, feeds its watchdog, and takes listening "
     "sockets from it.\n\n"
     "GET /healthz answers 200 while the database answers; GET /metrics is for Prometheus.",
     serve_options, serve_examples},
    {"init",
     "",
     "prepare the database",
     "Makes the database ready: installs the schema, or upgrades it to this version. kalends serve "
     "does the same at "
     "its start; init is for those who want to see it happen before. It can be run twice.",
     {},
     init_examples},
    {"postgres",
     "",
     "run the embedded PostgreSQL alone",
     "Runs only the embedded PostgreSQL in the foreground, until SIGTERM or SIGINT, and prints its "
     "connection "
     "string: for several servers on one machine that share it (give each the string as "
     "database.dsn), or to look "
     "into the database with psql.",
     {},
     postgres_examples},
    {"user add", "LOGIN", "make an account",
     "Makes an account with a calendar, a task list and an address book. The login is what the "
     "user types: lower "
     "case letters, digits, and most other characters but spaces and '/'.",
     user_add_options, user_add_examples},
    {"user list", "", "list the accounts", "Lists all accounts: login, state, name, addresses.",
     user_list_options, user_list_examples},
    {"user change", "LOGIN", "change an account",
     "Changes what is said with an option, and nothing else, at once on all servers. Accounts of a "
     "directory (LDAP) are changed there.",
     user_change_options, user_change_examples},
    {"user passwd", "LOGIN", "set a password",
     "Sets a new password. Clients that are logged in with the old one have to log in again, "
     "within a second.",
     user_passwd_options, user_passwd_examples},
    {"user disable",
     "LOGIN",
     "lock an account",
     "The user can't log in any more, within a second, on all servers. Calendars and contacts are "
     "kept.",
     {},
     user_disable_examples},
    {"user enable",
     "LOGIN",
     "unlock an account",
     "Undoes kalends user disable.",
     {},
     user_enable_examples},
    {"user delete", "LOGIN", "delete an account and its data",
     "Deletes the account with all its calendars and address books. There is no way back but a "
     "backup: "
     "kalends export writes everything to files before.",
     user_delete_options, user_delete_examples},
    {"app-password add", "LOGIN", "make a password for one device",
     "Makes a password for one device of a user, and prints it once. It is typed in with the "
     "user's login where a client asks for the password. It goes on working when the user's own "
     "password changes, is never sent to a directory, and can be taken back alone when the device "
     "is lost.",
     app_password_add_options, app_password_add_examples},
    {"app-password list", "LOGIN", "list the passwords of a user's devices",
     "Lists the passwords that were made for a user's devices: id, name, when made, when and from "
     "where last used.",
     app_password_list_options, app_password_list_examples},
    {"app-password revoke", "LOGIN [ID...]", "take back the password of a device",
     "The device can't log in any more, within a second, on all servers. Others are not touched.",
     app_password_revoke_options, app_password_revoke_examples},
    {"audit", "", "who logged in, changed access, deleted what",
     "Shows what is kept of logins (each address once in some hours), failed logins, changes of "
     "access, deletions, moves, and changes of accounts: the latest last. How long it is kept is "
     "the setting audit.keep.",
     audit_options, audit_examples},
    {"group add", "GROUP", "make a group",
     "Makes a group. Users share calendars with groups as with users. A group's name may not be "
     "the "
     "login of a user.",
     group_add_options, group_add_examples},
    {"group list",
     "",
     "list the groups",
     "Lists all groups with their names and members.",
     {},
     group_list_examples},
    {"group join",
     "GROUP LOGIN...",
     "put users into a group",
     "Puts users, resources, locations and other groups into a group, at once on all servers.\n\n"
     "LOGIN/read and LOGIN/write are the groups of those who may read, or read and write, all "
     "calendars of LOGIN. Users name them in their clients (delegates); for resources and "
     "locations, which can't log in, this does.",
     {},
     group_join_examples},
    {"group leave",
     "GROUP LOGIN...",
     "take users out of a group",
     "Undoes kalends group join.",
     {},
     group_leave_examples},
    {"group delete",
     "GROUP",
     "delete a group",
     "Deletes a group, and not those who are in it. What was shared with the group is not shared "
     "with its members any more.",
     {},
     group_delete_examples},
    {"room add", "ROOM", "make a room that can be booked",
     "Makes an account for a room, or for another thing that is booked: it has a calendar, and no "
     "password. kalends group join ROOM/write LOGIN says who looks after its calendar.",
     room_add_options, room_add_examples},
    {"room list", "", "list the rooms", "Lists all rooms and resources, and how they are booked.",
     room_list_options, room_list_examples},
    {"room change", "ROOM", "change how a room is booked",
     "Changes what is said with an option, and nothing else.", room_change_options,
     room_change_examples},
    {"room delete", "ROOM", "delete a room and its calendar",
     "Deletes the room with its calendar. There is no way back but a backup.", user_delete_options,
     room_delete_examples},
    {"imip", "", "hand over a mail with an invitation or an answer",
     "For the mail system: reads one message on standard input and stores it in mail.spool, where "
     "the server finds it within a second, or when it is started. It waits for nothing, so that "
     "no delivery does.\n\nEnds with a code of sysexits.h: 0 when the message is safely stored, "
     "65 when it is too large or its envelope makes no sense, 75 when it could not be stored "
     "now. In all cases the mail is to be delivered as usual.",
     imip_options, imip_examples},
    {"mail queue", "", "who is about to get which mail, and why",
     "Lists the meetings of which people outside are to be told when nobody has changed them for "
     "a while (the setting mail.hold), with the mails that this would be, and the messages that "
     "wait for the mail system, with what it has said so far.",
     mail_json_options, mail_queue_examples},
    {"mail retry",
     "[NUMBER...]",
     "send now what waits",
     "Sends messages, or tells of held meetings, at once: those with these numbers, or all.",
     {},
     mail_retry_examples},
    {"mail drop",
     "NUMBER...",
     "do not send what waits",
     "Takes messages out of the queue. Of a held meeting, nobody outside is told what has changed. "
     "Their sender sees that they were not delivered (SCHEDULE-STATUS 5.1), and the log of his "
     "mail says why. When the meeting changes again, those who are still invited are told the "
     "whole; a cancellation or an answer that was dropped is not told later.",
     {},
     mail_drop_examples},
    {"mail log", "LOGIN", "what became of somebody's mails about meetings",
     "Shows what was sent to people outside and what the mail system said: the latest last. How "
     "long it is kept is the setting mail.keep_log.",
     mail_log_options, mail_log_examples},
    {"mail test", "ADDRESS", "send a test mail, and say what happened",
     "Sends a mail to ADDRESS by the route of the configuration, without the server and the "
     "queue, and tells the answer of the mail system. Ends with 1 where it was not taken.",
     mail_test_options, mail_test_examples},
    {"ldap test", "LOGIN", "explain a login of the directory",
     "Asks the directory (section [ldap] of the configuration) about a login or an address, in the "
     "same way as a login does, and says each step: what is looked for and where, which server "
     "answers, what the entry says, and why somebody can't log in. The exit status is 0 if it "
     "works.",
     ldap_test_options, ldap_test_examples},
    {"ldap sync", "", "compare the directory now",
     "Makes users, groups, rooms and resources what the directory says, as the server does by "
     "itself every ldap.sync_interval, and lists what is made, changed, disabled and skipped, and "
     "why.\n\n"
     "Who is not in the directory any more is disabled, and keeps the data until kalends user "
     "delete. A local account wins over an entry of the same login or address. When far too many "
     "are missing (ldap.max_gone_percent), nobody is disabled; the exit status is 1 then.",
     ldap_sync_options, ldap_sync_examples},
    {"share", "CALENDAR", "share a calendar or an address book",
     "Shares a calendar or an address book with users and groups, at once on all servers. They "
     "find it in their own home at the next sync of their clients, and may give it a name and a "
     "colour of their own. Who removes it there does not get it again while it stays shared.\n\n"
     "CALENDAR is the owner's login and the name in the address, \"celia/project\", or the whole "
     "address. What it was shared as before is replaced. Without --with, all who have it are "
     "listed. Clients that can set access control (WebDAV ACL) do the same.",
     share_options, share_examples},
    {"import", "LOGIN FILE...", "read .ics and .vcf files into an account",
     "Reads whole files: an .ics file may hold any number of events, tasks and journals, a .vcf "
     "file any number of "
     "contacts. All parts of a recurring event stay together, one object for each UID. What can't "
     "be taken is "
     "skipped and reported with its line and the reason, the rest is imported.\n\n"
     "It can be run twice: what is already there, by its UID, is replaced where it differs and "
     "left alone where it "
     "does not, never doubled.\n\n"
     "\"-\" is standard input. The exit status is 1 when something was skipped.",
     import_options, import_examples},
    {"export", "LOGIN", "write an account's calendars and contacts to files",
     "Writes calendars as .ics and address books as .vcf files, each object with the bytes its "
     "client stored.",
     export_options, export_examples},
    {"check-config", "", "test the configuration",
     "Reads the configuration and says whether it is valid; if not, it lists every mistake with "
     "file, line, and the "
     "setting that was probably meant. Every setting is explained in kalends.toml(5).",
     check_config_options, check_config_examples},
    {"doctor",
     "",
     "find out what is wrong",
     "Looks at all that the server needs and says in sentences what is well and what is not: the "
     "configuration, the "
     "database (reachable, version, schema, durable), the ports, the TLS certificates (readable, "
     "key matches, expiry), "
     "the directory (each server: reachable, certificate, our login, what it has), what other "
     "logins need (an issuer of tokens, authorities of client certificates, a program that checks "
     "passwords), the time zones and the clock. Where mail comes in and mail.border is set, it "
     "sends "
     "forged mail there and says whether the server would believe it, for which the server must "
     "run; that takes up to half a minute. The exit status is 1 when something has to be "
     "mended.",
     {},
     doctor_examples},
    {"help",
     "[COMMAND] [SUBCOMMAND]",
     "explain a command",
     "Explains a command, or lists all of them.",
     {},
     help_examples},
    {"version", "", "print the version", "Prints the version of the program.", {}, {}},
    {"manual",
     "DIR",
     "write the manual pages",
     "Writes all manual pages and the example configuration to DIR.",
     {},
     {},
     true},
};

}  // namespace

std::span<const Command> commands() { return table; }
std::span<const Option> common_options() { return common; }

}  // namespace kalends::cli
