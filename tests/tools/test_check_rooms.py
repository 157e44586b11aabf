"""check_rooms.py finds what goes upstream."""

import pathlib
import tempfile
import unittest

import check_rooms


class Rooms(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.src = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)
        for room, uses in {"base": "", "xml": "", "store": "", "dav": "xml store", "caldav": "dav", "app": "caldav"}.items():
            self.write(f"{room}/CMakeLists.txt", f"kalends_room({room} USES {uses}\n  SOURCES {room}.cpp # a comment\n)")
            self.write(f"{room}/{room}.hpp", "#pragma once\n")
            self.write(f"{room}/{room}_private.hpp", "#pragma once\n")
            self.write(f"{room}/{room}.cpp", f'#include "{room}/{room}.hpp"\n#include "base/base.hpp"\n')

    def write(self, path, text):
        file = self.src / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def found(self):
        return list(check_rooms.offences(self.src))

    def test_a_house_in_order_has_no_offences(self):
        self.write("caldav/caldav.cpp", '#include "dav/dav.hpp"\n#include "xml/xml.hpp"\n#include "caldav/caldav_private.hpp"\n')
        self.assertEqual(self.found(), [])

    def test_an_include_that_goes_upstream_is_found(self):
        self.write("store/store.cpp", '#include "dav/dav.hpp"\n')
        self.assertEqual(self.found(), ["store/store.cpp: room store may not include dav/dav.hpp: it does not use dav"])

    def test_even_the_top_may_not_see_what_is_private(self):
        self.write("app/app.cpp", '#include "dav/dav_private.hpp"\n')
        self.assertEqual(self.found(), ["app/app.cpp: dav/dav_private.hpp is for room dav only"])

    def test_a_library_is_seen_by_its_room_only(self):
        self.write("dav/dav.cpp", "#include <libxml/parser.h>\n")
        self.assertEqual(self.found(), ["dav/dav.cpp: <libxml/parser.h> is for xml only"])

    def test_rooms_that_use_each_other_are_found(self):
        self.write("store/CMakeLists.txt", "kalends_room(store USES caldav SOURCES store.cpp)")
        self.assertTrue(any("use each other" in offence for offence in self.found()))

    def test_a_source_that_nobody_compiles_is_found(self):
        self.write("dav/forgotten.cpp", "")
        self.assertEqual(self.found(), ["dav/forgotten.cpp: not in dav/CMakeLists.txt"])

    def test_an_include_without_its_room_is_found(self):
        self.write("dav/dav.cpp", '#include "dav.hpp"\n')
        self.assertEqual(self.found(), ['dav/dav.cpp: "dav.hpp" must be written from src/: "dav/dav.hpp"'])


if __name__ == "__main__":
    unittest.main()
