//! The provider's endpoints: discovery, keys, sign-in page, token; `sign_out` has the others.

use std::{collections::HashMap, time::Duration};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use identity::same_origin;
use openidconnect::{
    AccessToken, AuthUrl, EmptyAdditionalProviderMetadata, IdTokenFields, IssuerUrl, JsonWebKeySet,
    JsonWebKeySetUrl, PrivateSigningKey as _, RefreshToken, ResponseTypes, Scope,
    StandardTokenResponse, TokenUrl,
    core::{
        CoreGenderClaim, CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreSubjectIdentifierType,
        CoreTokenType,
    },
};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{
    CLIENT, Cause, PEOPLE, Provider,
    grants::Grant,
    people::{Person, person},
    sign_out,
    tokens::{DployClaims, NoExtraFields},
};

type Fields = IdTokenFields<
    DployClaims,
    NoExtraFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type TokenResponse = StandardTokenResponse<Fields, CoreTokenType>;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http://*.localhost:*; frame-ancestors 'none'; base-uri 'none'";

/// An authentication request (OpenID Connect Core, 3.1.2.1). The page posts it back with the
/// person.
#[derive(Debug, Clone, Deserialize)]
struct AuthRequest {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

pub(super) fn router(provider: Provider) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/keys", get(keys))
        .route("/authorize", get(sign_in_page).post(authorize))
        .route("/sign-in.css", get(style))
        .route("/token", post(token))
        .route("/revoke", post(sign_out::revoke))
        .route("/end-session", get(sign_out::end_session))
        .with_state(provider)
}

async fn configuration(State(provider): State<Provider>) -> Response {
    let issuer = provider.keyring.issuer();
    let document = metadata(issuer).and_then(|it| sign_out::with_endpoints(&it, issuer));
    or_server_error(document.map(Json))
}

fn metadata(issuer: &str) -> Result<CoreProviderMetadata, Cause> {
    Ok(CoreProviderMetadata::new(
        IssuerUrl::new(issuer.to_owned())?,
        AuthUrl::new(format!("{issuer}/authorize"))?,
        JsonWebKeySetUrl::new(format!("{issuer}/keys"))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![CoreJwsSigningAlgorithm::EdDsa],
        EmptyAdditionalProviderMetadata {},
    )
    .set_token_endpoint(Some(TokenUrl::new(format!("{issuer}/token"))?))
    .set_scopes_supported(Some(
        ["openid", "profile", "email"].map(|scope| Scope::new(scope.to_owned())).to_vec(),
    )))
}

async fn keys(State(provider): State<Provider>) -> Response {
    or_server_error(provider.keyring.signing_key().map(|key| {
        let set: CoreJsonWebKeySet =
            JsonWebKeySet::<CoreJsonWebKey>::new(vec![key.as_verification_key()]);
        Json(set)
    }))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("sign-in.css"))
}

/// The page with a button for each person.
async fn sign_in_page(
    State(provider): State<Provider>,
    Query(given): Query<HashMap<String, String>>,
    Query(request): Query<AuthRequest>,
) -> Response {
    if let Err(sentence) = check(&provider, &request) {
        return (StatusCode::BAD_REQUEST, sentence).into_response();
    }
    let known = [
        "client_id",
        "redirect_uri",
        "response_type",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    ];
    let inputs: String = known
        .iter()
        .filter_map(|name| {
            given.get(*name).map(|value| {
                format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value))
            })
        })
        .collect();
    let people: String = PEOPLE.iter().map(button).collect();
    let page = include_str!("page.html").replace("{people}", &people).replace("{inputs}", &inputs);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, page).into_response()
}

fn button(person: &Person) -> String {
    let Person { name, team, admin } = person;
    let role = if *admin { ", admin" } else { "" };
    format!(
        "<button name=\"person\" value=\"{name}\">{name} <small>team {team}{role}</small></button>\n"
    )
}

/// The form of the page: the request again, and the chosen person.
#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(flatten)]
    request: AuthRequest,
    person: String,
}

/// Redirects back to the client with a code for the chosen person.
async fn authorize(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    if !same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "this form belongs to another site").into_response();
    }
    let Some(person) = person(&choice.person) else {
        return (StatusCode::BAD_REQUEST, "there is no person with that name").into_response();
    };
    match check(&provider, &choice.request) {
        Ok(()) => back(&provider, choice.request, person),
        Err(sentence) => (StatusCode::BAD_REQUEST, sentence).into_response(),
    }
}

fn back(provider: &Provider, request: AuthRequest, person: &'static Person) -> Response {
    let Ok(mut address) = Url::parse(&request.redirect_uri) else {
        return (StatusCode::BAD_REQUEST, "the redirect_uri is not an address").into_response();
    };
    let grant = Grant {
        person,
        redirect_uri: request.redirect_uri,
        challenge: request.code_challenge.unwrap_or_default(),
        nonce: request.nonce,
    };
    address.query_pairs_mut().append_pair("code", &provider.grants.code(grant));
    if let Some(state) = &request.state {
        address.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(address.as_str()).into_response()
}

/// Accepts Dploy's own client at its own redirect_uri only, with PKCE.
fn check(provider: &Provider, request: &AuthRequest) -> Result<(), &'static str> {
    if request.client_id != CLIENT || request.redirect_uri != provider.redirect_url {
        return Err("this provider does not know that client at that redirect_uri");
    }
    if request.response_type != "code" {
        return Err("this provider answers with codes only");
    }
    if request.code_challenge_method.as_deref() != Some("S256")
        || request.code_challenge.as_deref().is_none_or(str::is_empty)
    {
        return Err("this provider wants PKCE with S256");
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
struct TokenRequest {
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    refresh_token: String,
}

/// Exchanges a code or a refresh token (RFC 6749, 4.1.3 and 6).
async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Response {
    if !is_dploy(&headers, provider.keyring.client_secret()) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let granted = match request.grant_type.as_str() {
        "authorization_code" => provider
            .grants
            .redeem(&request.code, &request.redirect_uri, &request.code_verifier)
            .map(|grant| (grant.person, grant.nonce)),
        "refresh_token" => {
            provider.grants.refreshed(&request.refresh_token).map(|person| (person, None))
        }
        _ => return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    };
    match granted {
        Some((person, nonce)) => or_server_error(tokens(&provider, person, nonce).map(|answer| {
            ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer))
        })),
        None => refused(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}

fn tokens(
    provider: &Provider,
    person: &'static Person,
    nonce: Option<String>,
) -> Result<TokenResponse, Cause> {
    let id_token = provider.tokens.signed(person, nonce)?;
    // The access token is for nothing: this provider has no resources.
    let access = AccessToken::new(clock::random_hex::<16>());
    let mut answer = TokenResponse::new(
        access,
        CoreTokenType::Bearer,
        Fields::new(Some(id_token), NoExtraFields {}),
    );
    answer.set_refresh_token(Some(RefreshToken::new(provider.grants.refresh_token(person))));
    answer.set_expires_in(Some(&Duration::from_secs(3_600)));
    Ok(answer)
}

/// Client authentication by HTTP Basic (RFC 6749, 2.3.1).
pub(super) fn is_dploy(headers: &HeaderMap, secret: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let decoded = given
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|text| STANDARD.decode(text).ok());
    decoded.is_some_and(|bytes| bytes == format!("{CLIENT}:{secret}").into_bytes())
}

pub(super) fn refused(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

fn or_server_error(answer: Result<impl IntoResponse, Cause>) -> Response {
    match answer {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            tracing::error!(error = %error, "the development provider failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
