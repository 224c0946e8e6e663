#!/usr/bin/env python3
"""Counts a register of buildings of the city of Seattle, on its own: no code is shared with the platform.

    scripts/count-seattle-buildings.py FILE

prints as JSON how many rows there are, which the platform refuses and why, and by type of building how many are
taken, with the sums of their floors and of their areas. FILE is plain or gzipped.
"""

import csv
import gzip
import io
import json
import sys

TEXT_MAX = 200
FLOORS_MAX = 200


def opened(path):
    with open(path, "rb") as file:
        content = file.read()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return io.StringIO(content.decode("utf-8-sig"), newline="")


def street(row):
    """An address as two people would both call it the same."""
    words = [" ".join(row[name].split()).casefold() for name in ("Address", "City", "ZipCode")]
    return tuple(words)


def main(path):
    rows = list(csv.DictReader(opened(path)))
    refused, taken, keys, streets = {}, [], set(), set()
    for row in rows:
        row = {name: value.strip() for name, value in row.items() if name}
        reason = None
        if not row["NumberofFloors"].isdigit() or int(row["NumberofFloors"]) > FLOORS_MAX:
            reason = "number"
        elif not row["PropertyName"] or not row["Address"] or not row["Neighborhood"]:
            reason = "empty"
        elif len(row["PropertyName"]) > TEXT_MAX or len(row["Address"]) > TEXT_MAX:
            reason = "too_long"
        elif row["OSEBuildingID"] in keys:
            reason = "key_twice"
        elif street(row) in streets:
            reason = "address_taken"
        if reason:
            refused[reason] = refused.get(reason, 0) + 1
            continue
        keys.add(row["OSEBuildingID"])
        streets.add(street(row))
        taken.append(row)
    types = {}
    for row in taken:
        kind = types.setdefault(
            row["BuildingType"],
            {"buildings": 0, "floors": 0, "floors_unknown": 0, "area_sqft": 0, "parking_area_sqft": 0},
        )
        floors = int(row["NumberofFloors"])
        kind["buildings"] += 1
        kind["floors"] += floors
        kind["floors_unknown"] += floors == 0
        kind["area_sqft"] += int(row["PropertyGFATotal"])
        kind["parking_area_sqft"] += int(row["PropertyGFAParking"])
    neighborhoods = {}
    for row in taken:
        name = row["Neighborhood"].upper()
        neighborhoods[name] = neighborhoods.get(name, 0) + 1
    unknown_count = sum(row["NumberofBuildings"] in ("", "0") for row in taken)
    result = {
        "rows": len(rows),
        "accepted": len(taken),
        "refused": refused,
        "noted": sum(int(row["NumberofFloors"]) > 76 for row in taken),
        "buildings_unknown": unknown_count,
        "without_postal_code": sum(not row["ZipCode"] for row in taken),
        "types": types,
        "neighborhoods": neighborhoods,
    }
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
