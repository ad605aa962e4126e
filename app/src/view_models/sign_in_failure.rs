//! The reasons for a failed sign-in, and their texts.

/// Why a sign-in failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFailure {
    /// The server has no identity provider.
    NotSetUp,
    /// The provider refused, or the user cancelled.
    Refused,
    /// The sign-in was started in another browser, has expired, or is finished already.
    NoSession,
    /// The provider's response belongs to another sign-in.
    Mismatch,
    /// The provider does not respond, or its response is invalid.
    Provider,
    /// The provider's token cannot be verified.
    Verification,
}

impl SignInFailure {
    const ALL: [Self; 6] = [
        Self::NotSetUp,
        Self::Refused,
        Self::NoSession,
        Self::Mismatch,
        Self::Provider,
        Self::Verification,
    ];

    /// The word in the page's address, `/auth/error?reason=…`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSetUp => "not-set-up",
            Self::Refused => "refused",
            Self::NoSession => "no-session",
            Self::Mismatch => "mismatch",
            Self::Provider => "provider",
            Self::Verification => "verification",
        }
    }

    /// The failure of a word. Other words are ignored, so that a link cannot put text on the page.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == word)
    }

    /// The HTTP status of the page (docs/contract.md, "REST").
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NotSetUp => 404,
            Self::Refused | Self::NoSession | Self::Mismatch => 400,
            Self::Provider | Self::Verification => 502,
        }
    }

    /// What happened.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotSetUp => "Sign-in is not set up",
            Self::Refused => "Your identity provider did not sign you in",
            Self::NoSession => "This sign-in was not started here, or it took too long",
            Self::Mismatch => "This answer belongs to another sign-in",
            Self::Provider => "The identity provider could not be reached",
            Self::Verification => "The identity provider's answer could not be verified",
        }
    }

    /// What the user can do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NotSetUp => "This server has no identity provider. Your admin can add one.",
            Self::Refused => {
                "You cancelled, or you may not use Dploy. Try again, or ask your admin."
            }
            Self::NoSession | Self::Mismatch => {
                "A sign-in works once, in the browser that started it. Start again."
            }
            Self::Provider | Self::Verification => {
                "Your account is probably not the cause. Try again in a moment. If it fails again, tell your admin."
            }
        }
    }
}
