//! The round that proves whose environment it is; its steps are in the documentation of the crate.

use std::sync::Arc;

use axum::{
    extract::{Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use identity::Principal;
use jiff::SignedDuration;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Addresses, Backend, BackendError, Gateway, addresses::Label, cookies, headers, landing,
    notice_page::NoticePage,
};

/// How long a ticket is valid.
pub(crate) const TICKET_LIFETIME: SignedDuration = SignedDuration::from_secs(30);
/// How long a session is valid. Another round, which the visitor does not notice, opens the next.
pub(crate) const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(8);
/// The most unused tickets.
pub(crate) const MAX_TICKETS: usize = 1024;
/// The most sessions.
pub(crate) const MAX_SESSIONS: usize = 4096;
/// The age of the nonce's cookie: the longest time for a sign-in, in seconds.
const NONCE_MAX_AGE: u32 = 3600;

/// Opens one session, once.
pub(crate) struct Ticket {
    session: GatewaySession,
    /// The SHA-256 of the nonce in the browser's cookie.
    challenge: String,
    landing: String,
}

/// A visitor who was admitted to one host.
pub(crate) struct GatewaySession {
    visitor: Arc<Principal>,
    label: Label,
}

/// A visitor whose identity is verified.
pub(crate) enum Visitor {
    /// By the session cookie of this host.
    BySession(Arc<GatewaySession>),
    /// By a bearer token.
    ByToken(Arc<Principal>),
}

impl Visitor {
    fn principal(&self) -> &Principal {
        match self {
            Self::BySession(session) => &session.visitor,
            Self::ByToken(visitor) => visitor,
        }
    }
}

/// The query of `/gateway/open`, which an environment's host redirects to.
#[derive(Deserialize)]
pub(crate) struct OpenQuery {
    host: String,
    path: String,
    challenge: String,
}

/// The query of `/.dploy/ticket`.
#[derive(Deserialize)]
struct TicketQuery {
    ticket: String,
}

impl Gateway {
    /// The verified visitor of the environment `label`.
    pub(crate) async fn visitor(&self, label: &Label, headers: &HeaderMap) -> Option<Visitor> {
        let session = cookies::value(headers, cookies::SESSION);
        let session = session.and_then(|key| self.inner.sessions.find(key));
        if let Some(session) = session.filter(|session| session.label == *label) {
            return Some(Visitor::BySession(session));
        }
        // The site's cookies do not count on this host: only the token is verified.
        let token = headers.get(header::AUTHORIZATION).filter(|value| headers::is_bearer(value))?;
        let alone = HeaderMap::from_iter([(header::AUTHORIZATION, token.clone())]);
        self.inner.visitors.verify(&alone).await.map(Visitor::ByToken)
    }

    /// Forwards the request if the environment is still the visitor's.
    pub(crate) async fn admit(
        &self,
        label: &Label,
        visitor: Visitor,
        request: Request,
    ) -> Response {
        let addresses = &self.inner.addresses;
        let (parts, body) = request.into_parts();
        let asked = parts.headers.clone();
        let found = self.inner.directory.backend(visitor.principal(), label.as_str()).await;
        let address = match found {
            Ok(Backend::Listening(address)) => address,
            Ok(Backend::NotListening) => return NoticePage::starting(addresses).answer(&asked),
            Err(error) => return no_backend(&error, &visitor, addresses).answer(&asked),
        };
        if headers::wants_websocket(&parts) && !self.may_open_websocket(label, &visitor, &parts) {
            return NoticePage::foreign_origin().answer(&asked);
        }
        let request = Request::from_parts(parts, body);
        match self.inner.upstream.forward(request, address, addresses, label).await {
            Ok(response) => response,
            Err(cause) => {
                tracing::info!(%label, error = %errors::chain(&cause), "no response");
                NoticePage::unreachable(addresses).answer(&asked)
            }
        }
    }

    /// Whether the websocket is opened by the environment's own page. Browsers let any page open
    /// one anywhere, with cookies, but always send the page's `Origin`.
    fn may_open_websocket(&self, label: &Label, visitor: &Visitor, request: &Parts) -> bool {
        let own = self.inner.addresses.origin_of(label);
        match (request.headers.get(header::ORIGIN), visitor) {
            (Some(origin), _) => origin.as_bytes() == own.as_bytes(),
            (None, Visitor::ByToken(_)) => true,
            (None, Visitor::BySession(_)) => false,
        }
    }

    /// Redirects an unknown visitor to the site, which redirects back with a ticket.
    pub(crate) fn begin_round(&self, label: &Label, request: &Request) -> Response {
        let headers = request.headers();
        if !can_be_redirected(request) {
            return NoticePage::signed_out().answer(headers);
        }
        // All tabs share one nonce, so that a second tab does not invalidate the first one's
        // ticket.
        let nonce = cookies::value(headers, cookies::NONCE).filter(|nonce| is_hex(nonce, 32));
        let nonce = nonce.map_or_else(clock::random_hex::<16>, str::to_owned);
        let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let query = OpenQuery {
            host: label.to_string(),
            path: landing::path(wanted).to_owned(),
            challenge: challenge(&nonce),
        };
        let address = format!("{}{}", self.inner.addresses.site, query.to_path());
        redirect(&address, cookies::set(cookies::NONCE, &nonce, Some(NONCE_MAX_AGE)))
    }

    /// Exchanges a ticket for a session.
    pub(crate) fn redeem(&self, label: &Label, request: &Request) -> Response {
        let headers = request.headers();
        let query = Query::<TicketQuery>::try_from_uri(request.uri()).ok();
        let ticket = query.and_then(|Query(query)| self.inner.tickets.take(&query.ticket));
        let nonce = cookies::value(headers, cookies::NONCE);
        let valid = ticket.filter(|ticket| {
            ticket.session.label == *label
                && nonce.is_some_and(|nonce| challenge(nonce) == ticket.challenge)
        });
        let Some(ticket) = valid else { return NoticePage::bad_ticket().answer(headers) };
        let key = self.inner.sessions.keep(Arc::new(ticket.session));
        redirect(&ticket.landing, cookies::set(cookies::SESSION, &key, None))
    }
}

/// A visitor with a session learns that the environment is gone; another one only that it is not
/// found.
fn no_backend(error: &BackendError, visitor: &Visitor, addresses: &Addresses) -> NoticePage {
    match (error, visitor) {
        (BackendError::NotFound, Visitor::BySession(_)) => NoticePage::gone(addresses),
        _ => NoticePage::no_backend(error, addresses),
    }
}

/// `GET /gateway/open` on the site's host: makes a ticket for the environment's owner.
pub(crate) async fn open(
    State(gateway): State<Gateway>,
    query: Result<Query<OpenQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let inner = &gateway.inner;
    let Ok(Query(query)) = query else {
        return NoticePage::bad_request(&inner.addresses).answer(&headers);
    };
    let Some(label) = Label::parse(&query.host).filter(|_| is_hex(&query.challenge, 64)) else {
        return NoticePage::bad_request(&inner.addresses).answer(&headers);
    };
    let Some(visitor) = inner.visitors.verify(&headers).await else {
        return redirect(&sign_in_address(query), None);
    };
    if let Err(error) = inner.directory.backend(&visitor, label.as_str()).await {
        return NoticePage::no_backend(&error, &inner.addresses).answer(&headers);
    }
    let address = inner.addresses.origin_of(&label);
    let ticket = inner.tickets.keep(Ticket {
        session: GatewaySession { visitor, label },
        challenge: query.challenge,
        landing: landing::path(&query.path).to_owned(),
    });
    // An empty fragment: the browser would otherwise pass the sign-in's `#token=` on to the
    // environment.
    redirect(&format!("{address}{}ticket?ticket={ticket}#", landing::OWN_PATHS), None)
}

impl OpenQuery {
    fn to_path(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("host", &self.host)
            .append_pair("path", landing::path(&self.path))
            .append_pair("challenge", &self.challenge)
            .finish();
        format!("/gateway/open?{query}")
    }
}

fn sign_in_address(query: OpenQuery) -> String {
    let mut back = query.to_path();
    if !landing::stays_on_its_host(&back) {
        // Too long for a return URL: the visitor lands at the environment's root.
        back = OpenQuery { path: "/".to_owned(), ..query }.to_path();
    }
    let back = form_urlencoded::byte_serialize(back.as_bytes()).collect::<String>();
    format!("/auth/login?return_url={back}")
}

/// Whether the request is a visit to a page. A script's request cannot go over another host.
fn can_be_redirected(request: &Request) -> bool {
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
