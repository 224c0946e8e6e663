//! A process on a mission: this test binary, started again.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::history::Said;
use super::mission::{Mission, VARIABLE};

pub struct Racer {
    child: Child,
    said: Option<JoinHandle<Vec<String>>>,
}

impl Racer {
    /// Starts `test` of this binary in a process of its own; every answer that it has is counted.
    pub fn start(test: &str, mission: &Mission, answers: Arc<AtomicUsize>) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(VARIABLE, serde_json::to_string(mission).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let said = std::thread::spawn(move || {
            let count = |line: &String| {
                let is_answer = ["BOOKED", "CANCELLED", "REFUSED"]
                    .iter()
                    .any(|word| line.starts_with(word));
                answers.fetch_add(usize::from(is_answer), Ordering::Relaxed);
            };
            out.lines().map_while(Result::ok).inspect(count).collect()
        });
        Self {
            child,
            said: Some(said),
        }
    }

    /// Kills it with SIGKILL; answers what it had said.
    pub async fn kill(mut self) -> Said {
        self.child.kill().unwrap();
        let said = self.said.take().unwrap();
        let lines = tokio::task::spawn_blocking(move || said.join().unwrap());
        let lines = lines.await.unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), None, "it had ended by itself: {lines:?}");
        let mut said = Said::default();
        for line in &lines {
            match line.split_once(' ') {
                Some(("BOOKED", id)) => said.booked.push(id.parse().unwrap()),
                Some(("CANCELLED", id)) => said.cancelled.push(id.parse().unwrap()),
                _ => {}
            }
        }
        said
    }
}

impl Drop for Racer {
    fn drop(&mut self) {
        // A test that fails leaves nobody behind. One who is dead already is not killed again.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
