#!/usr/bin/env python3
"""Counts the four files of a fleet of machines, and prints what an import of them must find.

    scripts/count-machines.py FOLDER [YYYY-MM-DDTHH:MM:SS]

The folder has PdM_machines, PdM_errors, PdM_failures and PdM_maintenance, as .csv or .csv.gz. The
second argument is the time up to which the lives of the machines are looked at. This script shares
no code with the platform.
"""

import collections
import csv
import datetime
import gzip
import json
import pathlib
import sys

BEGAN = datetime.datetime(2015, 1, 1)


def rows(folder, name):
    packed = folder / f"PdM_{name}.csv.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    with open(folder / f"PdM_{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def when(row):
    return datetime.datetime.fromisoformat(row["datetime"])


def main():
    folder = pathlib.Path(sys.argv[1])
    until = datetime.datetime.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else None
    machines = rows(folder, "machines")
    known = {row["machineID"] for row in machines}
    failures = [row for row in rows(folder, "failures") if row["machineID"] in known]
    replaced = [row for row in rows(folder, "maintenance") if row["machineID"] in known]
    errors = [row for row in rows(folder, "errors") if row["machineID"] in known]

    failed = {(when(r), r["machineID"], r["failure"]) for r in failures}
    mended = {(when(r), r["machineID"], r["comp"]) for r in replaced}
    times = collections.defaultdict(set)
    for at, machine, _ in failed:
        times[machine].add(at)
    gaps = {
        m: [b - a for a, b in zip(sorted(ats), sorted(ats)[1:])] for m, ats in times.items()
    }
    all_gaps = [gap.total_seconds() for of in gaps.values() for gap in of]
    figures = {
        "machines": len(machines),
        "models": dict(sorted(collections.Counter(r["model"] for r in machines).items())),
        "failed_components": len(failed),
        "failures": sum(len(ats) for ats in times.values()),
        "never_failed": sorted(int(m) for m in known if not times[m]),
        "mended_after_failure": len(failed & mended),
        "not_mended": len(failed - mended),
        "replaced_by_plan": len(mended - failed),
        "errors": len(errors),
        "errors_by_kind": dict(sorted(collections.Counter(r["errorID"] for r in errors).items())),
        "gaps": len(all_gaps),
        "gap_seconds": int(sum(all_gaps)),
        "mtbf_seconds": {
            m: int(sum(g.total_seconds() for g in of) / len(of) + 0.5)
            for m, of in sorted(gaps.items(), key=lambda item: int(item[0]))
            if of
        },
    }
    if until:
        figures["survivors_days"] = {
            m: (until - max(times[m] | {BEGAN})).total_seconds() / 86400
            for m in sorted(known, key=int)
        }
    print(json.dumps(figures, indent=1))


main()
