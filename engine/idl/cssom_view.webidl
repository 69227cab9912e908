// https://drafts.csswg.org/cssom-view/

enum ScrollLogicalPosition { "start", "center", "end", "nearest" };

dictionary ScrollIntoViewOptions : ScrollOptions {
  ScrollLogicalPosition block = "start";
  ScrollLogicalPosition inline = "nearest";
};

partial interface Document {
  Element? elementFromPoint(double x, double y);
  sequence<Element> elementsFromPoint(double x, double y);
  CaretPosition? caretPositionFromPoint(double x, double y);
  Range? caretRangeFromPoint(optional double x = 0, optional double y = 0);
  readonly attribute Element? scrollingElement;
};

[Exposed=Window]
interface CaretPosition {
  readonly attribute Node offsetNode;
  readonly attribute unsigned long offset;
  [NewObject] DOMRect? getClientRect();
};

partial interface Range {
  [NewObject] DOMRectList getClientRects();
  [NewObject] DOMRect getBoundingClientRect();
};

// https://drafts.csswg.org/cssom-view/#visualviewport
[Exposed=Window]
interface VisualViewport : EventTarget {
  readonly attribute double offsetLeft;
  readonly attribute double offsetTop;
  readonly attribute double pageLeft;
  readonly attribute double pageTop;
  readonly attribute double width;
  readonly attribute double height;
  readonly attribute double scale;
  attribute EventHandler onresize;
  attribute EventHandler onscroll;
  attribute EventHandler onscrollend;
};

partial interface Window {
  [SameObject, Replaceable] readonly attribute VisualViewport visualViewport;
  [Replaceable] readonly attribute long screenLeft;
  [Replaceable] readonly attribute long screenTop;
  undefined moveTo(long x, long y);
  undefined moveBy(long x, long y);
  undefined resizeTo(long width, long height);
  undefined resizeBy(long x, long y);
};

// https://w3c.github.io/screen-orientation/
enum OrientationType { "portrait-primary", "portrait-secondary", "landscape-primary", "landscape-secondary" };

[Exposed=Window]
interface ScreenOrientation : EventTarget {
  readonly attribute OrientationType type;
  readonly attribute unsigned short angle;
  attribute EventHandler onchange;
};

partial interface Screen {
  [SameObject] readonly attribute ScreenOrientation orientation;
};

partial interface Element {
  [NewObject] DOMRectList getClientRects();
  [NewObject] DOMRect getBoundingClientRect();

  undefined scrollIntoView(optional (boolean or ScrollIntoViewOptions) arg = {});
  undefined scroll(optional ScrollToOptions options = {});
  undefined scroll(unrestricted double x, unrestricted double y);
  undefined scrollTo(optional ScrollToOptions options = {});
  undefined scrollTo(unrestricted double x, unrestricted double y);
  undefined scrollBy(optional ScrollToOptions options = {});
  undefined scrollBy(unrestricted double x, unrestricted double y);
  attribute unrestricted double scrollTop;
  attribute unrestricted double scrollLeft;
  readonly attribute long scrollWidth;
  readonly attribute long scrollHeight;
  readonly attribute long clientTop;
  readonly attribute long clientLeft;
  readonly attribute long clientWidth;
  readonly attribute long clientHeight;
};

partial interface HTMLElement {
  readonly attribute Element? offsetParent;
  readonly attribute long offsetTop;
  readonly attribute long offsetLeft;
  readonly attribute long offsetWidth;
  readonly attribute long offsetHeight;
};
