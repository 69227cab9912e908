//! Messages between an app and its host, and the types they share.
//!
//! An app is a function of its message log: everything that reaches it is an
//! [`Inbound`] message or the reply to a [`Call`], and everything that leaves
//! it is a [`FromApp`] message, a [`Call`] or a frame. All of these are plain
//! values that serialize, so that a run can be recorded and replayed exactly.
//!
//! This crate holds no behaviour: no socket, file or clock, and no code that
//! decides anything.

mod app;
mod bytes;
mod clone;
mod config;
mod device;
mod geometry;
mod input;
mod log;
mod messaging;
mod net;
mod socket;
mod storage;
mod time;

pub use app::{
    Answer, BlockingInput, Call, ClipboardData, ConsoleLevel, ConsoleMessage, Fetched, FromApp,
    Inbound, Reply, Request, RequestId, SourcePosition, TextInputArea, ToApp,
};
pub use bytes::Bytes;
pub use clone::{
    CLONE_VERSION, CloneItem, CloneNumber, CloneObject, CloneString, CloneTransfer, ClonedValue,
};
pub use config::{AppConfig, ColorScheme, TimeMode, TimeZone, Viewport};
pub use device::{PermissionName, PermissionState, Position, PositionError, PositionOptions};
pub use geometry::{Point, Size};
pub use input::{
    Contact, CursorIcon, InputAct, InputEvent, InputPlace, InputStep, InputWait, KeyEvent,
    KeyLocation, Modifiers, PointerButton, PointerEvent, PointerPhase, PointerType, Preedit,
    WheelEvent,
};
pub use log::{LOG_VERSION, LogEntry, LogHeader};
pub use messaging::{
    AgentId, Channel, PortId, PortMessage, WorkerId, WorkerOrder, WorkerReport, WorkerStart,
};
pub use net::{
    EmbedderPolicy, FetchFailure, FetchRequest, HttpHead, RedirectMode, ReferrerPolicy,
    RequestCache, RequestCredentials, RequestMode, ResponseTainting,
};
pub use socket::{SocketEvent, SocketMessage, SocketOrder, SocketRequest};
pub use storage::{StorageArea, StorageCall, StorageChange, StorageReply};
pub use time::Micros;
