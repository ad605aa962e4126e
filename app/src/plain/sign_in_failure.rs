/// Why somebody could not be signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFailure {
    /// Nobody can sign in here.
    NotSetUp,
    /// The provider said no, or the person did.
    Refused,
    /// The sign-in was not begun in this browser, took too long, or is finished already.
    NoSession,
    /// The answer belongs to another sign-in.
    Mismatch,
    /// The provider does not answer, or not as it should.
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

    /// The failure that a word stands for; whatever else an address says is not repeated on a page.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == word)
    }

    /// The HTTP status of CONTRACT.
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
            Self::NotSetUp => "Nobody can sign in here",
            Self::Refused => "Your identity provider did not sign you in",
            Self::NoSession => "This sign-in was not begun here, or took too long",
            Self::Mismatch => "This answer belongs to another sign-in",
            Self::Provider => "The identity provider could not be reached",
            Self::Verification => "The identity provider's answer could not be verified",
        }
    }

    /// What the reader can do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NotSetUp => "Sign-in is not set up on this server. Your admin can do that.",
            Self::Refused => {
                "You may have cancelled, or you may not be allowed to use Dploy. Try again, or ask your admin."
            }
            Self::NoSession | Self::Mismatch => {
                "A sign-in can be finished once, in the browser that began it. Start again."
            }
            Self::Provider | Self::Verification => {
                "As far as Dploy can tell, nothing is wrong with your account. Try again in a moment; if it stays, tell your admin."
            }
        }
    }
}
