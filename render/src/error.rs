/// Something that a rasteriser cannot draw. Another one can, and does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// A blur, a colour matrix or a shadow of any shape.
    #[error("filters")]
    Filter,
    /// A way of blending that changes what lies outside the group.
    #[error("blend modes that erase the backdrop")]
    DestructiveBlend,
    /// A font of pictures.
    #[error("fonts made of bitmaps")]
    BitmapFont,
    /// An image with more px on a side than a texture can have.
    #[error("images of that size")]
    LargeImage,
    /// An image in a pixel format that nobody writes.
    #[error("images in that pixel format")]
    ImageFormat,
    /// A background that repeats a million times in sight.
    #[error("that many copies of a background")]
    TooManyTiles,
}

/// Why no picture could be made or shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// No graphics adapter, or only a software driver.
    #[error("no usable graphics adapter: {0}")]
    NoAdapter(String),
    /// The graphics device was lost.
    #[error("the graphics device was lost: {0}")]
    DeviceLost(String),
    /// The window takes no pictures.
    #[error("cannot show pictures in the window: {0}")]
    Surface(String),
    /// The rasteriser failed.
    #[error("cannot draw: {0}")]
    Raster(String),
    /// The target is too large.
    #[error("a picture of {0}×{1} px is too large")]
    TooLarge(u32, u32),
    /// The compositor and the target are not of the same kind.
    #[error("{0}")]
    Mismatch(&'static str),
}
