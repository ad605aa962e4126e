//! An identity provider for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::{Clock as _, ManualClock};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use identity::{Identity, OidcSettings, Secret, Settings};
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{method, path},
};

use crate::{
    browser::{Answer, Browser, parameter},
    site::{Site, noon},
};

/// An identity provider whose answers the test sets.
pub(crate) struct Issuer {
    server: MockServer,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) signer: Signer,
    discovery: Held,
    keys: Held,
    tokens: Queue,
    revocations: Held,
}

#[derive(Clone)]
struct Held(Arc<Mutex<ResponseTemplate>>);

impl Respond for Held {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        self.0.lock().expect("a lock").clone()
    }
}

/// Answers of the token endpoint, each used once. After the last one, it refuses.
#[derive(Clone, Default)]
struct Queue(Arc<Mutex<VecDeque<ResponseTemplate>>>);

impl Respond for Queue {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let next = self.0.lock().expect("a lock").pop_front();
        next.unwrap_or_else(|| {
            ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_grant" }))
        })
    }
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = MockServer::start().await;
        let origin = server.uri();
        let held = |answer| Held(Arc::new(Mutex::new(answer)));
        let (keys, tokens) = (held(ResponseTemplate::new(503)), Queue::default());
        let revocations = held(ResponseTemplate::new(200));
        let discovery = ResponseTemplate::new(200).set_body_json(json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"),
            "jwks_uri": format!("{origin}/keys"),
            "revocation_endpoint": format!("{origin}/revoke"),
            "end_session_endpoint": format!("{origin}/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "EdDSA"],
        }));
        let discovery = held(discovery);
        let found = Mock::given(method("GET")).and(path("/.well-known/openid-configuration"));
        found.respond_with(discovery.clone()).mount(&server).await;
        Mock::given(path("/keys")).respond_with(keys.clone()).mount(&server).await;
        Mock::given(path("/revoke")).respond_with(revocations.clone()).mount(&server).await;
        Mock::given(path("/token")).respond_with(tokens.clone()).mount(&server).await;
        let (clock, signer) = (noon(), Signer::new("one", 1));
        let issuer = Self { server, clock, signer, discovery, keys, tokens, revocations };
        issuer.publishes(&[&issuer.signer]);
        issuer
    }

    pub(crate) fn origin(&self) -> String {
        self.server.uri()
    }

    /// Replaces the published keys.
    pub(crate) fn publishes(&self, signers: &[&Signer]) {
        let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
        self.answers_for_keys(ResponseTemplate::new(200).set_body_json(json!({ "keys": keys })));
    }

    pub(crate) fn answers_for_keys(&self, answer: ResponseTemplate) {
        *self.keys.0.lock().expect("a lock") = answer;
    }

    pub(crate) fn answers_for_discovery(&self, answer: ResponseTemplate) {
        *self.discovery.0.lock().expect("a lock") = answer;
    }

    pub(crate) fn answers_for_revocations(&self, answer: ResponseTemplate) {
        *self.revocations.0.lock().expect("a lock") = answer;
    }

    /// Waits until an address has this many requests.
    pub(crate) async fn is_asked_for(&self, address: &str, times: usize) {
        eventually(async || self.asked_for(address).await == times).await;
    }

    /// Queues tokens as an answer of the token endpoint.
    pub(crate) fn grants(&self, claims: &Value, refresh_token: &str, delay: Duration) {
        let answer = ResponseTemplate::new(200).set_delay(delay).set_body_json(json!({
            "access_token": "unused",
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": self.signer.sign(claims),
            "refresh_token": refresh_token,
        }));
        self.answers_for_tokens(answer);
    }

    /// Queues an answer of the token endpoint.
    pub(crate) fn answers_for_tokens(&self, answer: ResponseTemplate) {
        self.tokens.0.lock().expect("a lock").push_back(answer);
    }

    /// The first request to an address.
    pub(crate) async fn request(&self, address: &str) -> Request {
        let requests = self.server.received_requests().await.expect("recording is on");
        requests.into_iter().find(|request| request.url.path() == address).expect("a request")
    }

    /// The number of requests to an address.
    pub(crate) async fn asked_for(&self, address: &str) -> usize {
        let requests = self.server.received_requests().await.expect("recording is on");
        requests.iter().filter(|request| request.url.path() == address).count()
    }

    /// Claims for Dploy that are valid for an hour.
    pub(crate) fn claims(&self) -> Value {
        let now = self.clock.now().as_second();
        json!({
            "iss": self.origin(), "aud": "dploy", "sub": "alice", "name": "alice",
            "iat": now, "exp": now + 3600,
        })
    }

    /// The claims with some replaced; `null` removes one.
    pub(crate) fn claims_with(&self, others: &Value) -> Value {
        let mut claims = self.claims();
        for (name, value) in others.as_object().expect("claims") {
            if value.is_null() {
                claims.as_object_mut().expect("claims").remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            jwks_url: Some(format!("{}/keys", self.origin())),
            issuer: self.origin(),
            audience: "dploy".to_owned(),
            username_claim: "name".to_owned(),
            admin_claim: "is_admin".to_owned(),
            admin_value: "true".to_owned(),
            oidc: None,
            max_session_lifetime: SignedDuration::from_hours(12),
            cookie_secrets: Secret::new("a secret of tests").into(),
        }
    }

    /// A server without sign-in: it accepts bearer tokens only.
    pub(crate) fn identity(&self) -> Identity {
        Identity::new(self.settings(), self.clock.clone()).expect("settings")
    }

    /// A site with sign-in at this issuer.
    pub(crate) async fn site(&self) -> Site {
        let settings = self.settings();
        let issuer = self.origin();
        Site::with(self.clock.clone(), |origin| Settings {
            oidc: Some(OidcSettings {
                issuer,
                public_issuer: None,
                client_id: "dploy".to_owned(),
                client_secret: None,
                redirect_url: format!("{origin}/auth/callback"),
                scopes: vec!["openid".to_owned()],
            }),
            ..settings
        })
        .await
    }

    /// Signs a person with these claims in, and returns the answer of the callback.
    pub(crate) async fn sign_in(&self, browser: &mut Browser, mut claims: Value) -> Answer {
        let page = browser.get("/auth/login").await.location().to_owned();
        if claims.get("nonce").is_none() {
            claims["nonce"] = parameter(&page, "nonce").into();
        }
        self.grants(&claims, "refresh-1", Duration::ZERO);
        browser.get(&format!("/auth/callback?code=c&state={}", parameter(&page, "state"))).await
    }
}

/// A key that signs tokens.
pub(crate) struct Signer {
    id: String,
    key: SigningKey,
}

impl Signer {
    pub(crate) fn new(id: &str, seed: u8) -> Self {
        Self { id: id.to_owned(), key: SigningKey::from_bytes(&[seed; 32]) }
    }

    pub(crate) fn jwk(&self) -> Value {
        let public = URL_SAFE_NO_PAD.encode(self.public());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.id, "x": public })
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let der = self.key.to_pkcs8_der().expect("a key");
        let header = Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(der.as_bytes()))
            .expect("a token")
    }
}

/// Waits until a condition holds, with a timeout.
pub(crate) async fn eventually(holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("it comes true in time");
}
