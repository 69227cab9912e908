//! The native data of every interface, by the interface's name: where generated
//! code looks for it.

pub(crate) use crate::{
    console::Console,
    crypto::{Crypto, CryptoKey, SubtleCrypto},
    css_font_loading::{FontFace, FontFaceSet, FontFaceSetLoadEvent},
    cssom::*,
    cssom_view::CaretPosition,
    custom_elements::{CustomElementRegistry, CustomStateSet, ElementInternals},
    data_transfer::{ClipboardEvent, DataTransfer, DataTransferItem, DataTransferItemList},
    dom::{
        AbstractRange, Attr, CDATASection, CharacterData, Comment, DOMImplementation, DOMParser,
        DOMTokenList, Document, DocumentFragment, DocumentType, Element, HTMLCollection,
        MutationObserver, MutationRecord, NamedNodeMap, NodeIterator, NodeList,
        ProcessingInstruction, Range, ShadowRoot, StaticRange, Text, TreeWalker, XMLDocument,
        XMLSerializer, XPathEvaluator, XPathExpression, XPathResult,
    },
    dom_exception::DOMException,
    encoding::{TextDecoder, TextDecoderStream, TextEncoder, TextEncoderStream},
    event_source::EventSource,
    events::{
        AbortController, AbortSignal, BeforeUnloadEvent, CompositionEvent, CustomEvent, DragEvent,
        ErrorEvent, Event, EventTarget, FocusEvent, HashChangeEvent, InputEvent, KeyboardEvent,
        MessageEvent, MouseEvent, PageTransitionEvent, PointerEvent, PopStateEvent, ProgressEvent,
        PromiseRejectionEvent, TextEvent, Touch, TouchEvent, TouchList, UIEvent, WheelEvent,
    },
    fetch::{Headers, Request, Response},
    file::{Blob, File, FileList, FileReader, FileReaderSync},
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
    messaging::{BroadcastChannel, MessageChannel, MessagePort},
    navigator::Navigator,
    performance::{
        Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceNavigation,
        PerformanceNavigationTiming, PerformanceObserver, PerformanceObserverEntryList,
        PerformancePaintTiming, PerformanceResourceTiming, PerformanceTiming,
    },
    permissions::{PermissionStatus, Permissions},
    resize_observer::{ResizeObserver, ResizeObserverEntry, ResizeObserverSize},
    selection::Selection,
    storage::{Storage, StorageEvent},
    streams::{
        ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController,
        ReadableStream, ReadableStreamBYOBReader, ReadableStreamBYOBRequest,
        ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream,
        TransformStreamDefaultController, WritableStream, WritableStreamDefaultController,
        WritableStreamDefaultWriter,
    },
    url::{URL, URLSearchParams},
    web_sockets::{CloseEvent, WebSocket},
    window::{
        BarProp, IdleDeadline, MediaQueryList, MediaQueryListEvent, Screen, ScreenOrientation,
        UserActivation, VisualViewport, Window,
    },
    workers::{
        DedicatedWorkerGlobalScope, SharedWorker, SharedWorkerGlobalScope, Worker,
        WorkerGlobalScope, WorkerLocation, WorkerNavigator,
    },
    wrappers::Node,
    xhr::{
        FormData, FormDataEvent, XMLHttpRequest, XMLHttpRequestEventTarget, XMLHttpRequestUpload,
    },
};
