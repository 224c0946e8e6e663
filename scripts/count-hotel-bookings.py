#!/usr/bin/env python3
"""Counts the hotel bookings straight from the CSV, to hold the platform's figures against.

It shares no code with the platform and knows nothing of events: every figure is a plain sum over
the rows of the file. Usage: count-hotel-bookings.py FILE[.csv|.csv.gz]   (JSON on standard output)

A row counts as accepted when it has at least one night, at least one guest and no negative rate.
Bookings, cancellations, nights and revenue belong to the month of arrival; payments to their day:
the day of booking for what was paid in advance, the day of the status for what was paid at
check-out or given back.
"""
import csv
import datetime
import gzip
import io
import json
import sys
from decimal import Decimal

MONTHS = {name: number + 1 for number, name in enumerate(
    "January February March April May June July August September October November December".split())}


def open_text(path):
    raw = open(path, "rb").read()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    return io.StringIO(raw.decode("utf-8-sig"), newline="")


def whole(text):
    text = text.strip()
    return 0 if text in ("NA", "NULL", "") else int(Decimal(text))


def count(path):
    figures, payments, refused = {}, {}, {}
    rows = accepted = 0
    reader = csv.reader(open_text(path))
    header = [name.strip() for name in next(reader)]
    for fields in reader:
        row = dict(zip(header, (field.strip() for field in fields)))
        rows += 1
        arrival = datetime.date(int(row["arrival_date_year"]), MONTHS[row["arrival_date_month"]],
                                int(row["arrival_date_day_of_month"]))
        nights = whole(row["stays_in_weekend_nights"]) + whole(row["stays_in_week_nights"])
        guests = whole(row["adults"]) + whole(row["children"]) + whole(row["babies"])
        cents = int(Decimal(row["adr"]) * 100)
        fault = ("no_nights" if nights == 0 else "no_guests" if guests == 0
                 else "price_negative" if cents < 0 else None)
        if fault:
            refused[fault] = refused.get(fault, 0) + 1
            continue
        accepted += 1
        booked = arrival - datetime.timedelta(days=int(row["lead_time"]))
        ended = datetime.date.fromisoformat(row["reservation_status_date"])
        status, deposit = row["reservation_status"], row["deposit_type"]
        figure = figures.setdefault(
            (row["hotel"], arrival.strftime("%Y-%m")),
            {"bookings": 0, "cancelled": 0, "no_show": 0, "completed": 0, "nights": 0, "revenue": 0})
        figure["bookings"] += 1
        figure[{"Canceled": "cancelled", "No-Show": "no_show", "Check-Out": "completed"}[status]] += 1
        if status == "Check-Out":
            figure["nights"] += nights
            figure["revenue"] += cents * nights

        def pay(day, amount):
            payments[day.isoformat()] = payments.get(day.isoformat(), 0) + amount

        total = cents * nights
        if deposit in ("Non Refund", "Refundable"):
            pay(booked, total)
            if deposit == "Refundable" and status == "Canceled":
                pay(max(ended, booked), -total)
        elif status == "Check-Out":
            pay(ended, total)
    return {
        "rows": rows,
        "accepted": accepted,
        "refused": refused,
        "months": [
            {"hotel": hotel, "month": month, **figure,
             "cancellation_rate": round((figure["cancelled"] + figure["no_show"]) / figure["bookings"], 6)}
            for (hotel, month), figure in sorted(figures.items())],
        "payments": [{"day": day, "net": net} for day, net in sorted(payments.items())],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    json.dump(count(sys.argv[1]), sys.stdout, indent=1)
    print()
