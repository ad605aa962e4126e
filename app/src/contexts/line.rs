//! The stream of changes: one EventSource per page, renewed when it is cut or the machine slept.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};

use crate::{codec, reactive::effect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use super::{Clock, Connection, Live, Session};

const STREAM: &str = "/api/environments/stream?compact=true";
/// How long to wait before a stream that the server closed is opened again.
const RETRY: Duration = Duration::from_secs(3);

/// An open stream; dropping it closes it.
struct Subscription {
    source: EventSource,
    _on_list: Closure<dyn Fn(MessageEvent)>,
    _on_open: Closure<dyn Fn(Event)>,
    _on_error: Closure<dyn Fn(Event)>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// The line to the server, of which there is one at a time.
#[derive(Clone)]
struct Line {
    live: Live,
    session: Session,
    open: Rc<RefCell<Option<Subscription>>>,
}

/// Keeps the list up to date while somebody is signed in.
pub fn follow_changes(live: Live, session: Session, clock: Clock) {
    effect(move || {
        // After a sleep the old connection may be dead without knowing it.
        let _ = clock.woke();
        if !session.is_signed_in() {
            return;
        }
        let line = Line { live, session, open: Rc::default() };
        line.connect();
        let open = SendWrapper::new(line.open);
        on_cleanup(move || drop(open.take()));
    });
}

impl Line {
    fn connect(&self) {
        let Ok(source) = EventSource::new(STREAM) else { return };
        let live = self.live;
        let on_list = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            if let Some(list) = codec::from_text(&text) {
                live.follow(list);
            }
        });
        let on_open = Closure::new(move |_: Event| live.set_connection(Connection::Fine));
        let line = self.clone();
        let on_error = Closure::new(move |_: Event| line.cut());
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let listener = on_list.as_ref().unchecked_ref();
        if source.add_event_listener_with_callback("environments", listener).is_ok() {
            let subscription =
                Subscription { source, _on_list: on_list, _on_open: on_open, _on_error: on_error };
            self.open.replace(Some(subscription));
        }
    }

    /// The browser reconnects by itself after a broken connection, but not after an answer that is no stream.
    fn cut(&self) {
        self.live.set_connection(Connection::Reconnecting);
        let closed = self
            .open
            .borrow()
            .as_ref()
            .is_some_and(|it| it.source.ready_state() == EventSource::CLOSED);
        if closed {
            let line = self.clone();
            set_timeout(move || spawn_local(line.renew()), RETRY);
        }
    }

    async fn renew(self) {
        self.live.refresh().await;
        let wanted = self.open.borrow().is_some() && !untrack(|| self.session.has_ended());
        if wanted {
            self.connect();
        }
    }
}
