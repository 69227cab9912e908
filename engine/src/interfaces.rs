//! The native data of every interface, by the interface's name: where generated
//! code looks for it.

pub(crate) use crate::{
    console::Console,
    custom_elements::{CustomElementRegistry, CustomStateSet, ElementInternals},
    cssom::*,
    dom::{
        Attr, CDATASection, CharacterData, Comment, DOMImplementation, DOMParser, DOMTokenList,
        Document, DocumentFragment, DocumentType, Element, HTMLCollection, MutationObserver,
        MutationRecord, NamedNodeMap, NodeList, ProcessingInstruction, ShadowRoot, Text, XMLDocument,
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
    geometry::{DOMRect, DOMRectList, DOMRectReadOnly},
    history::History,
    html::*,
    location::Location,
    navigator::Navigator,
    permissions::{PermissionStatus, Permissions},
    storage::{Storage, StorageEvent},
    url::{URL, URLSearchParams},
    window::{IdleDeadline, MediaQueryList, MediaQueryListEvent, Performance, Screen, Window},
    wrappers::Node,
};
