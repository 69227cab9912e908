// https://html.spec.whatwg.org/#custom-elements

[Exposed=Window]
interface CustomElementRegistry {
  [CEReactions] undefined define(DOMString name, object constructor, optional ElementDefinitionOptions options = {});
  any get(DOMString name);
  DOMString? getName(object constructor);
  Promise<any> whenDefined(DOMString name);
  [CEReactions] undefined upgrade(Node root);
};

dictionary ElementDefinitionOptions {
  DOMString extends;
};

partial interface Window {
  readonly attribute CustomElementRegistry customElements;
};

partial interface HTMLElement {
  ElementInternals attachInternals();
};

// Its ARIA attributes are put there by hand: they reflect nothing.
[Exposed=Window, PrototypeHook="crate::custom_elements::install_aria"]
interface ElementInternals {
  readonly attribute ShadowRoot? shadowRoot;

  undefined setFormValue(any value, optional any state);
  [Throws] readonly attribute HTMLFormElement? form;

  undefined setValidity(optional ValidityStateFlags flags = {}, optional DOMString message, optional HTMLElement anchor);
  [Throws] readonly attribute boolean willValidate;
  [Throws] readonly attribute ValidityState validity;
  [Throws] readonly attribute DOMString validationMessage;
  boolean checkValidity();
  boolean reportValidity();

  [Throws] readonly attribute NodeList labels;

  [SameObject] readonly attribute CustomStateSet states;
};

dictionary ValidityStateFlags {
  boolean valueMissing = false;
  boolean typeMismatch = false;
  boolean patternMismatch = false;
  boolean tooLong = false;
  boolean tooShort = false;
  boolean rangeUnderflow = false;
  boolean rangeOverflow = false;
  boolean stepMismatch = false;
  boolean badInput = false;
  boolean customError = false;
};

[Exposed=Window]
interface CustomStateSet {
  readonly setlike<DOMString>;
  CustomStateSet add(DOMString value);
  undefined clear();
  boolean delete(DOMString value);
};
