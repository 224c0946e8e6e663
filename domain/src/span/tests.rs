use super::*;

fn span(from: &str, until: &str) -> Span {
    Span::new(from.parse().unwrap(), until.parse().unwrap())
}

#[test]
fn the_day_of_departure_is_no_night() {
    assert_eq!(span("2026-02-27", "2026-03-02").nights(), 3);
    assert_eq!(span("2028-02-28", "2028-03-01").nights(), 2);
    let days: Vec<String> = span("2026-02-27", "2026-03-02")
        .days()
        .map(|day| day.to_string())
        .collect();
    assert_eq!(days, ["2026-02-27", "2026-02-28", "2026-03-01"]);
}

#[test]
fn nights_are_calendar_days_whatever_the_clocks_do() {
    assert_eq!(span("2026-03-28", "2026-03-30").nights(), 2);
    assert_eq!(span("2026-10-24", "2026-10-26").nights(), 2);
}

#[test]
fn an_empty_or_reversed_span_has_no_nights() {
    assert_eq!(span("2026-01-01", "2026-01-01").nights(), 0);
    assert_eq!(span("2026-01-02", "2026-01-01").nights(), -1);
    assert_eq!(span("2026-01-01", "2026-01-01").days().count(), 0);
    assert_eq!(span("2026-01-02", "2026-01-01").days().count(), 0);
}

#[test]
fn a_day_of_departure_is_free_for_an_arrival() {
    let stay = span("2026-01-05", "2026-01-08");
    assert!(!stay.overlaps(span("2026-01-08", "2026-01-09")));
    assert!(!stay.overlaps(span("2026-01-01", "2026-01-05")));
    assert!(stay.overlaps(span("2026-01-07", "2026-01-09")));
    assert!(stay.overlaps(span("2026-01-06", "2026-01-07")));
    assert!(stay.overlaps(stay));
}

#[test]
fn the_end_of_the_calendar_is_no_panic() {
    let last = Span::new(NaiveDate::MAX.pred_opt().unwrap(), NaiveDate::MAX);
    assert_eq!(last.days().count(), 1);
    let whole = Span::new(NaiveDate::MIN, NaiveDate::MAX);
    assert!(whole.nights() > 190_000_000);
}

#[test]
fn a_date_that_is_none_is_refused() {
    for json in [
        r#"{"from":"2026-02-30","until":"2026-03-01"}"#,
        r#"{"from":"2026-02-01"}"#,
        r#"{"from":"2026-02-01","until":"2026-03-01","x":1}"#,
    ] {
        assert!(serde_json::from_str::<Span>(json).is_err(), "{json}");
    }
}
