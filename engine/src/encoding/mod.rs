//! Encoding: <https://encoding.spec.whatwg.org/>

mod decode;
mod encode;
mod streams;

pub(crate) use self::{
    decode::{HasDecoding, TextDecoder, utf8_decode},
    encode::{IsEncoder, TextEncoder},
    streams::{TextDecoderStream, TextEncoderStream},
};
