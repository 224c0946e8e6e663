//! A lift from its registration to its repair, and what is refused on the way.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Client, Platform};

/// A platform whose tokens live as long as a test may make the clock go on.
async fn long_lived() -> Platform {
    Platform::start_with(|serve| {
        serve.identity.access_token_life = "300d".parse().unwrap();
        serve.identity.refresh_token_life = "365d".parse().unwrap();
    })
    .await
}

/// A building in Paris and who manages it.
struct Lift<'a> {
    platform: &'a Platform,
    manager: Client,
    building: String,
}

impl<'a> Lift<'a> {
    async fn house(platform: &'a Platform) -> Self {
        let admin = platform.admin().await;
        let manager = platform.user("manager", &["member"]).await;
        let roles = format!("users/{}/roles", manager.id);
        platform
            .done(&admin, "POST", &roles, json!({"role": "manager"}))
            .await;
        let address = json!({"lines": ["Rue 1"], "city": "Paris", "country": "FR"});
        let body = json!({"name": "Tower", "address": address, "time_zone": "Europe/Paris"});
        let done = platform.done(&manager, "POST", "buildings", body).await;
        Self {
            platform,
            manager,
            building: id_of(&done),
        }
    }

    async fn piece(&self, name: &str, parent: Option<&str>) -> String {
        let mut body = json!({"building": self.building, "name": name, "category": "lift",
            "model": "GX-200"});
        if let Some(parent) = parent {
            body["parent"] = json!(parent);
        }
        self.made("equipment", body).await
    }

    async fn made(&self, path: &str, body: Value) -> String {
        id_of(&self.platform.done(&self.manager, "POST", path, body).await)
    }

    /// Does it, and waits until it is seen.
    async fn does(&self, method: &str, path: &str, body: Value) {
        let done = self.platform.done(&self.manager, method, path, body).await;
        let seen = format!("equipment?min_position={}", done["position"]);
        self.platform
            .done(&self.manager, "GET", &seen, Value::Null)
            .await;
    }

    async fn sees(&self, path: &str) -> Value {
        self.platform
            .done(&self.manager, "GET", path, Value::Null)
            .await
    }

    async fn refused(&self, method: &str, path: &str, body: Value) -> (u16, String) {
        let answer = self.platform.ask(&self.manager, method, path, body).await;
        // What a body's field is at fault for stands with the field.
        let fault = answer.faults().into_iter().next().map(|(_, code)| code);
        let code = fault.unwrap_or_else(|| answer.code().to_owned());
        (answer.status.as_u16(), code)
    }
}

fn id_of(done: &Value) -> String {
    done["id"].as_str().unwrap().to_owned()
}

fn says(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn what_is_down_takes_its_tree_down_and_the_answer_names_the_cause() {
    let platform = long_lived().await;
    let house = Lift::house(&platform).await;
    let lift = house.piece("Lift", None).await;
    let motor = house.piece("Motor", Some(&lift)).await;
    let of = |id: &str, verb: &str| format!("equipment/{id}/{verb}");

    for parent in [&lift, &motor] {
        let circle = house
            .refused("POST", &of(&lift, "move"), json!({"parent": parent}))
            .await;
        assert_eq!(circle, says(409, "equipment_circle"));
    }
    house
        .does("POST", &of(&motor, "down"), json!({"reason": "smoke"}))
        .await;
    let seen = house.sees(&format!("equipment/{lift}")).await;
    assert_eq!(seen["status"], "operational");
    assert_eq!(seen["effective_status"], "down");
    assert_eq!(seen["down_because"], json!(motor));
    let twice = house.refused("POST", &of(&motor, "down"), json!({})).await;
    assert_eq!(twice, says(409, "equipment_is_down"));
    let down = house
        .refused(
            "PATCH",
            &format!("equipment/{lift}"),
            json!({"status": "down"}),
        )
        .await;
    assert_eq!(down, says(422, "status_is_down"));

    platform.clock.advance(TimeDelta::hours(2));
    house.does("POST", &of(&motor, "up"), json!({})).await;
    let seen = house.sees(&format!("equipment/{lift}")).await;
    assert_eq!(seen["effective_status"], "operational");
    let times = house.sees(&of(&motor, "downtimes")).await;
    assert_eq!(times["items"][0]["reason"], "smoke");
    let figures = house.sees(&of(&motor, "reliability")).await;
    assert_eq!(figures["mttr_seconds"], 7_200);
    assert_eq!(figures["mtbf_seconds"], Value::Null);
    assert_eq!(figures["risk"]["probability"], Value::Null);
    assert_eq!(figures["risk"]["reason"], "too_few_failures");

    let history = house.sees(&of(&motor, "history")).await;
    assert_eq!(history["items"][1]["type"], "equipment.went_down");
    let then = house.sees(&format!("equipment/{motor}?at_version=2")).await;
    assert_eq!(then["state"]["status"], "down");
    let parts = house
        .refused("DELETE", &format!("equipment/{lift}"), Value::Null)
        .await;
    assert_eq!(parts, says(409, "equipment_has_parts"));
    house
        .does("DELETE", &format!("equipment/{motor}"), Value::Null)
        .await;
    let gone = platform
        .get(&house.manager, &format!("equipment/{motor}"))
        .await;
    assert_eq!(
        (gone.status.as_u16(), gone.code()),
        (404, "equipment_unknown")
    );
    platform.stop().await;
}

#[tokio::test]
async fn a_whole_does_not_run_while_a_part_is_down() {
    let platform = long_lived().await;
    let house = Lift::house(&platform).await;
    let lift = house.piece("Lift", None).await;
    let motor = house.piece("Motor", Some(&lift)).await;
    house
        .does("POST", &format!("equipment/{motor}/down"), json!({}))
        .await;
    platform.clock.advance(TimeDelta::hours(2));
    house
        .does("POST", &format!("equipment/{motor}/up"), json!({}))
        .await;
    platform.clock.advance(TimeDelta::hours(2));
    // The lift never failed by itself, but it did not run without its motor.
    let lift = house.sees(&format!("equipment/{lift}/reliability")).await;
    assert_eq!(
        (&lift["down_seconds"], &lift["availability"]),
        (&json!(0), &json!(1.0))
    );
    let whole = |parts: u32| {
        let (up, down) = (7_200, 7_200);
        json!({"parts": parts, "up_seconds": up, "down_seconds": down, "availability": 0.5})
    };
    assert_eq!(lift["whole"], whole(1));
    let motor = house.sees(&format!("equipment/{motor}/reliability")).await;
    assert_eq!(motor["whole"], whole(0));
    assert_eq!(motor["down_seconds"], 7_200);
    platform.stop().await;
}

#[tokio::test]
async fn work_is_done_signed_and_paid_for() {
    let platform = long_lived().await;
    let house = Lift::house(&platform).await;
    let lift = house.piece("Lift", None).await;
    let orders = format!("equipment/{lift}/work-orders");
    let order = json!({"title": "Mend it", "takes_down": true, "needs_signature": true,
        "tasks": [{"label": "Look", "kind": "inspection"}]});
    let order = house.made(&orders, order).await;
    let at = |verb: &str| format!("{orders}/{order}/{verb}");

    house.does("POST", &at("start"), Value::Null).await;
    let seen = house.sees(&format!("equipment/{lift}")).await;
    assert_eq!(
        (&seen["status"], &seen["down_kind"]),
        (&json!("down"), &json!("failure"))
    );
    let up = house
        .refused("POST", &format!("equipment/{lift}/up"), json!({}))
        .await;
    assert_eq!(up, says(409, "kept_down"));
    let wrong = house
        .refused("POST", &at("tasks"), json!({"task": 0, "answer": "good"}))
        .await;
    assert_eq!(wrong, says(422, "answer_invalid"));
    house
        .does("POST", &at("tasks"), json!({"task": 0, "answer": "fail"}))
        .await;
    let coil = json!({"name": "Coil", "quantity": 3,
        "unit_cost": {"amount": 4_550, "currency": "EUR"}});
    house.does("POST", &at("parts"), coil).await;
    let unsigned = house.refused("POST", &at("complete"), Value::Null).await;
    assert_eq!(unsigned, says(409, "signature_missing"));
    house
        .does("POST", &at("sign"), json!({"name": "Ana"}))
        .await;
    platform.clock.advance(TimeDelta::hours(1));
    house.does("POST", &at("complete"), Value::Null).await;

    let done = house.sees(&format!("{orders}/{order}")).await;
    assert_eq!(done["cost"], json!({"amount": 13_650, "currency": "EUR"}));
    assert_eq!(done["completed_by"], json!(house.manager.id));
    assert_eq!(done["tasks"][0]["answer"], "fail");
    let seen = house.sees(&format!("equipment/{lift}")).await;
    assert_eq!(seen["status"], "operational");
    let held = house.refused("POST", &at("hold"), Value::Null).await;
    assert_eq!(held, says(409, "work_order_transition"));
    house.does("POST", &at("reopen"), Value::Null).await;
    let again = house.sees(&format!("{orders}?status=open")).await;
    assert_eq!(again["items"][0]["completed_at"], Value::Null);
    assert_eq!(
        again["items"][0]["first_reaction_at"],
        done["first_reaction_at"]
    );
    let open = house
        .refused("DELETE", &format!("equipment/{lift}"), Value::Null)
        .await;
    assert_eq!(open, says(409, "equipment_has_open_orders"));
    // Of another piece it is no order.
    let other = house.piece("Other", None).await;
    let path = format!("equipment/{other}/work-orders/{order}/cancel");
    let elsewhere = house.refused("POST", &path, Value::Null).await;
    assert_eq!(elsewhere, says(404, "work_order_unknown"));
    platform.stop().await;
}

/// The orders of the plan, once there are so many.
async fn orders_of(house: &Lift<'_>, lift: &str, count: usize) -> Vec<Value> {
    let path = format!("equipment/{lift}/work-orders");
    for _ in 0..400 {
        let found = house.sees(&path).await["items"].as_array().unwrap().clone();
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("there were never {count} orders");
}

#[tokio::test]
async fn a_plan_asks_at_eight_by_the_clock_of_the_building_and_once() {
    let platform = long_lived().await;
    let house = Lift::house(&platform).await;
    let lift = house.piece("Lift", None).await;
    let plans = format!("equipment/{lift}/plans");
    let faults = json!({"kind": "calendar", "rhythm": "weekly", "time": "8", "meter": lift});
    let bad = json!({"title": "Grease", "trigger": faults});
    let bad = platform.ask(&house.manager, "POST", &plans, bad).await;
    let pointers: Vec<String> = bad.faults().into_iter().map(|(at, _)| at).collect();
    assert_eq!(pointers, ["/trigger/meter", "/trigger/time"]);
    let weekly = json!({"kind": "calendar", "rhythm": "weekly", "time": "08:00"});
    let no_days = house
        .refused(
            "POST",
            &plans,
            json!({"title": "Grease", "trigger": weekly}),
        )
        .await;
    assert_eq!(no_days, says(422, "days_of_week"));
    let none = json!({"kind": "calendar", "rhythm": "daily", "interval": 0, "time": "08:00"});
    let none = house
        .refused("POST", &plans, json!({"title": "Grease", "trigger": none}))
        .await;
    assert_eq!(none, says(422, "interval_out_of_range"));

    let daily = json!({"kind": "calendar", "rhythm": "daily", "time": "08:00"});
    let plan = house
        .made(&plans, json!({"title": "Grease", "trigger": daily}))
        .await;
    // It is noon of 30 April in UTC: tomorrow at eight in Paris is 06:00.
    platform.clock.advance(TimeDelta::hours(18));
    let found = orders_of(&house, &lift, 1).await;
    assert_eq!(found[0]["due_at"], "2027-05-01T06:00:00Z");
    assert_eq!(found[0]["plan"], json!(plan));
    assert_eq!(found[0]["kind"], "preventive");
    platform.clock.advance(TimeDelta::hours(24));
    assert_eq!(orders_of(&house, &lift, 2).await.len(), 2);
    let process = house.platform.admin().await;
    let process = platform
        .done(&process, "GET", "processes?kind=maintenance", Value::Null)
        .await;
    assert_eq!(process["items"].as_array().unwrap().len(), 1);
    platform.stop().await;
}

#[tokio::test]
async fn a_meter_counts_asks_for_work_and_knows_its_trend() {
    let platform = long_lived().await;
    let house = Lift::house(&platform).await;
    let lift = house.piece("Lift", None).await;
    let meters = format!("equipment/{lift}/meters");
    let meter = json!({"name": "Hours", "unit": "h", "kind": "cumulative"});
    let meter = house.made(&meters, meter).await;
    let readings = format!("{meters}/{meter}/readings");
    let reading = |value: i64| json!({"value_e3": value, "unit": "h"});
    let every = json!({"kind": "every", "meter": meter, "every_e3": 100_000});
    let plans = format!("equipment/{lift}/plans");
    let plan = house
        .made(&plans, json!({"title": "Oil", "trigger": every}))
        .await;

    for (hours, value) in [(24, 20_000), (24, 44_100), (24, 67_900), (24, 92_000)] {
        platform.clock.advance(TimeDelta::hours(hours));
        house.does("POST", &readings, reading(value)).await;
    }
    assert!(house.sees(&format!("equipment/{lift}/work-orders")).await["items"][0].is_null());
    let fell = house.refused("POST", &readings, reading(91_999)).await;
    assert_eq!(fell, says(422, "not_after_last"));
    platform.clock.advance(TimeDelta::hours(24));
    let fell = house.refused("POST", &readings, reading(91_999)).await;
    assert_eq!(fell, says(422, "meter_fell"));
    let minutes = json!({"value_e3": 116_000, "unit": "min"});
    assert_eq!(
        house.refused("POST", &readings, minutes).await,
        says(422, "unit_wrong")
    );
    let future = json!({"value_e3": 116_000, "unit": "h", "read_at": "2027-06-01T00:00:00Z"});
    assert_eq!(
        house.refused("POST", &readings, future).await,
        says(422, "in_the_future")
    );
    house.does("POST", &readings, reading(116_000)).await;
    let order = house.sees(&format!("equipment/{lift}/work-orders")).await;
    assert_eq!(order["items"][0]["plan"], json!(plan));
    let seen = house.sees(&format!("{plans}/{plan}")).await;
    assert_eq!(
        (&seen["next_e3"], &seen["fired"]),
        (&json!(200_000), &json!(1))
    );

    goes_wild_and_is_replaced(&platform, &house, &meters, &meter).await;
    platform.stop().await;
}

/// The last of the readings is not like the others; then another meter takes its place.
async fn goes_wild_and_is_replaced(
    platform: &Platform,
    house: &Lift<'_>,
    meters: &str,
    meter: &str,
) {
    let readings = format!("{meters}/{meter}/readings");
    let reading = |value: i64| json!({"value_e3": value, "unit": "h"});
    for (hours, value) in [(24, 140_500), (24, 164_000), (1, 188_000)] {
        platform.clock.advance(TimeDelta::hours(hours));
        house.does("POST", &readings, reading(value)).await;
    }
    // 24 hours a day, but in the last hour 24 more.
    let trend = house.sees(&format!("{meters}/{meter}/trend")).await;
    assert_eq!(
        (&trend["readings"], &trend["anomaly"]),
        (&json!(8), &json!(true))
    );
    let slope = trend["slope_per_day"].as_f64().unwrap();
    assert!((slope - 24.0).abs() < 1.0, "{slope}");
    let in_use = house
        .refused("DELETE", &format!("{meters}/{meter}"), Value::Null)
        .await;
    assert_eq!(in_use, says(409, "meter_in_use"));
    platform.clock.advance(TimeDelta::hours(1));
    let reset = json!({"reset": "replaced", "final_e3": 190_000, "start_e3": 0});
    house
        .does("POST", &format!("{meters}/{meter}/reset"), reset)
        .await;
    let seen = house.sees(&format!("{meters}/{meter}")).await;
    assert_eq!(
        (&seen["value_e3"], &seen["total_e3"]),
        (&json!(0), &json!(190_000))
    );
}

#[tokio::test]
async fn a_risk_is_told_from_five_failures_on_and_pooled_by_model_from_two() {
    let platform = long_lived().await;
    let house = Lift::house(&platform).await;
    let (old, young) = (
        house.piece("Old", None).await,
        house.piece("Young", None).await,
    );
    for (n, days) in [10, 14, 9, 12, 11].into_iter().enumerate() {
        platform.clock.advance(TimeDelta::days(days));
        let fail = async |piece: &str| {
            house
                .does("POST", &format!("equipment/{piece}/down"), json!({}))
                .await;
            house
                .does("POST", &format!("equipment/{piece}/up"), json!({}))
                .await;
        };
        fail(&old).await;
        if n < 2 {
            fail(&young).await;
        }
    }
    platform.clock.advance(TimeDelta::days(5));
    let risk = async |piece: &str| {
        house.sees(&format!("equipment/{piece}/reliability")).await["risk"].clone()
    };
    let own = risk(&old).await;
    assert_eq!(
        (&own["basis"], &own["lives"], &own["survivors"]),
        (&json!("own"), &json!(5), &json!(1))
    );
    // At 5 days of about 11, the next 30 days are all but sure to see it fail.
    assert!(own["probability"].as_f64().unwrap() > 0.99, "{own}");
    let pooled = risk(&young).await;
    assert_eq!(
        (&pooled["basis"], &pooled["own_failures"], &pooled["lives"]),
        (&json!("model"), &json!(2), &json!(7))
    );
    platform.stop().await;
}
