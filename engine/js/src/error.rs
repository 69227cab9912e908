//! What can go wrong in a call, and how it crosses between Rust and script.

use boa_engine::error::{EngineError, PanicError, RuntimeLimitError};
use boa_engine::{JsError, JsNativeError, JsResult};

use crate::trace::{Trace, Tracer};
use crate::{Cx, Value};

/// The result of anything that script can see fail.
pub type Fallible<T> = Result<T, Error>;

/// Why a call did not return.
///
/// The first group becomes an exception object when script can catch it;
/// [`Stopped`](Self::Stopped) and [`Panicked`](Self::Panicked) pass through
/// script uncaught, up to the outermost [`enter`](crate::enter).
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A `TypeError` with this message.
    Type(String),
    /// A `RangeError` with this message.
    Range(String),
    /// A `SyntaxError` with this message.
    Syntax(String),
    /// A `DOMException`.
    Dom {
        /// Its `name`, which also decides its legacy `code`.
        name: DomExceptionName,
        /// Its `message`.
        message: String,
    },
    /// A value thrown by script, or an exception object that exists already.
    Thrown(Value),
    /// The host asked a running script to stop.
    Stopped,
    /// Native code panicked; the runtime is poisoned.
    Panicked(String),
}

impl Error {
    /// A `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::Type(message.into())
    }

    /// A `RangeError`.
    pub fn range_error(message: impl Into<String>) -> Self {
        Self::Range(message.into())
    }

    /// A `DOMException` of this name.
    pub fn dom(name: DomExceptionName, message: impl Into<String>) -> Self {
        Self::Dom { name, message: message.into() }
    }

    /// Whether script can catch it.
    #[must_use]
    pub fn is_catchable(&self) -> bool {
        !matches!(self, Self::Stopped | Self::Panicked(_))
    }

    /// The exception object for this error, made in the current realm.
    ///
    /// # Errors
    /// [`Error::Stopped`] and [`Error::Panicked`] have no object and come back.
    pub fn into_value(self, cx: &mut Cx) -> Fallible<Value> {
        match self {
            Self::Thrown(value) => Ok(value),
            Self::Stopped | Self::Panicked(_) => Err(self),
            Self::Dom { name, message } => Ok(cx.dom_exception(name, message)),
            Self::Type(_) | Self::Range(_) | Self::Syntax(_) => {
                let error = self.into_js(cx);
                match error.into_opaque(cx.context_mut()) {
                    Ok(value) => Ok(Value(value)),
                    Err(error) => Err(Self::from_js(cx, error)),
                }
            }
        }
    }

    /// As the engine's error, to be thrown into script.
    pub(crate) fn into_js(self, cx: &mut Cx) -> JsError {
        match self {
            Self::Type(message) => JsNativeError::typ().with_message(message).into(),
            Self::Range(message) => JsNativeError::range().with_message(message).into(),
            Self::Syntax(message) => JsNativeError::syntax().with_message(message).into(),
            Self::Dom { name, message } => {
                JsError::from_opaque(cx.dom_exception(name, message).into_js())
            }
            Self::Thrown(value) => JsError::from_opaque(value.into_js()),
            Self::Stopped => EngineError::from(RuntimeLimitError::LoopIteration).into(),
            Self::Panicked(message) => EngineError::from(PanicError::new(message)).into(),
        }
    }

    /// From the engine's error. An exceeded recursion limit, which script cannot
    /// catch, becomes a `RangeError` here, where native code called script.
    pub(crate) fn from_js(cx: &mut Cx, error: JsError) -> Self {
        match error.as_engine() {
            None => {
                let trace = crate::script::trace_of(&error);
                match error.into_opaque(cx.context_mut()) {
                    Ok(value) => {
                        let value = Value(value);
                        if let Some(trace) = trace {
                            cx.note_thrown(&value, trace);
                        }
                        Self::Thrown(value)
                    }
                    Err(error) => Self::Panicked(error.to_string()),
                }
            }
            Some(EngineError::RuntimeLimit(
                RuntimeLimitError::Recursion | RuntimeLimitError::StackSize,
            )) if !cx.is_stopping() => Self::Range("Maximum call stack size exceeded".into()),
            Some(EngineError::RuntimeLimit(_)) => Self::Stopped,
            Some(EngineError::Panic(panic)) => Self::Panicked(panic.message().to_owned()),
        }
    }
}

impl Trace for Error {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Self::Thrown(value) = self {
            value.trace(tracer);
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Type(message) => write!(f, "TypeError: {message}"),
            Self::Range(message) => write!(f, "RangeError: {message}"),
            Self::Syntax(message) => write!(f, "SyntaxError: {message}"),
            Self::Dom { name, message } => write!(f, "{}: {message}", name.as_str()),
            Self::Thrown(value) => write!(f, "{}", value.display()),
            Self::Stopped => f.write_str("script was stopped"),
            Self::Panicked(message) => write!(f, "native code panicked: {message}"),
        }
    }
}

impl std::error::Error for Error {}

impl Cx {
    /// The engine's result as ours.
    #[inline]
    pub(crate) fn lift<T>(&mut self, result: JsResult<T>) -> Fallible<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(Error::from_js(self, error)),
        }
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $code:literal;)*) => {
        /// Names of `DOMException`s:
        /// <https://webidl.spec.whatwg.org/#idl-DOMException-error-names>.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DomExceptionName {
            $($(#[$doc])* $name,)*
        }

        impl DomExceptionName {
            /// The `name` that script sees.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The legacy `code`; 0 where there is none.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self { $(Self::$name => $code,)* }
            }

            /// The name for this text, if it is one of the standard's.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

names! {
    /// An index is outside its range.
    IndexSize = "IndexSizeError", 1;
    /// The tree would not be a tree, or not an allowed one.
    HierarchyRequest = "HierarchyRequestError", 3;
    /// A node is in the wrong document.
    WrongDocument = "WrongDocumentError", 4;
    /// Text contains a character that is not allowed.
    InvalidCharacter = "InvalidCharacterError", 5;
    /// The object cannot be modified.
    NoModificationAllowed = "NoModificationAllowedError", 7;
    /// The object is not there.
    NotFound = "NotFoundError", 8;
    /// The operation is not supported.
    NotSupported = "NotSupportedError", 9;
    /// The attribute belongs to another element.
    InUseAttribute = "InUseAttributeError", 10;
    /// The object is in the wrong state.
    InvalidState = "InvalidStateError", 11;
    /// The text does not match the expected pattern.
    Syntax = "SyntaxError", 12;
    /// The object cannot be modified in this way.
    InvalidModification = "InvalidModificationError", 13;
    /// Namespaces do not allow it.
    Namespace = "NamespaceError", 14;
    /// The object does not support the operation or argument.
    InvalidAccess = "InvalidAccessError", 15;
    /// The types do not match.
    TypeMismatch = "TypeMismatchError", 17;
    /// The operation is insecure.
    Security = "SecurityError", 18;
    /// A network error occurred.
    Network = "NetworkError", 19;
    /// The operation was aborted.
    Abort = "AbortError", 20;
    /// The given URL does not match.
    UrlMismatch = "URLMismatchError", 21;
    /// The quota is exceeded.
    QuotaExceeded = "QuotaExceededError", 22;
    /// The operation timed out.
    Timeout = "TimeoutError", 23;
    /// The node is of the wrong type.
    InvalidNodeType = "InvalidNodeTypeError", 24;
    /// The object cannot be cloned.
    DataClone = "DataCloneError", 25;
    /// Encoding or decoding failed.
    Encoding = "EncodingError", 0;
    /// Reading failed.
    NotReadable = "NotReadableError", 0;
    /// The operation failed for an unknown reason.
    Unknown = "UnknownError", 0;
    /// A condition of the store was not met.
    Constraint = "ConstraintError", 0;
    /// The data is inadequate.
    Data = "DataError", 0;
    /// The transaction is not active.
    TransactionInactive = "TransactionInactiveError", 0;
    /// The transaction is read-only.
    ReadOnly = "ReadOnlyError", 0;
    /// The version is lower than the one that is there.
    Version = "VersionError", 0;
    /// The operation failed for a reason of its own.
    Operation = "OperationError", 0;
    /// The user or the platform does not allow it.
    NotAllowed = "NotAllowedError", 0;
    /// The user opted out.
    OptOut = "OptOutError", 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_match_the_standard() {
        let check = |name: DomExceptionName, text: &str, code: u16| {
            assert_eq!(name.as_str(), text);
            assert_eq!(name.code(), code);
            assert_eq!(DomExceptionName::from_name(text), Some(name));
        };
        check(DomExceptionName::IndexSize, "IndexSizeError", 1);
        check(DomExceptionName::Syntax, "SyntaxError", 12);
        check(DomExceptionName::DataClone, "DataCloneError", 25);
        check(DomExceptionName::NotAllowed, "NotAllowedError", 0);
        assert_eq!(DomExceptionName::from_name("TypeError"), None);
    }
}
