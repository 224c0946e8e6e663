//! What is said with the routes that take a body.

use serde_json::{Value, json};

use super::Route;
use super::theirs::Theirs;

/// A body by which the rightful one would get what is asked for, so that only the rights refuse.
pub fn body(route: &Route, theirs: &Theirs) -> Option<Value> {
    let name = route.name().replace("/api/v1", "");
    [stays, premises, machines, incidents]
        .iter()
        .find_map(|bodies| bodies(&name, theirs))
}

/// Of users, listings, bookings and payments.
fn stays(name: &str, theirs: &Theirs) -> Option<Value> {
    let id = |noun: &str| theirs.ids[noun].clone();
    let amount = json!({"amount": 10_000, "currency": "EUR"});
    let stay = json!({"listing": id("listings"), "from": "2027-07-01", "until": "2027-07-03",
        "guests": {"adults": 1}});
    let listing = json!({"title": "Mine", "units": 1, "policy": "flexible", "time_zone": "UTC",
        "pricing": {"nightly_price": amount}});
    let nights = json!({"from": "2027-09-01", "until": "2027-09-03"});
    Some(match name {
        "POST /users" => json!({"email": "new@example.org", "name": "New"}),
        "POST /users/{id}/roles" => json!({"role": "host"}),
        "POST /users/{id}/suspend" | "POST /users/{id}/reactivate" => json!({"reason": "No."}),
        "PATCH /users/{id}" | "PATCH /users/me" => json!({"name": "Another"}),
        "PATCH /admin/config" => json!({"open_requests_max": 9}),
        "PATCH /files/{id}/metadata" => json!({"name": "mine.pdf"}),
        "POST /exports" => json!({"list": "users", "format": "csv"}),
        "PATCH /listings/{id}/photos" => json!({"photos": []}),
        "POST /listings" => listing,
        "PATCH /listings/{id}" => json!({"title": "Mine"}),
        "PUT /listings/{id}/pricing" => json!({"nightly_price": amount}),
        "POST /listings/{id}/block-dates" => nights,
        "POST /bookings" | "POST /bookings/calculate-price" => stay,
        "POST /payments/intent" => json!({"booking": id("bookings")}),
        "POST /payments/{id}/confirm" => json!({"method": "sandbox"}),
        "POST /payments/refund" => json!({"payment": id("payments"), "reason": "I want it."}),
        "POST /auth/change-password" => json!({"current_password": "wrong wrong wrong",
            "new_password": "another horse battery"}),
        _ => return None,
    })
}

/// Of buildings and what is in them.
fn premises(name: &str, theirs: &Theirs) -> Option<Value> {
    let id = |noun: &str| theirs.ids[noun].clone();
    let address = json!({"lines": ["Rua do Ouro 2"], "city": "Lisboa", "country": "PT"});
    Some(match name {
        "POST /buildings" => json!({"name": "Mine", "address": address}),
        "PATCH /buildings/{id}" => json!({"name": "Mine"}),
        "POST /buildings/{id}/lots" => json!({"label": "A2", "kind": "flat"}),
        "PATCH /buildings/{id}/lots/{lot}" => json!({"label": "A3"}),
        "POST /buildings/{id}/lots/{lot}/occupants" => {
            json!({"kind": "owner", "name": "Me", "from": "2026-01-01"})
        }
        "PATCH /buildings/{id}/lots/{lot}/occupants/{occupant}" => json!({"name": "Me"}),
        "POST /buildings/{id}/lots/{lot}/occupants/{occupant}/move-out" => {
            json!({"until": "2027-01-01"})
        }
        "POST /buildings/{id}/shares" => json!({"key": "lift", "from": "2026-01-01", "total": 7}),
        "POST /buildings/{id}/documents"
        | "POST /incidents/{id}/attachments"
        | "POST /listings/{id}/photos" => {
            json!({"file": id("files")})
        }
        _ => return None,
    })
}

/// Of equipment.
fn machines(name: &str, theirs: &Theirs) -> Option<Value> {
    let id = |noun: &str| theirs.ids[noun].clone();
    let amount = json!({"amount": 10_000, "currency": "EUR"});
    Some(match name {
        "POST /equipment" => {
            json!({"building": id("buildings"), "name": "Mine", "category": "lift"})
        }
        "PATCH /equipment/{id}" => json!({"name": "Mine"}),
        "POST /equipment/{id}/down" | "POST /equipment/{id}/up" | "POST /equipment/{id}/move" => {
            json!({})
        }
        "POST /equipment/{id}/work-orders"
        | "PATCH /equipment/{id}/work-orders/{work_order}"
        | "PATCH /equipment/{id}/plans/{plan}" => json!({"title": "Mine"}),
        "POST /equipment/{id}/work-orders/{work_order}/tasks" => json!({"task": 0}),
        "POST /equipment/{id}/work-orders/{work_order}/parts" => {
            json!({"name": "Mine", "quantity": 1, "unit_cost": amount})
        }
        "POST /equipment/{id}/work-orders/{work_order}/sign" => json!({"name": "Me"}),
        "POST /equipment/{id}/plans" => json!({"title": "Mine",
            "trigger": {"kind": "calendar", "rhythm": "daily", "time": "08:00"}}),
        "POST /equipment/{id}/meters" => json!({"name": "Mine", "unit": "h", "kind": "gauge"}),
        "POST /equipment/{id}/meters/{meter}/readings" => json!({"value_e3": 1, "unit": "h"}),
        "POST /equipment/{id}/meters/{meter}/reset" => {
            json!({"reset": "replaced", "final_e3": 1, "start_e3": 0})
        }
        _ => return None,
    })
}

/// Of incidents, outages and service levels.
fn incidents(name: &str, theirs: &Theirs) -> Option<Value> {
    let id = |noun: &str| theirs.ids[noun].clone();
    Some(match name {
        "POST /incidents" => json!({"building": id("buildings"), "category": "plumbing",
            "priority": "low", "title": "Mine", "details": "It drips."}),
        "PATCH /incidents/{id}" => json!({"priority": "low"}),
        "POST /incidents/{id}/assign" | "POST /outages/{id}/end" => json!({}),
        "POST /incidents/{id}/defer" => json!({"until": "2027-12-01T00:00:00Z"}),
        "POST /incidents/{id}/complete" => json!({"resolution": "Done."}),
        "POST /incidents/{id}/reopen" | "POST /incidents/{id}/decline" => json!({"reason": "No."}),
        "POST /incidents/{id}/comments" => json!({"text": "Well?"}),
        "PUT /sla-policies" => json!({"building": id("buildings"),
            "calendar": {"zone": "UTC", "openings": [{"weekday": 1, "from": 0, "until": 60}]},
            "targets": {"low": {"take_charge_minutes": 1, "resolve_minutes": 1}}}),
        "POST /outages" => json!({"title": "Mine", "details": "Now.", "kind": "emergency",
            "buildings": [id("buildings")], "starts_at": "2027-05-01T08:00:00Z"}),
        "PATCH /outages/{id}" => json!({"title": "Mine"}),
        _ => return None,
    })
}
