//! <https://encoding.spec.whatwg.org/#interface-textdecoder>

use std::cell::{Cell, RefCell};

use encoding_rs::{Decoder, DecoderResult, Encoding};
use virga_js::webidl::BufferSource;
use virga_js::{Cx, DomString, Error, Fallible, Obj};
use virga_js::{Platform, Trace};

use crate::generated::{
    TextDecodeOptions, TextDecoderCommonMethods, TextDecoderMethods, TextDecoderOptions,
};

/// Turns bytes into text, in one call or over several.
#[derive(Trace, Platform)]
pub(crate) struct TextDecoder {
    decoding: Decoding,
}

/// What decoders of both kinds are made of.
#[derive(Trace)]
pub(crate) struct Decoding {
    #[trace(skip)]
    encoding: &'static Encoding,
    fatal: bool,
    ignore_bom: bool,
    #[trace(skip)]
    decoder: RefCell<Decoder>,
    /// Whether the next call goes on where the last one ended.
    do_not_flush: Cell<bool>,
}

impl Decoding {
    /// <https://encoding.spec.whatwg.org/#dom-textdecoder>
    pub(super) fn new(label: &DomString, options: &TextDecoderOptions) -> Fallible<Self> {
        // Labels are ASCII: what cannot be UTF-8 is none.
        let encoding = Encoding::for_label_no_replacement(label.to_str().as_bytes());
        let Some(encoding) = encoding else {
            let message =
                format!("TextDecoder: {:?} is not the label of an encoding", label.to_str());
            return Err(Error::range_error(message));
        };
        Ok(Self {
            encoding,
            fatal: options.fatal,
            ignore_bom: options.ignore_bom,
            decoder: RefCell::new(new_decoder(encoding, options.ignore_bom)),
            do_not_flush: Cell::new(false),
        })
    }

    /// <https://encoding.spec.whatwg.org/#dom-textdecoder-decode>
    pub(super) fn decode(&self, bytes: &[u8], stream: bool) -> Fallible<DomString> {
        // 1.
        let mut decoder = self.decoder.borrow_mut();
        if !self.do_not_flush.get() {
            *decoder = new_decoder(self.encoding, self.ignore_bom);
        }
        // 2.
        self.do_not_flush.set(stream);
        // 3. - 5.
        decode(&mut decoder, bytes, !stream, self.fatal)
            .ok_or_else(|| Error::type_error("TextDecoder: the bytes are no text of this encoding"))
    }
}

/// `ignoreBOM` keeps a byte order mark as a character.
fn new_decoder(encoding: &'static Encoding, ignore_bom: bool) -> Decoder {
    if ignore_bom {
        encoding.new_decoder_without_bom_handling()
    } else {
        encoding.new_decoder_with_bom_removal()
    }
}

/// `None`: the bytes are malformed, and that is fatal.
fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool, fatal: bool) -> Option<DomString> {
    let mut units = Vec::new();
    let room = decoder.max_utf16_buffer_length(bytes.len()).unwrap_or(bytes.len() + 4);
    units.resize(room, 0_u16);
    let (mut read, mut written) = (0, 0);
    loop {
        let is_full = if fatal {
            let (result, r, w) = decoder.decode_to_utf16_without_replacement(
                &bytes[read..],
                &mut units[written..],
                last,
            );
            (read, written) = (read + r, written + w);
            match result {
                DecoderResult::InputEmpty => false,
                DecoderResult::OutputFull => true,
                DecoderResult::Malformed(..) => return None,
            }
        } else {
            let (result, r, w, _) =
                decoder.decode_to_utf16(&bytes[read..], &mut units[written..], last);
            (read, written) = (read + r, written + w);
            result == encoding_rs::CoderResult::OutputFull
        };
        if !is_full {
            units.truncate(written);
            return Some(DomString::from_utf16(&units));
        }
        let more = units.len() + bytes.len() - read + 16;
        units.resize(more, 0);
    }
}

/// <https://encoding.spec.whatwg.org/#utf-8-decode>
pub(crate) fn utf8_decode(bytes: &[u8]) -> DomString {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    DomString::from(String::from_utf8_lossy(bytes).as_ref())
}

/// What has the members of `TextDecoderCommon`.
pub(crate) trait HasDecoding {
    /// The decoder.
    fn decoding(&self) -> &Decoding;
}

impl HasDecoding for TextDecoder {
    fn decoding(&self) -> &Decoding {
        &self.decoding
    }
}

impl<T: HasDecoding + Platform> TextDecoderCommonMethods for Obj<T> {
    fn encoding(&self, _: &mut Cx) -> DomString {
        DomString::from(self.decoding().encoding.name().to_ascii_lowercase())
    }

    fn fatal(&self, _: &mut Cx) -> bool {
        self.decoding().fatal
    }

    fn ignore_bom(&self, _: &mut Cx) -> bool {
        self.decoding().ignore_bom
    }
}

impl TextDecoderMethods for Obj<TextDecoder> {
    fn constructor(
        cx: &mut Cx,
        label: DomString,
        options: TextDecoderOptions,
    ) -> Fallible<Obj<TextDecoder>> {
        let decoding = Decoding::new(&label, &options)?;
        Ok(Obj::new(cx, TextDecoder { decoding }))
    }

    fn decode(
        &self,
        cx: &mut Cx,
        input: Option<BufferSource>,
        options: TextDecodeOptions,
    ) -> Fallible<DomString> {
        let bytes = match input {
            Some(input) => input.bytes(cx)?,
            None => Vec::new(),
        };
        self.decoding.decode(&bytes, options.stream)
    }
}
