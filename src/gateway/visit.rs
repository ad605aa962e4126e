//! How visitors prove that an environment is theirs (see the module above for the round they take).

use std::sync::Arc;

use axum::{
    extract::{Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use environments::{Backend, Caller, RefusalKind};
use jiff::SignedDuration;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Gateway, cookies, headers, host::Label, landing, notice::Notice};

/// How long a ticket can be used.
pub(super) const TICKET_LIFE: SignedDuration = SignedDuration::from_secs(30);
/// How long a session lasts; another round over the site, which nobody notices, makes the next.
pub(super) const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(8);
/// How many tickets wait to be used.
pub(super) const MOST_TICKETS: usize = 1024;
/// How many sessions there are.
pub(super) const MOST_SESSIONS: usize = 4096;
/// How long somebody may take to sign in, in seconds.
const NONCE_LIFE: u32 = 3600;

/// Lets one caller into one environment, once.
pub(super) struct Ticket {
    session: Session,
    /// The SHA-256 of the nonce that the browser holds.
    challenge: String,
    landing: String,
}

/// Somebody who was let in.
#[derive(Clone)]
pub(super) struct Session {
    caller: Caller,
    label: Label,
}

/// Somebody who has shown who they are.
pub(super) enum Visitor {
    /// By the cookie of this host.
    BySession(Arc<Session>),
    /// By a bearer token.
    ByToken(Box<Caller>),
}

impl Visitor {
    fn caller(&self) -> &Caller {
        match self {
            Self::BySession(session) => &session.caller,
            Self::ByToken(caller) => caller,
        }
    }
}

/// What an environment's host asks the site for.
#[derive(Deserialize)]
pub(super) struct Wish {
    host: String,
    path: String,
    challenge: String,
}

#[derive(Deserialize)]
struct Shown {
    ticket: String,
}

impl Gateway {
    /// Who visits the environment `label`, if they have shown it.
    pub(super) async fn visitor(&self, label: &Label, headers: &HeaderMap) -> Option<Visitor> {
        let session = cookies::value(headers, cookies::SESSION);
        let session = session.and_then(|key| self.inner.sessions.find(key));
        if let Some(session) = session.filter(|session| session.label == *label) {
            return Some(Visitor::BySession(session));
        }
        // Only the token counts here: the site's cookies are for the site's host.
        let token = headers.get(header::AUTHORIZATION).filter(|value| headers::is_bearer(value))?;
        let alone = HeaderMap::from_iter([(header::AUTHORIZATION, token.clone())]);
        let caller = self.inner.visitors.caller(&alone).await?;
        Some(Visitor::ByToken(Box::new(caller)))
    }

    /// Lets a visitor through to the environment, if the rules still say that it is theirs.
    pub(super) async fn let_in(
        &self,
        label: &Label,
        visitor: Visitor,
        request: Request,
    ) -> Response {
        let site = &self.inner.site;
        let (parts, body) = request.into_parts();
        let asked = parts.headers.clone();
        let address = match self.inner.directory.backend(visitor.caller(), label.as_str()).await {
            Ok(Backend::Listening(address)) => address,
            Ok(Backend::NotListening) => return Notice::starting(site).answer(&asked),
            Err(refusal) => {
                let was_theirs = matches!(visitor, Visitor::BySession(_));
                let gone = was_theirs && refusal.kind() == RefusalKind::NotFound;
                let notice =
                    if gone { Notice::gone(site) } else { Notice::refused(&refusal, site) };
                return notice.answer(&asked);
            }
        };
        if headers::wants_websocket(&parts) && !self.may_open_websocket(label, &visitor, &parts) {
            return Notice::foreign().answer(&asked);
        }
        let request = Request::from_parts(parts, body);
        match self.inner.upstream.forward(request, address, &site.authority_of(label)).await {
            Ok(answer) => answer,
            Err(cause) => {
                tracing::info!(%label, error = &cause as &dyn std::error::Error, "no answer");
                Notice::unreachable(site).answer(&asked)
            }
        }
    }

    /// Browsers let any page open a websocket to anywhere and send cookies along, but always say whose page it is.
    fn may_open_websocket(&self, label: &Label, visitor: &Visitor, request: &Parts) -> bool {
        let own = self.inner.site.of(label);
        match (request.headers.get(header::ORIGIN), visitor) {
            (Some(origin), _) => origin.as_bytes() == own.as_bytes(),
            (None, Visitor::ByToken(_)) => true,
            (None, Visitor::BySession(_)) => false,
        }
    }

    /// Sends somebody unknown to the site, to come back with a ticket.
    pub(super) fn invite(&self, label: &Label, request: &Request) -> Response {
        let headers = request.headers();
        if !can_take_the_round(request) {
            return Notice::signed_out().answer(headers);
        }
        // One nonce for all tabs: a second one that opens meanwhile must not spoil the ticket of the first.
        let nonce = cookies::value(headers, cookies::NONCE).filter(|nonce| is_hex(nonce, 32));
        let nonce = nonce.map_or_else(clock::random_hex::<16>, str::to_owned);
        let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let wish = Wish {
            host: label.to_string(),
            path: landing::path(wanted).to_owned(),
            challenge: challenge(&nonce),
        };
        let round = format!("{}{}", self.inner.site.0, wish.to_path());
        redirect(&round, cookies::set(cookies::NONCE, &nonce, Some(NONCE_LIFE)))
    }

    /// Takes a ticket and opens a session.
    pub(super) fn redeem(&self, label: &Label, request: &Request) -> Response {
        let headers = request.headers();
        let shown = Query::<Shown>::try_from_uri(request.uri()).ok();
        let ticket = shown.and_then(|shown| self.inner.tickets.take(&shown.ticket));
        let nonce = cookies::value(headers, cookies::NONCE);
        let valid = ticket.filter(|ticket| {
            ticket.session.label == *label
                && nonce.is_some_and(|nonce| challenge(nonce) == ticket.challenge)
        });
        let Some(ticket) = valid else { return Notice::bad_ticket().answer(headers) };
        let key = self.inner.sessions.keep(Arc::new(ticket.session));
        redirect(&ticket.landing, cookies::set(cookies::SESSION, &key, None))
    }
}

/// `GET /gateway/open` on the site's host: makes a ticket for the environment's owner.
pub(super) async fn open(
    State(gateway): State<Gateway>,
    wish: Result<Query<Wish>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let inner = &gateway.inner;
    let Ok(Query(wish)) = wish else { return Notice::bad_request(&inner.site).answer(&headers) };
    let Some(label) = Label::parse(&wish.host).filter(|_| is_hex(&wish.challenge, 64)) else {
        return Notice::bad_request(&inner.site).answer(&headers);
    };
    let Some(caller) = inner.visitors.caller(&headers).await else {
        return redirect(&sign_in_first(wish), None);
    };
    if let Err(refusal) = inner.directory.backend(&caller, label.as_str()).await {
        return Notice::refused(&refusal, &inner.site).answer(&headers);
    }
    let address = inner.site.of(&label);
    let ticket = inner.tickets.keep(Ticket {
        session: Session { caller, label },
        challenge: wish.challenge,
        landing: landing::path(&wish.path).to_owned(),
    });
    // The empty fragment keeps a `#token=` that the sign-in left in the address from following to the environment.
    redirect(&format!("{address}{}ticket?ticket={ticket}#", landing::OWN_PATHS), None)
}

impl Wish {
    fn to_path(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("host", &self.host)
            .append_pair("path", landing::path(&self.path))
            .append_pair("challenge", &self.challenge)
            .finish();
        format!("/gateway/open?{query}")
    }
}

fn sign_in_first(wish: Wish) -> String {
    let mut back = wish.to_path();
    if !landing::stays_on_its_host(&back) {
        // Too long to be remembered through a sign-in; the environment itself is near enough.
        back = Wish { path: "/".to_owned(), ..wish }.to_path();
    }
    let back = form_urlencoded::byte_serialize(back.as_bytes()).collect::<String>();
    format!("/auth/login?return_url={back}")
}

/// Only a visit to a page can go elsewhere and come back; what a page's script asks for cannot.
fn can_take_the_round(request: &Request) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.headers().contains_key(header::UPGRADE)
        && mode.is_none_or(|mode| mode == "navigate")
}

fn challenge(nonce: &str) -> String {
    Sha256::digest(nonce).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn redirect(to: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = Redirect::to(to).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
