// https://drafts.csswg.org/css-font-loading/#FontFaceSet-interface

enum FontFaceSetLoadStatus { "loading", "loaded" };

// Faces cannot be added yet, so a set has none: there is no FontFace.
[Exposed=Window]
interface FontFaceSet : EventTarget {
  readonly attribute unsigned long size;
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
