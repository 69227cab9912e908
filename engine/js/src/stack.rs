//! The script that is running, seen from a native function.

use boa_engine::vm::SourcePath;

use crate::Cx;

/// One call of script that has not returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The function's name; empty for the top level of a script.
    pub function: String,
    /// The script's URL; empty for text that came from `eval`.
    pub url: String,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
    /// The column, from 1; 0 if unknown.
    pub column: u32,
}

impl Cx {
    /// The calls of script that led here, innermost first. Native functions in
    /// between, and text without an origin, are left out.
    pub fn script_stack(&self) -> impl Iterator<Item = Frame> {
        let stale = self.state().stale_frames.get();
        let count = self.context().stack_trace().count();
        self.context().stack_trace().take(count.saturating_sub(stale)).filter_map(|frame| {
            let place = frame.position();
            let url = match &place.path {
                SourcePath::Path(path) => path.display().to_string(),
                SourcePath::Eval | SourcePath::Json => String::new(),
                SourcePath::None => return None,
            };
            let (line, column) = match place.position {
                Some(position) => (position.line_number(), position.column_number()),
                None => (0, 0),
            };
            let function = place.function_name.to_std_string_lossy();
            Some(Frame { function, url, line, column })
        })
    }
}
