//! The exceptions that several parts of the engine throw.

use virga_js::{DomExceptionName, Error};

/// An `InvalidStateError`.
pub(crate) fn invalid_state(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::InvalidState, message)
}

/// An `InvalidCharacterError`.
pub(crate) fn invalid_character(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::InvalidCharacter, message)
}

/// A `NotSupportedError`.
pub(crate) fn not_supported(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::NotSupported, message)
}

/// A `DataCloneError`.
pub(crate) fn data_clone(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::DataClone, message)
}

/// An `IndexSizeError`.
pub(crate) fn index_size(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::IndexSize, message)
}

/// A `NotFoundError`.
pub(crate) fn not_found(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::NotFound, message)
}
