//! Counts of requests and what else is measured, in the text form that Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// The upper bounds of the histogram's buckets, in seconds.
const BOUNDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The most series of requests. Methods, routes and statuses are few, so this is never reached
/// unless something is wrong; then further ones are counted together.
const SERIES_MAX: usize = 5_000;

/// Counts of requests by method, route and status.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Labels, Series>>,
}

/// Something measured at the moment of asking.
#[derive(Clone, Debug)]
pub struct Gauge {
    /// Its name, `cadastre_…`.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// Of which part: a label's name and value.
    pub of: Option<(&'static str, String)>,
    /// How much.
    pub value: i64,
}

/// How something that is measured moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, and begins again with the server.
    Counter,
    /// It goes up and down.
    Gauge,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Default)]
struct Series {
    count: u64,
    seconds: f64,
    buckets: [u64; BOUNDS.len()],
}

impl Metrics {
    /// Counts one request. `route` is the pattern, never the path: ids would be without number. A
    /// method that HTTP does not know counts as `OTHER`, for a client can make up any.
    pub fn record(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let mut labels = Labels {
            method: known(method),
            route: route.to_owned(),
            status,
        };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= SERIES_MAX && !requests.contains_key(&labels) {
            labels = Labels {
                method: "OTHER",
                route: "other".to_owned(),
                status,
            };
        }
        let series = requests.entry(labels).or_default();
        let seconds = took.as_secs_f64();
        series.count += 1;
        series.seconds += seconds;
        for (bucket, bound) in series.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
    }

    /// Everything, as Prometheus reads it.
    pub fn render(&self, gauges: &[Gauge]) -> String {
        let requests = self
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut text = String::from(
            "# HELP cadastre_http_request_seconds How long requests took.\n\
             # TYPE cadastre_http_request_seconds histogram\n",
        );
        for (labels, series) in &requests {
            // Writing to a `String` cannot fail.
            let _ = series.write(labels, &mut text);
        }
        let mut last = "";
        for gauge in gauges {
            if gauge.name != last {
                let _ = writeln!(text, "# HELP {} {}", gauge.name, gauge.help);
                let _ = writeln!(text, "# TYPE {} {}", gauge.name, gauge.kind.word());
                last = gauge.name;
            }
            let of = gauge.of.as_ref();
            let of = of.map_or_else(String::new, |(k, v)| format!("{{{k}=\"{}\"}}", escaped(v)));
            let _ = writeln!(text, "{}{of} {}", gauge.name, gauge.value);
        }
        text
    }
}

impl Series {
    fn write(&self, labels: &Labels, text: &mut String) -> std::fmt::Result {
        let labels = format!(
            "method=\"{}\",route=\"{}\",status=\"{}\"",
            escaped(labels.method),
            escaped(&labels.route),
            labels.status
        );
        let name = "cadastre_http_request_seconds";
        for (count, bound) in self.buckets.iter().zip(BOUNDS) {
            writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {count}")?;
        }
        writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", self.count)?;
        writeln!(text, "{name}_sum{{{labels}}} {}", self.seconds)?;
        writeln!(text, "{name}_count{{{labels}}} {}", self.count)
    }
}

fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_gauges_are_told() {
        let metrics = Metrics::default();
        metrics.record(
            &Method::GET,
            "/bookings/{id}",
            200,
            Duration::from_millis(3),
        );
        metrics.record(
            &Method::GET,
            "/bookings/{id}",
            200,
            Duration::from_millis(30),
        );
        let lag = Gauge {
            name: "cadastre_projection_lag",
            help: "Events behind.",
            kind: Kind::Gauge,
            of: Some(("projection", "a\"b".to_owned())),
            value: 7,
        };

        let text = metrics.render(&[lag]);

        let labels = r#"method="GET",route="/bookings/{id}",status="200""#;
        for line in [
            format!("cadastre_http_request_seconds_bucket{{{labels},le=\"0.005\"}} 1"),
            format!("cadastre_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} 2"),
            format!("cadastre_http_request_seconds_count{{{labels}}} 2"),
            r#"cadastre_projection_lag{projection="a\"b"} 7"#.to_owned(),
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn made_up_methods_and_too_many_series_are_counted_together() {
        let metrics = Metrics::default();
        for number in 0..2_000 {
            let method = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
            metrics.record(&method, "unmatched", 404, Duration::ZERO);
        }
        assert_eq!(metrics.requests.lock().unwrap().len(), 1);
        for number in 0..2 * SERIES_MAX {
            metrics.record(&Method::GET, &format!("/{number}"), 200, Duration::ZERO);
        }
        assert!(metrics.requests.lock().unwrap().len() <= SERIES_MAX + 1);
        let text = metrics.render(&[]);
        let other = r#"method="OTHER",route="unmatched",status="404""#;
        let counted = format!("cadastre_http_request_seconds_count{{{other}}} 2000");
        assert!(text.contains(&counted));
    }
}
