#include "app/first_line.hpp"

#include <fstream>

namespace kalends::app {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace kalends::app
