#!/usr/bin/env python3
"""Counts an event log of incidents, on its own: no code is shared with the platform.

    scripts/count-incidents.py FILE

prints as JSON how many rows and incidents there are, in which state the incidents end, how often they are reopened,
how long it takes until they are resolved, and how many keep a service level of Monday to Friday, 8 to 18 UTC, with
the clock standing still while an incident waits for somebody. FILE is plain or gzipped.
"""

import collections
import csv
import datetime
import gzip
import io
import json
import sys

OPENS, CLOSES = 8 * 60, 18 * 60
# Minutes until somebody is at it, and until it is resolved.
TARGETS = {
    "1 - Critical": (30, 240),
    "2 - High": (60, 480),
    "3 - Moderate": (240, 2400),
    "4 - Low": (480, 4800),
}
WORDS = {"New": "open", "Active": "in_progress", "Resolved": "completed", "Closed": "closed"}


def opened(path):
    with open(path, "rb") as file:
        content = file.read()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return io.StringIO(content.decode("utf-8-sig"), newline="")


def instant(text):
    return datetime.datetime.strptime(text, "%d/%m/%Y %H:%M")


def worked(start, end):
    """Minutes of office hours from start to end."""
    minutes, day = 0, start.date()
    while day <= end.date():
        if day.weekday() < 5:
            midnight = datetime.datetime.combine(day, datetime.time())
            first = max(start, midnight + datetime.timedelta(minutes=OPENS))
            last = min(end, midnight + datetime.timedelta(minutes=CLOSES))
            if first < last:
                minutes += int((last - first).total_seconds()) // 60
        day += datetime.timedelta(days=1)
    return minutes


class Incident:
    def __init__(self, row):
        self.reported = min(instant(row["opened_at"]), instant(row["sys_updated_at"]))
        self.state, self.since = "open", self.reported
        self.priority = row["priority"]
        self.stated = None
        self.reopened = 0
        self.taken = self.completed = None
        self.run = self.until_taken = 0
        self.refused = 0

    def enter(self, state, at):
        at = max(at, self.since)
        if self.state in ("open", "in_progress"):
            self.run += worked(self.since, at)
        if self.taken is None and self.state == "open":
            self.until_taken += worked(self.since, at)
        self.state, self.since = state, at
        if state == "in_progress" and self.taken is None:
            self.taken = at
        if state == "completed":
            self.completed = at

    def see(self, row):
        state = row["incident_state"]
        state = WORDS.get(state, "deferred") if state != "-100" else self.state
        at = instant(row["sys_updated_at"])
        if self.state == "closed" and state != "closed":
            self.refused += 1
            return
        was_waiting = self.state in ("open", "in_progress", "deferred")
        if state != self.state:
            if self.state == "completed" and state != "closed":
                self.reopened += 1
                self.enter("open", at)
            # What was resolved at once was worked on, however short.
            if state in ("completed", "closed") and self.state in ("open", "deferred"):
                self.enter("in_progress", at)
            if state == "closed" and self.state == "in_progress":
                self.enter("completed", at)
            if self.state != state:
                if self.state == "deferred":
                    self.enter("open", at)
                self.enter(state, at)
        if was_waiting or self.state in ("open", "in_progress", "deferred"):
            self.priority = row["priority"]
        self.stated = row["made_sla"] == "true"


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) // 2


def main(path):
    incidents, rows = {}, 0
    for row in csv.DictReader(opened(path)):
        rows += 1
        row = {name: value.strip() for name, value in row.items() if name}
        if row["number"] not in incidents:
            incidents[row["number"]] = Incident(row)
        incidents[row["number"]].see(row)
    found = list(incidents.values())
    states = collections.Counter(one.state for one in found)
    took = [int((one.completed - one.reported).total_seconds()) for one in found if one.completed]
    beside = collections.Counter()
    for one in found:
        ours = "kept" if one.run <= TARGETS[one.priority][1] else "missed"
        beside[f"{ours}, stated {'kept' if one.stated else 'missed'}"] += 1
    print(json.dumps({
        "rows": rows,
        "refused": sum(one.refused for one in found),
        "incidents": len(found),
        "states": dict(states),
        "reopened": sum(one.reopened for one in found),
        "incidents_reopened": sum(1 for one in found if one.reopened),
        "resolved": len(took),
        "mean_seconds": sum(took) // len(took) if took else 0,
        "median_seconds": median(took) if took else 0,
        "taken_in_time": sum(1 for one in found if one.until_taken <= TARGETS[one.priority][0]),
        "resolve_beside": dict(beside),
    }, indent=1, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1])
