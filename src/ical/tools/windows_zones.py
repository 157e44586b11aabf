#!/usr/bin/env python3
"""Writes windows_zones.inc from CLDR's windowsZones.xml (Debian: unicode-cldr-core), given as the argument.

Only the rows of territory 001, the default of each Windows zone. Run it when CLDR has new zones, and commit the result.
"""
import sys
import xml.etree.ElementTree

rows = {}
for row in xml.etree.ElementTree.parse(sys.argv[1]).iter("mapZone"):
    if row.get("territory") == "001":
        rows[row.get("other")] = row.get("type")
print("// Made by tools/windows_zones.py from CLDR's windowsZones.xml. By name, in lower case.")
for name in sorted(rows, key=str.lower):
    print(f'{{"{name.lower()}", "{rows[name]}"}},')
