//! The event stream: one `EventSource` per page, opened again after a break or a sleep.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};
use wire::event_stream;

use super::{Clock, LiveList, Session, StreamStatus};
use crate::reactive::effect;

const STREAM_PATH: &str = "/api/environments/stream?compact=true";
/// The pause before the page opens a stream again that the server closed.
const RECONNECT_DELAY: Duration = Duration::from_secs(3);

/// An open stream. Dropping it closes the stream.
struct OpenStream {
    source: EventSource,
    _on_list: Closure<dyn Fn(MessageEvent)>,
    _on_open: Closure<dyn Fn(Event)>,
    _on_error: Closure<dyn Fn(Event)>,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Keeps one stream open, and passes its lists on to the [`LiveList`].
#[derive(Clone)]
struct EventStream {
    live: LiveList,
    session: Session,
    open: Rc<RefCell<Option<OpenStream>>>,
}

/// Follows the event stream while the user is signed in.
pub fn follow_event_stream(live: LiveList, session: Session, clock: Clock) {
    effect(move || {
        // A sleep can break a connection without an error event: open another one.
        let _ = clock.wake_count();
        if !session.is_signed_in() {
            return;
        }
        let stream = EventStream { live, session, open: Rc::default() };
        stream.connect();
        let open = SendWrapper::new(stream.open);
        on_cleanup(move || drop(open.take()));
    });
}

impl EventStream {
    fn connect(&self) {
        let Ok(source) = EventSource::new(STREAM_PATH) else { return };
        let live = self.live;
        let on_list = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            if let Some(list) = event_stream::decode(&text) {
                live.apply_streamed(list);
            }
        });
        let on_open = Closure::new(move |_: Event| live.set_stream_status(StreamStatus::Connected));
        let stream = self.clone();
        let on_error = Closure::new(move |_: Event| stream.handle_error());
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let listener = on_list.as_ref().unchecked_ref();
        if source.add_event_listener_with_callback(event_stream::EVENT_NAME, listener).is_ok() {
            let open =
                OpenStream { source, _on_list: on_list, _on_open: on_open, _on_error: on_error };
            self.open.replace(Some(open));
        }
    }

    /// Reconnects where the browser does not.
    ///
    /// The browser reconnects after a broken connection, but closes the source when the response
    /// is not a stream.
    fn handle_error(&self) {
        self.live.set_stream_status(StreamStatus::Reconnecting);
        let closed = self
            .open
            .borrow()
            .as_ref()
            .is_some_and(|it| it.source.ready_state() == EventSource::CLOSED);
        if closed {
            let stream = self.clone();
            set_timeout(move || spawn_local(stream.reconnect()), RECONNECT_DELAY);
        }
    }

    async fn reconnect(self) {
        self.live.refresh().await;
        let wanted = self.open.borrow().is_some() && !untrack(|| self.session.has_ended());
        if wanted {
            self.connect();
        }
    }
}
