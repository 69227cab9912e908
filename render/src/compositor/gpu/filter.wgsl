// One step of a filter, over a whole texture.

struct Step {
    // Row by row: from (R, G, B, A) to one channel.
    matrix: mat4x4<f32>,
    constant: vec4<f32>,
    // Premultiplied.
    color: vec4<f32>,
    // Direction of a blur, or where to read from, in px.
    along: vec2<f32>,
    deviation: f32,
    kind: u32,
}

@group(0) @binding(0) var pixels: texture_2d<f32>;
@group(0) @binding(1) var<uniform> effect: Step;

const BLUR: u32 = 0u;
const MATRIX: u32 = 1u;
const SHADOW: u32 = 2u;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    let corner = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    return vec4<f32>(corner * 2.0 - 1.0, 0.0, 1.0);
}

fn texel(at: vec2<i32>) -> vec4<f32> {
    let size = vec2<i32>(textureDimensions(pixels));
    if any(at < vec2<i32>(0)) || any(at >= size) { return vec4<f32>(0.0); }
    return textureLoad(pixels, at, 0);
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let at = vec2<i32>(position.xy);
    if effect.kind == MATRIX {
        let c = texel(at);
        var s = vec4<f32>(0.0);
        if c.w > 0.0 { s = vec4<f32>(c.xyz / c.w, c.w); }
        let out = clamp(s * effect.matrix + effect.constant, vec4<f32>(0.0), vec4<f32>(1.0));
        return vec4<f32>(out.xyz * out.w, out.w);
    }
    if effect.kind == SHADOW {
        return effect.color * texel(at - vec2<i32>(effect.along)).w;
    }
    let reach = i32(ceil(effect.deviation * 3.0));
    let direction = vec2<i32>(effect.along);
    var sum = texel(at);
    var weights = 1.0;
    for (var i = 1; i <= reach; i++) {
        let x = f32(i) / effect.deviation;
        let weight = exp(-0.5 * x * x);
        sum += weight * (texel(at + direction * i) + texel(at - direction * i));
        weights += 2.0 * weight;
    }
    return sum / weights;
}
