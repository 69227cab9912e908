// https://drafts.csswg.org/cssom/

typedef DOMString CSSOMString;

// The attributes of its properties, and its indices, come from the table of the
// style system.
[Exposed=Window, PrototypeHook="crate::cssom::install_property_accessors"]
interface CSSStyleDeclaration {
  [CEReactions, Throws] attribute CSSOMString cssText;
  readonly attribute unsigned long length;
  CSSOMString item(unsigned long index);
  CSSOMString getPropertyValue(CSSOMString property);
  CSSOMString getPropertyPriority(CSSOMString property);
  [CEReactions] undefined setProperty(CSSOMString property, [LegacyNullToEmptyString] CSSOMString value, optional [LegacyNullToEmptyString] CSSOMString priority = "");
  [CEReactions] CSSOMString removeProperty(CSSOMString property);
  [CEReactions, Throws] attribute [LegacyNullToEmptyString] CSSOMString cssFloat;
};

interface mixin ElementCSSInlineStyle {
  [SameObject, PutForwards=cssText] readonly attribute CSSStyleDeclaration style;
};
HTMLElement includes ElementCSSInlineStyle;
SVGElement includes ElementCSSInlineStyle;

// https://drafts.csswg.org/css-conditional/#the-css-namespace
[Exposed=Window]
namespace CSS {
  boolean supports(CSSOMString property, CSSOMString value);
  boolean supports(CSSOMString conditionText);
  CSSOMString escape(CSSOMString ident);
};
