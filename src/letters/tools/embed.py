#!/usr/bin/env python3
"""embed.py OUTPUT FILE...: the files as a table of C++ string literals, letters::files() (letters/files_private.hpp)."""

import pathlib
import sys

LINE = 60  # bytes of a file in a line of the output


def literals(data: bytes) -> str:
    pieces = (data[at:at + LINE] for at in range(0, len(data), LINE))
    # Octal escapes: unlike hexadecimal ones they end by themselves.
    return "\n".join('     "' + "".join(f"\\{byte:03o}" for byte in piece) + '"' for piece in pieces) or '     ""'


def main() -> None:
    output, *files = sys.argv[1:]
    rows = []
    for path in sorted(map(pathlib.Path, files)):
        data = path.read_bytes()
        rows.append(f'    {{"{path.name}", std::string_view{{\n{literals(data)},\n     {len(data)}}}}},\n')
    pathlib.Path(output).write_text(
        '#include "letters/files_private.hpp"\n\nnamespace kalends::letters {\n\nstd::span<const File> files() {\n'
        "    static constexpr File all[] = {\n" + "".join(rows) + "    };\n    return all;\n}\n\n"
        "}  // namespace kalends::letters\n")


main()
