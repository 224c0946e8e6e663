//! Things as they were.

use crate::given::Given;

#[tokio::test]
async fn show_goes_back_in_time() {
    let given = Given::new().await;
    let stream = format!("user-{}", given.ann);
    let show = async |more: &[&str]| {
        let line = [&["show", stream.as_str(), "--json"], more].concat();
        given.replay(&line).await
    };
    let now = show(&[]).await.json();
    assert_eq!(now["stream"], stream.as_str());
    assert_eq!(now["version"], 2);
    assert!(now["state"].to_string().contains("\"fr\""), "{now}");
    assert!(now["state"].to_string().contains("[secret]"), "{now}");

    for earlier in [
        ["--at-version", "1"],
        ["--as-of", "2026-03-01T11:59:59.999999Z"],
        ["--known-at", "2026-03-01T10:00:00Z"],
    ] {
        let then = show(&earlier).await.json();
        assert_eq!(then["version"], 1, "{earlier:?}");
        assert!(!then["state"].to_string().contains("\"fr\""), "{then}");
    }
    let both = [
        "--as-of",
        "2026-03-01T12:00:00Z",
        "--known-at",
        "2026-03-01T11:00:00Z",
    ];
    assert_eq!(show(&both).await.json()["version"], 1);
    let on_the_dot = ["--as-of", "2026-03-01T12:00:00Z"];
    assert_eq!(show(&on_the_dot).await.json()["version"], 2);
    let text = given.replay(&["show", &stream]).await;
    assert!(
        text.out.starts_with(&format!("{stream} at version 2\n")),
        "{text:?}"
    );
}

#[tokio::test]
async fn a_moment_that_cannot_be_shown_is_refused() {
    let given = Given::new().await;
    let stream = format!("user-{}", given.ann);
    for (more, said) in [
        (["--at-version", "3"], "it has 1 to 2"),
        (["--at-version", "0"], "0 is not in 1.."),
        (["--as-of", "2026-03-01T09:59:59Z"], "did not exist yet"),
        (["--known-at", "2026-03-01T09:59:59Z"], "did not exist yet"),
        (["--as-of", "2999-01-01T00:00:00Z"], "is in the future"),
        (["--as-of", "2026-03-01"], "invalid value"),
    ] {
        let ran = given.replay(&["show", &stream, more[0], more[1]]).await;
        assert_eq!(ran.exit, Some(2), "{ran:?}");
        assert!(ran.err.contains(said), "{ran:?}");
        assert!(ran.out.is_empty(), "{ran:?}");
    }
}

#[tokio::test]
async fn history_tells_every_event_of_a_stream() {
    let given = Given::new().await;
    let stream = format!("user-{}", given.ann);
    let ran = given.replay(&["history", &stream, "--json"]).await;
    let types: Vec<_> = ran.json_lines().iter().map(|e| e["type"].clone()).collect();
    assert_eq!(types, ["user.created", "user.changed"]);
    assert!(!ran.out.contains("$argon2id"), "{ran:?}");
    let text = given.replay(&["history", &stream]).await;
    assert_eq!(text.out.lines().count(), 3);
    assert!(
        text.out.lines().nth(2).unwrap().contains("operator"),
        "{text:?}"
    );
}

#[tokio::test]
async fn an_unknown_stream_is_refused_with_what_may_have_been_meant() {
    let given = Given::new().await;
    let ann = given.ann.to_string();
    let stream = format!("user-{ann}");
    let begun = stream[..stream.len() - 4].to_owned();
    let mistyped = format!("{begun}zzzz");
    let wrong_noun = format!("usr-{ann}");
    for (asked, said) in [
        (begun.as_str(), stream.as_str()),
        (&mistyped, &stream),
        (&ann, &stream),
        (&wrong_noun, &stream),
        ("zebra-1", "the nouns are user, session"),
        ("user", "a name is a noun, a hyphen and an id"),
        (
            "user-nobody-at-all",
            "there is no stream `user-nobody-at-all`",
        ),
        ("", "a name is a noun"),
        ("user-\u{1b}[2J", "is no stream"),
    ] {
        for command in ["show", "history"] {
            let ran = given.replay(&[command, asked]).await;
            assert_eq!(ran.exit, Some(2), "{ran:?}");
            assert!(ran.err.contains(said), "{asked}: {ran:?}");
            assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
        }
    }
    let json = given.replay(&["show", &begun, "--json"]).await;
    let error: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(error["error"]["exit"], 2);
    assert_eq!(error["error"]["suggestions"][0], stream.as_str());
}
