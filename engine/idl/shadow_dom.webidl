// https://dom.spec.whatwg.org/#shadow-trees,
// https://html.spec.whatwg.org/#the-slot-element

[Exposed=Window]
interface ShadowRoot : DocumentFragment {
  readonly attribute ShadowRootMode mode;
  readonly attribute boolean delegatesFocus;
  readonly attribute SlotAssignmentMode slotAssignment;
  readonly attribute boolean clonable;
  readonly attribute boolean serializable;
  readonly attribute Element host;

  attribute EventHandler onslotchange;
};

enum ShadowRootMode { "open", "closed" };
enum SlotAssignmentMode { "manual", "named" };

// DocumentOrShadowRoot, as far as it is not in Document itself.
partial interface ShadowRoot {
  readonly attribute Element? activeElement;
  Element? elementFromPoint(double x, double y);
  sequence<Element> elementsFromPoint(double x, double y);
  [SameObject] readonly attribute StyleSheetList styleSheets;
  [Throws] attribute ObservableArray<CSSStyleSheet> adoptedStyleSheets;

  [CEReactions, Throws] attribute [LegacyNullToEmptyString] DOMString innerHTML;
};

// https://html.spec.whatwg.org/#dom-element-gethtml
dictionary GetHTMLOptions {
  boolean serializableShadowRoots = false;
  sequence<ShadowRoot> shadowRoots = [];
};

partial interface ShadowRoot {
  [CEReactions] undefined setHTMLUnsafe(DOMString html);
  DOMString getHTML(optional GetHTMLOptions options = {});
};

partial interface Element {
  [CEReactions] undefined setHTMLUnsafe(DOMString html);
  DOMString getHTML(optional GetHTMLOptions options = {});
};

partial interface Document {
  [NewObject] static Document parseHTMLUnsafe(DOMString html);
};

dictionary ShadowRootInit {
  required ShadowRootMode mode;
  boolean delegatesFocus = false;
  SlotAssignmentMode slotAssignment = "named";
  boolean clonable = false;
  boolean serializable = false;
};

partial interface Element {
  ShadowRoot attachShadow(ShadowRootInit init);
  readonly attribute ShadowRoot? shadowRoot;
};

interface mixin Slottable {
  readonly attribute HTMLSlotElement? assignedSlot;
};
Element includes Slottable;
Text includes Slottable;

dictionary AssignedNodesOptions {
  boolean flatten = false;
};

partial interface HTMLSlotElement {
  sequence<Node> assignedNodes(optional AssignedNodesOptions options = {});
  sequence<Element> assignedElements(optional AssignedNodesOptions options = {});
  undefined assign((Element or Text)... nodes);
};

partial interface HTMLTemplateElement {
  [CEReactions, Reflect] attribute DOMString shadowRootMode;
  [CEReactions, Reflect] attribute boolean shadowRootDelegatesFocus;
  [CEReactions, Reflect] attribute boolean shadowRootClonable;
  [CEReactions, Reflect] attribute boolean shadowRootSerializable;
};
