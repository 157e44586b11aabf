// The bodies of Asio and Beast, compiled once: everybody else sees declarations (see
// CMakeLists.txt).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
