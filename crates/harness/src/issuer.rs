//! An identity provider: serves the public key and signs tokens for any user name.

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
/// The lifetime of a token. No bench runs longer.
const TOKEN_LIFETIME_SECONDS: i64 = 24 * 3600;

/// The signing key, and a server for the public key that stops on drop.
pub struct Issuer {
    origin: String,
    key: EncodingKey,
    _server: AbortOnDropHandle<()>,
}

impl Issuer {
    /// Starts the server with a new key.
    pub async fn start() -> Result<Self> {
        let key = SigningKey::from_bytes(&clock::random_bytes());
        let pem = key.to_pkcs8_pem(LineEnding::LF).context("could not write the issuer's key")?;
        let keys = json!({ "keys": [public_jwk(&key)] });
        let router = Router::new().route("/keys", get(|| async { Json(keys) }));
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("could not open a port for the issuer")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the issuer has stopped");
            }
        });
        let key = EncodingKey::from_ed_pem(pem.as_bytes())?;
        Ok(Self { origin, key, _server: AbortOnDropHandle::new(server) })
    }

    /// The `iss` of the tokens.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The URL of the JWKS.
    pub fn keys_url(&self) -> String {
        format!("{}/keys", self.origin)
    }

    /// A token of the user `name`.
    pub fn token(&self, name: &str) -> Result<String> {
        let now = SystemClock.now().as_second();
        let claims = json!({
            "iss": self.origin,
            "aud": "dploy",
            "sub": name,
            "name": name,
            "iat": now,
            "exp": now + TOKEN_LIFETIME_SECONDS,
        });
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.key).context("could not sign a token")
    }
}

fn public_jwk(key: &SigningKey) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID, "x": x })
}
