//! Reading numbers off bytes that may end anywhere.

use super::FontDecodeError;

/// What is left of some bytes.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], FontDecodeError> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(FontDecodeError::Broken("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FontDecodeError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(super) fn tag(&mut self) -> Result<[u8; 4], FontDecodeError> {
        self.array()
    }

    pub(super) fn u8(&mut self) -> Result<u8, FontDecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, FontDecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn i16(&mut self) -> Result<i16, FontDecodeError> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, FontDecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// A `u32` that is a length.
    pub(super) fn length(&mut self) -> Result<usize, FontDecodeError> {
        let value = self.u32()?;
        usize::try_from(value).map_err(|_| FontDecodeError::TooLarge)
    }

    /// <https://www.w3.org/TR/WOFF2/#DataTypes>, `UIntBase128`
    pub(super) fn base128(&mut self) -> Result<usize, FontDecodeError> {
        let mut value = 0_u32;
        for index in 0..5 {
            let byte = self.u8()?;
            let starts_with_zero = index == 0 && byte == 0x80;
            if starts_with_zero || value & 0xFE00_0000 != 0 {
                return Err(FontDecodeError::Broken("a length is not in its shortest form"));
            }
            value = value << 7 | u32::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                return usize::try_from(value).map_err(|_| FontDecodeError::TooLarge);
            }
        }
        Err(FontDecodeError::Broken("a length does not end"))
    }

    /// <https://www.w3.org/TR/WOFF2/#DataTypes>, `255UInt16`
    pub(super) fn short(&mut self) -> Result<u16, FontDecodeError> {
        Ok(match self.u8()? {
            253 => self.u16()?,
            255 => u16::from(self.u8()?) + 253,
            254 => u16::from(self.u8()?) + 506,
            code => u16::from(code),
        })
    }
}
