//! An identity provider that knows everybody: keys to verify tokens with, and tokens for as many people as are asked for.

use anyhow::{Context as _, Result};
use axum::{Json, Router, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::{Clock as _, SystemClock};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

const KEY_ID: &str = "bench";
/// Longer than any bench.
const LIFETIME_SECONDS: i64 = 24 * 3600;

/// Serves its keys on loopback for as long as it lives.
pub(crate) struct Issuer {
    origin: String,
    key: EncodingKey,
    _server: AbortOnDropHandle<()>,
}

impl Issuer {
    /// Starts it with a fresh key.
    pub(crate) async fn start() -> Result<Self> {
        let key = SigningKey::from_bytes(&clock::random_bytes());
        let pem = key.to_pkcs8_pem(LineEnding::LF).context("could not write the issuer's key")?;
        let keys = json!({ "keys": [public(&key)] });
        let router = Router::new().route("/keys", get(|| async { Json(keys) }));
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the issuer")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the issuer stopped");
            }
        });
        let key = EncodingKey::from_ed_pem(pem.as_bytes())?;
        Ok(Self { origin, key, _server: AbortOnDropHandle::new(server) })
    }

    /// Its `iss`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Where its keys are.
    pub(crate) fn keys_url(&self) -> String {
        format!("{}/keys", self.origin)
    }

    /// A token of the person of this name.
    pub(crate) fn token(&self, name: &str) -> Result<String> {
        let now = SystemClock.now().as_second();
        let claims = json!({
            "iss": self.origin,
            "aud": "dploy",
            "sub": name,
            "name": name,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        });
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.key).context("could not sign a token")
    }
}

fn public(key: &SigningKey) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID, "x": x })
}
