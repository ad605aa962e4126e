use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use futures::StreamExt;
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;

async fn desk(directory: &TempDir) -> Router {
    let board = Arc::new(Board::open(directory.path()).await.unwrap());
    router(Desk { board, stop: CancellationToken::new() })
}

async fn post(desk: &Router, path: &str, form: &str) -> Response<Body> {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap();
    desk.clone().oneshot(request).await.unwrap()
}

async fn get(desk: &Router, path: &str) -> Response<Body> {
    desk.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn notes_are_shown_escaped_and_survive_a_restart() {
    let directory = TempDir::new().unwrap();
    let before = desk(&directory).await;
    let answer = post(&before, "/notes", "text=%3Cb%3Ebring+cake%3C%2Fb%3E").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);

    let page = text(get(&desk(&directory).await, "/").await).await;
    assert!(page.contains("&lt;b&gt;bring cake&lt;/b&gt;"), "{page}");
    assert!(!page.contains("<b>"));
}

#[tokio::test]
async fn a_removed_note_is_gone_and_its_number_is_not_found_again() {
    let directory = TempDir::new().unwrap();
    let desk = desk(&directory).await;
    post(&desk, "/notes", "text=one").await;
    post(&desk, "/notes", "text=two").await;
    post(&desk, "/notes/1/remove", "").await;
    assert_eq!(post(&desk, "/notes/1/remove", "").await.status(), StatusCode::SEE_OTHER);

    let page = text(get(&desk, "/").await).await;
    assert!(page.contains(">two<") && !page.contains(">one<"), "{page}");
}

#[tokio::test]
async fn what_is_too_much_is_refused_with_a_sentence() {
    let directory = TempDir::new().unwrap();
    let desk = desk(&directory).await;
    let long = format!("text={}", "ö".repeat(2001));
    for (form, said) in [("text=++", "some text"), (long.as_str(), "at most 2000 characters")] {
        let answer = post(&desk, "/notes", form).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(text(answer).await.contains(said));
    }
    let full = post(&desk, "/notes", &format!("text={}", "a".repeat(100_000))).await;
    assert_eq!(full.status(), StatusCode::PAYLOAD_TOO_LARGE);

    for _ in 0..200 {
        post(&desk, "/notes", "text=x").await;
    }
    assert_eq!(post(&desk, "/notes", "text=x").await.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_note_reaches_those_who_look_at_the_board() {
    let directory = TempDir::new().unwrap();
    let desk = desk(&directory).await;
    let mut events = get(&desk, "/events").await.into_body().into_data_stream();
    let first = events.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("Nothing here yet"));

    post(&desk, "/notes", "text=hello%0D%0Athere").await;
    let second = events.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&second).contains(r"hello\nthere"));
}

#[tokio::test]
async fn a_board_that_cannot_be_saved_stays_as_it_was() {
    let directory = TempDir::new().unwrap();
    let desk = desk(&directory).await;
    post(&desk, "/notes", "text=kept").await;
    directory.close().unwrap();

    let answer = post(&desk, "/notes", "text=lost").await;
    assert_eq!(answer.status(), StatusCode::INSUFFICIENT_STORAGE);
    let page = text(get(&desk, "/").await).await;
    assert!(page.contains(">kept<") && !page.contains(">lost<"));
}
