#include "ldap/slapd.hpp"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <signal.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace kalends::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* program = "/usr/sbin/slapd";

const char* const common_settings = R"(
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/misc.schema
attributetype ( 1.3.6.1.4.1.32473.1.1 NAME 'kind' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.32473.1.2 NAME 'calendarResource' SUP top STRUCTURAL MUST cn MAY ( kind $ mail $ uid ) )
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
loglevel none
sizelimit 500
allow bind_anon_cred bind_anon_dn
)";

const char* const tree = R"(dn: dc=firma,dc=test
objectClass: dcObject
objectClass: organization
o: Firma
dc: firma

dn: ou=people,dc=firma,dc=test
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=firma,dc=test
objectClass: organizationalUnit
ou: groups

dn: ou=rooms,dc=firma,dc=test
objectClass: organizationalUnit
ou: rooms

dn: cn=reader,dc=firma,dc=test
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reader

)";

/// Starts a program whose output goes to `log`; it is told to end when the test program does.
pid_t spawn(const std::vector<std::string>& command, const std::string& log) {
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
}

std::string contents(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) {
    if (!(std::ofstream(path) << text << std::flush))
        throw std::runtime_error("cannot write " + path);
}

bool answers(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return is;
}

}  // namespace

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("there is no free port");
    ::close(socket);
    return ntohs(address.sin_port);
}

void run(const std::vector<std::string>& command) {
    std::string log = fs::temp_directory_path() / "kalends-run-XXXXXX";
    const int file = ::mkstemp(log.data());
    ::close(file);
    const pid_t child = spawn(command, log);
    int status = 0;
    const bool well = child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
    const auto said = contents(log);
    fs::remove(log);
    if (!well) throw std::runtime_error(command.front() + " failed: " + said);
}

bool TestSlapd::available() {
    static const bool is = [] {
        if (fs::exists(program)) return true;
        std::cerr << "skipped: slapd is not installed (apt install slapd ldap-utils)\n";
        return false;
    }();
    return is;
}

TestSlapd::TestSlapd() : TestSlapd(Options{}) {}

TestSlapd::TestSlapd(Options options)
    : options_(std::move(options)), port_(free_port()), tls_port_(free_port()) {
    std::string path = fs::temp_directory_path() / "kalends-slapd-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
        throw std::runtime_error("cannot make a directory for slapd");
    directory_ = path;
    write_settings();
    load();
    start();
}

TestSlapd::~TestSlapd() {
    stop();
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

std::string TestSlapd::uri() const { return "ldap://127.0.0.1:" + std::to_string(port_); }
std::string TestSlapd::tls_uri() const { return "ldaps://127.0.0.1:" + std::to_string(tls_port_); }

std::string TestSlapd::unix_uri() const {
    std::string uri = "ldapi://";
    for (const char c : directory_ + "/socket") c == '/' ? uri += "%2f" : uri += c;
    return uri;
}

directory::ldap::Settings TestSlapd::settings() const {
    directory::ldap::Settings settings;
    settings.uris = {uri()};
    settings.base = suffix;
    settings.bind_dn = "cn=reader," + suffix;
    settings.bind_password = "reader";
    settings.mapping = *directory::ldap::profile("openldap");
    settings.mapping.room_filter = "(&(objectClass=calendarResource)(kind=location))";
    settings.mapping.resource_filter = "(&(objectClass=calendarResource)(!(kind=location)))";
    return settings;
}

void TestSlapd::write_settings() const {
    std::string text = common_settings;
    if (!options_.tls_certificate.empty())
        text += "TLSCertificateFile " + options_.tls_certificate + "\nTLSCertificateKeyFile " +
                options_.tls_key + "\n";
    // Who we are on the unix socket may read like the reader.
    text += "authz-regexp gidNumber=.*peercred,cn=external,cn=auth cn=reader," + suffix + "\n";
    text += "database mdb\nmaxsize 1073741824\nsuffix \"" + suffix + "\"\nrootdn \"cn=admin," +
            suffix + "\"\nrootpw admin\ndirectory " + directory_ +
            "/data\ndbnosync\nindex objectClass,uid,mail,entryUUID,entryCSN eq\n"
            "limits dn.exact=\"cn=reader," +
            suffix + "\" size=" + options_.reader_limit +
            "\n"
            "access to attrs=userPassword by anonymous auth by * none\n"
            "access to * by dn.exact=\"cn=reader," +
            suffix + "\" read by * none\n";
    if (options_.tells_of_changes) text += "overlay syncprov\n";
    write(directory_ + "/slapd.conf", text);
}

void TestSlapd::load() const {
    fs::create_directory(directory_ + "/data");
    write(directory_ + "/entries.ldif", tree + options_.entries);
    run({"/usr/sbin/slapadd", "-q", "-f", directory_ + "/slapd.conf", "-l",
         directory_ + "/entries.ldif"});
}

void TestSlapd::start() {
    std::string urls = "ldap://127.0.0.1:" + std::to_string(port_) + " " + unix_uri();
    if (!options_.tls_certificate.empty())
        urls += " ldaps://127.0.0.1:" + std::to_string(tls_port_);
    server_ = spawn({program, "-d", "0", "-f", directory_ + "/slapd.conf", "-h", urls},
                    directory_ + "/log");
    for (int i = 0; i < 400 && !answers(port_); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{25});
    if (!answers(port_))
        throw std::runtime_error("slapd does not start: " + contents(directory_ + "/log"));
}

void TestSlapd::stop() {
    if (server_ <= 0) return;
    ::kill(server_, SIGTERM);
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
}

void TestSlapd::change(const std::string& ldif) const {
    const auto file = directory_ + "/change.ldif";
    write(file, ldif);
    run({"ldapmodify", "-x", "-H", "ldap://127.0.0.1:" + std::to_string(port_), "-D",
         "cn=admin," + suffix, "-w", "admin", "-f", file});
}

std::string dn_of(const std::string& login) { return "uid=" + login + ",ou=people," + suffix; }
std::string dn_of_group(const std::string& name) { return "cn=" + name + ",ou=groups," + suffix; }

std::string person(const std::string& login, const std::string& more) {
    return "dn: " + dn_of(login) +
           "\nobjectClass: inetOrgPerson\nobjectClass: shadowAccount\nuid: " + login +
           "\ncn: " + login + " Berg\nsn: Berg\nuserPassword: " + login + "\nmail: " + login +
           "@firma.test\n" + more + "\n";
}

std::string group(const std::string& name, const std::vector<std::string>& members) {
    std::string ldif =
        "dn: " + dn_of_group(name) + "\nobjectClass: groupOfNames\ncn: " + name + "\n";
    for (const auto& member : members) ldif += "member: " + member + "\n";
    return ldif + "\n";
}

}  // namespace kalends::test
