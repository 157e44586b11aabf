#include "db/fixture.hpp"
