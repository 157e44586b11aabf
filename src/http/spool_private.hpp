#pragma once
// The two ways to a file without a name; a file system has at least the second.

#include <string>

namespace kalends::http {

/// Never had a name: O_TMPFILE. -1 and errno where the directory, or its file system, can't.
int open_nameless(const std::string& directory);

/// Has lost its name at once: what is left for file systems without O_TMPFILE (NFS, vfat, FUSE).
int open_unlinked(const std::string& directory);

}  // namespace kalends::http
