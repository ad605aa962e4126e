//! Recorded requests.

use http::{Method, Request};

/// A request that a replica sent.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// Whether it starts a watch.
    pub is_watch: bool,
}

impl Call {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            is_watch: request.uri().query().is_some_and(|query| query.contains("watch=true")),
        }
    }

    /// Whether it has this method, and its path contains this part.
    #[must_use]
    pub fn is(&self, method: &Method, path_part: &str) -> bool {
        self.method == *method && self.path.contains(path_part)
    }

    /// Whether it gets or lists objects.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.method == Method::GET && !self.is_watch
    }

    /// Whether it changes objects.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether it is about objects of this kind, named by its plural, or about this subresource.
    #[must_use]
    pub fn is_about(&self, plural: &str) -> bool {
        self.path.split('/').any(|part| part == plural)
    }
}
