//! Parses query parameters.

use std::{collections::HashMap, time::Duration};

use axum::extract::Query as Extracted;
use http::Uri;

use crate::{
    error::{ApiError, ApiResult},
    kinds::Kind,
    request::WriteOptions,
    selectors::Selector,
    store::Revision,
};

/// The query parameters of a request.
#[derive(Debug, Default)]
pub(super) struct Query(HashMap<String, String>);

impl Query {
    /// Parses the parameters of `uri`.
    pub(super) fn of(uri: &Uri) -> ApiResult<Self> {
        let Extracted(all) = Extracted::try_from_uri(uri)
            .map_err(|error| ApiError::bad_request(format!("invalid query: {error}")))?;
        Ok(Self(all))
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), "true" | "1")
    }

    pub(super) fn number(&self, name: &str) -> ApiResult<Option<u64>> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                ApiError::bad_request(format!("invalid {name}: {text:?} is not a number"))
            }),
        }
    }

    /// `resourceVersion`; `None` when it is absent.
    pub(super) fn revision(&self) -> ApiResult<Option<Revision>> {
        self.number("resourceVersion")
    }

    pub(super) fn timeout(&self) -> ApiResult<Option<Duration>> {
        Ok(self.number("timeoutSeconds")?.map(Duration::from_secs))
    }

    /// The selectors. A field that the kind does not allow is a 400.
    pub(super) fn selector(&self, kind: &Kind) -> ApiResult<Selector> {
        let selector = Selector::parse(self.text("labelSelector"), self.text("fieldSelector"))?;
        if let Some(path) = selector.field_paths().find(|path| !kind.is_selectable(path)) {
            return Err(ApiError::bad_request(format!("field label not supported: {path}")));
        }
        Ok(selector)
    }

    /// Whether the request has a selector.
    pub(super) fn has_selector(&self) -> bool {
        !self.text("labelSelector").is_empty() || !self.text("fieldSelector").is_empty()
    }

    pub(super) fn write_options(&self) -> WriteOptions {
        WriteOptions {
            dry_run: !self.text("dryRun").is_empty(),
            field_manager: self.text("fieldManager").to_owned(),
            force: self.flag("force"),
            strict: self.text("fieldValidation") == "Strict",
            ..WriteOptions::default()
        }
    }
}
