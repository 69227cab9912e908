// Quads of tiles and surfaces. All colours are premultiplied.

struct Quad {
    // The quad, in px of the source's space.
    @location(0) rect: vec4<f32>,
    // To px of the target: a, b, c, d.
    @location(1) linear: vec4<f32>,
    // To px of the target: e, f; then the target's size.
    @location(2) moved: vec4<f32>,
    // Where the source's corner lies in its space; opacity; how to read it.
    @location(3) source: vec4<f32>,
    // Where the corners of mask and backdrop lie, in px of the target.
    @location(4) around: vec4<f32>,
    // How to blend: mix, and the factors of source and backdrop.
    @location(5) blend: vec4<u32>,
}

struct Varying {
    @builtin(position) position: vec4<f32>,
    @location(0) at: vec2<f32>,
    @location(1) target_px: vec2<f32>,
    @location(2) @interpolate(flat) source: vec4<f32>,
    @location(3) @interpolate(flat) around: vec4<f32>,
    @location(4) @interpolate(flat) blend: vec4<u32>,
}

@group(0) @binding(0) var pixels: texture_2d<f32>;
@group(0) @binding(1) var mask: texture_2d<f32>;
@group(0) @binding(2) var backdrop: texture_2d<f32>;
@group(0) @binding(3) var smooth_sampler: sampler;

const COPIED: f32 = 1.0;

@vertex
fn vertex(@builtin(vertex_index) index: u32, quad: Quad) -> Varying {
    let corner = vec2<f32>(f32(index & 1u), f32(index >> 1u));
    let p = mix(quad.rect.xy, quad.rect.zw, corner);
    let at_target = vec2<f32>(
        quad.linear.x * p.x + quad.linear.z * p.y + quad.moved.x,
        quad.linear.y * p.x + quad.linear.w * p.y + quad.moved.y,
    );
    var out: Varying;
    let ndc = at_target / quad.moved.zw * 2.0 - 1.0;
    out.position = vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0);
    out.at = p - quad.source.xy;
    out.target_px = at_target;
    out.source = quad.source;
    out.around = quad.around;
    out.blend = quad.blend;
    return out;
}

fn colour(in: Varying) -> vec4<f32> {
    let size = vec2<f32>(textureDimensions(pixels));
    let smoothed = textureSampleLevel(pixels, smooth_sampler, in.at / size, 0.0);
    let copied = textureLoad(pixels, clamp(vec2<i32>(floor(in.at)), vec2<i32>(0), vec2<i32>(size) - 1), 0);
    var c = smoothed;
    if in.source.w == COPIED { c = copied; }
    let mask_size = vec2<i32>(textureDimensions(mask));
    let mask_at = clamp(vec2<i32>(floor(in.target_px - in.around.xy)), vec2<i32>(0), mask_size - 1);
    return c * in.source.z * textureLoad(mask, mask_at, 0).x;
}

@fragment
fn over(in: Varying) -> @location(0) vec4<f32> {
    return colour(in);
}

// https://drafts.fxtf.org/compositing-1/#blending

fn luminance(c: vec3<f32>) -> f32 {
    return dot(c, vec3<f32>(0.3, 0.59, 0.11));
}

fn clip_colour(c: vec3<f32>) -> vec3<f32> {
    let l = luminance(c);
    let n = min(c.x, min(c.y, c.z));
    let x = max(c.x, max(c.y, c.z));
    var out = c;
    if n < 0.0 { out = l + (out - l) * l / (l - n); }
    if x > 1.0 { out = l + (out - l) * (1.0 - l) / (x - l); }
    return out;
}

fn with_luminance(c: vec3<f32>, l: f32) -> vec3<f32> {
    return clip_colour(c + (l - luminance(c)));
}

fn saturation(c: vec3<f32>) -> f32 {
    return max(c.x, max(c.y, c.z)) - min(c.x, min(c.y, c.z));
}

fn with_saturation(c: vec3<f32>, s: f32) -> vec3<f32> {
    let low = min(c.x, min(c.y, c.z));
    let range = saturation(c);
    if range <= 0.0 { return vec3<f32>(0.0); }
    return (c - low) * s / range;
}

fn dodge(b: f32, s: f32) -> f32 {
    if b == 0.0 { return 0.0; }
    if s >= 1.0 { return 1.0; }
    return min(1.0, b / (1.0 - s));
}

fn burn(b: f32, s: f32) -> f32 {
    if b >= 1.0 { return 1.0; }
    if s <= 0.0 { return 0.0; }
    return 1.0 - min(1.0, (1.0 - b) / s);
}

fn hard_light(b: f32, s: f32) -> f32 {
    if s <= 0.5 { return b * 2.0 * s; }
    return b + (2.0 * s - 1.0) - b * (2.0 * s - 1.0);
}

fn soft_light(b: f32, s: f32) -> f32 {
    if s <= 0.5 { return b - (1.0 - 2.0 * s) * b * (1.0 - b); }
    var d = sqrt(b);
    if b <= 0.25 { d = ((16.0 * b - 12.0) * b + 4.0) * b; }
    return b + (2.0 * s - 1.0) * (d - b);
}

fn mixed(mode: u32, b: vec3<f32>, s: vec3<f32>) -> vec3<f32> {
    switch mode {
        case 1u: { return b * s; }
        case 2u: { return b + s - b * s; }
        case 3u: { return vec3<f32>(hard_light(s.x, b.x), hard_light(s.y, b.y), hard_light(s.z, b.z)); }
        case 4u: { return min(b, s); }
        case 5u: { return max(b, s); }
        case 6u: { return vec3<f32>(dodge(b.x, s.x), dodge(b.y, s.y), dodge(b.z, s.z)); }
        case 7u: { return vec3<f32>(burn(b.x, s.x), burn(b.y, s.y), burn(b.z, s.z)); }
        case 8u: { return vec3<f32>(hard_light(b.x, s.x), hard_light(b.y, s.y), hard_light(b.z, s.z)); }
        case 9u: { return vec3<f32>(soft_light(b.x, s.x), soft_light(b.y, s.y), soft_light(b.z, s.z)); }
        case 10u: { return abs(b - s); }
        case 11u: { return b + s - 2.0 * b * s; }
        case 12u: { return with_luminance(with_saturation(s, saturation(b)), luminance(b)); }
        case 13u: { return with_luminance(with_saturation(b, saturation(s)), luminance(b)); }
        case 14u: { return with_luminance(s, luminance(b)); }
        case 15u: { return with_luminance(b, luminance(s)); }
        default: { return s; }
    }
}

// 0, 1, alpha or 1 - alpha of the other picture.
fn factor(kind: u32, alpha: f32) -> f32 {
    switch kind {
        case 0u: { return 0.0; }
        case 1u: { return 1.0; }
        case 2u: { return alpha; }
        default: { return 1.0 - alpha; }
    }
}

fn straight(c: vec4<f32>) -> vec3<f32> {
    if c.w <= 0.0 { return vec3<f32>(0.0); }
    return clamp(c.xyz / c.w, vec3<f32>(0.0), vec3<f32>(1.0));
}

@fragment
fn blend(in: Varying) -> @location(0) vec4<f32> {
    let source = colour(in);
    let size = vec2<i32>(textureDimensions(backdrop));
    let at = clamp(vec2<i32>(floor(in.target_px - in.around.zw)), vec2<i32>(0), size - 1);
    let below = textureLoad(backdrop, at, 0);
    let s = straight(source);
    let mixed_colour = mix(s, mixed(in.blend.x, straight(below), s), below.w);
    let above = vec4<f32>(mixed_colour * source.w, source.w);
    let result = above * factor(in.blend.y, below.w) + below * factor(in.blend.z, source.w);
    return min(result, vec4<f32>(1.0));
}
