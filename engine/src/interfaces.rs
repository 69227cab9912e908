//! The native data of every interface, by the interface's name: where generated
//! code looks for it.

pub(crate) use crate::{
    console::Console,
    cssom::*,
    dom::{
        Attr, CDATASection, CharacterData, Comment, DOMImplementation, DOMParser, DOMTokenList,
        Document, DocumentFragment, DocumentType, Element, HTMLCollection, MutationObserver,
        MutationRecord, NamedNodeMap, NodeList, ProcessingInstruction, Text, XMLDocument,
    },
    dom_exception::DOMException,
    events::{
        AbortController, AbortSignal, BeforeUnloadEvent, CustomEvent, ErrorEvent, Event,
        EventTarget, FocusEvent, HashChangeEvent, InputEvent, KeyboardEvent, MessageEvent,
        MouseEvent, PointerEvent, PopStateEvent, ProgressEvent, PromiseRejectionEvent, UIEvent,
        WheelEvent,
    },
    fetch::{Headers, Request, Response},
    geolocation::{
        Geolocation, GeolocationCoordinates, GeolocationPosition, GeolocationPositionError,
    },
    geometry::{
        DOMMatrix, DOMMatrixReadOnly, DOMPoint, DOMPointReadOnly, DOMQuad, DOMRect, DOMRectList,
        DOMRectReadOnly,
    },
    history::History,
    html::*,
    intersection_observer::{IntersectionObserver, IntersectionObserverEntry},
    location::Location,
    navigator::Navigator,
    permissions::{PermissionStatus, Permissions},
    resize_observer::{ResizeObserver, ResizeObserverEntry, ResizeObserverSize},
    storage::{Storage, StorageEvent},
    url::{URL, URLSearchParams},
    window::{IdleDeadline, MediaQueryList, MediaQueryListEvent, Performance, Screen, Window},
    wrappers::Node,
};
