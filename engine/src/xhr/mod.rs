//! XMLHttpRequest and FormData: <https://xhr.spec.whatwg.org/>

mod form_data;
mod form_data_event;
mod methods;
mod multipart;
mod request;
mod response;

pub(crate) use self::{
    form_data::{Entry, EntryValue, FormData},
    form_data_event::{FormDataEvent, fire_formdata},
    multipart::{encode as encode_multipart, parse as parse_multipart},
    request::{XMLHttpRequest, XMLHttpRequestEventTarget, XMLHttpRequestUpload},
};
