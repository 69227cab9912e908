//! `CSS.registerProperty`:
//! <https://drafts.css-houdini.org/css-properties-values-api/#the-registerproperty-function>

use style::stylist::RegisterCustomPropertyResult as Outcome;

/// Why a custom property was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// The name does not begin with two dashes.
    #[error("the name of a custom property begins with two dashes")]
    Name,
    /// It is registered already.
    #[error("the property is registered already")]
    Registered,
    /// The syntax string means nothing.
    #[error("the syntax is not valid")]
    Syntax,
    /// All syntaxes but `*` need an initial value.
    #[error("an initial value is needed, unless the syntax is \"*\"")]
    NoInitialValue,
    /// The initial value does not fit the syntax.
    #[error("the initial value does not fit the syntax")]
    InitialValue,
    /// The initial value depends on something.
    #[error("the initial value must not depend on anything, such as the font size")]
    Dependent,
}

/// What stylo says, as a result.
pub(crate) fn registration(outcome: Outcome) -> Result<(), RegistrationError> {
    match outcome {
        Outcome::SuccessfullyRegistered => Ok(()),
        Outcome::InvalidName => Err(RegistrationError::Name),
        Outcome::AlreadyRegistered => Err(RegistrationError::Registered),
        Outcome::InvalidSyntax => Err(RegistrationError::Syntax),
        Outcome::NoInitialValue => Err(RegistrationError::NoInitialValue),
        Outcome::InvalidInitialValue => Err(RegistrationError::InitialValue),
        Outcome::InitialValueNotComputationallyIndependent => Err(RegistrationError::Dependent),
    }
}
