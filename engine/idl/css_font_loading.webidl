// https://drafts.csswg.org/css-font-loading/

enum FontFaceLoadStatus { "unloaded", "loading", "loaded", "error" };

dictionary FontFaceDescriptors {
  CSSOMString style = "normal";
  CSSOMString weight = "normal";
  CSSOMString stretch = "normal";
  CSSOMString unicodeRange = "U+0-10FFFF";
  CSSOMString featureSettings = "normal";
  CSSOMString variationSettings = "normal";
  CSSOMString display = "auto";
  CSSOMString ascentOverride = "normal";
  CSSOMString descentOverride = "normal";
  CSSOMString lineGapOverride = "normal";
};

[Exposed=Window]
interface FontFace {
  [Throws] constructor(CSSOMString family, (CSSOMString or BufferSource) source,
      optional FontFaceDescriptors descriptors = {});

  attribute CSSOMString family;
  attribute CSSOMString style;
  attribute CSSOMString weight;
  attribute CSSOMString stretch;
  attribute CSSOMString unicodeRange;
  attribute CSSOMString featureSettings;
  attribute CSSOMString variationSettings;
  attribute CSSOMString display;
  attribute CSSOMString ascentOverride;
  attribute CSSOMString descentOverride;
  attribute CSSOMString lineGapOverride;

  readonly attribute FontFaceLoadStatus status;
  Promise<any> load();
  readonly attribute Promise<any> loaded;
};

dictionary FontFaceSetLoadEventInit : EventInit {
  sequence<FontFace> fontfaces = [];
};

[Exposed=Window]
interface FontFaceSetLoadEvent : Event {
  constructor(CSSOMString type, optional FontFaceSetLoadEventInit eventInitDict = {});
  readonly attribute FrozenArray<FontFace> fontfaces;
};

enum FontFaceSetLoadStatus { "loading", "loaded" };

[Exposed=Window]
interface FontFaceSet : EventTarget {
  readonly setlike<FontFace>;
  FontFaceSet add(FontFace font);
  boolean delete(FontFace font);
  undefined clear();

  attribute EventHandler onloading;
  attribute EventHandler onloadingdone;
  attribute EventHandler onloadingerror;
  Promise<any> load(CSSOMString font, optional CSSOMString text = " ");
  boolean check(CSSOMString font, optional CSSOMString text = " ");
  readonly attribute Promise<any> ready;
  readonly attribute FontFaceSetLoadStatus status;
};

partial interface Document {
  [SameObject, Throws] readonly attribute FontFaceSet fonts;
};
