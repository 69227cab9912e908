// https://w3c.github.io/editing/docs/execCommand/
interface mixin DocumentEditing {
  [CEReactions] boolean execCommand(DOMString commandId, optional boolean showUI = false, optional DOMString value = "");
  boolean queryCommandEnabled(DOMString commandId);
  boolean queryCommandIndeterm(DOMString commandId);
  boolean queryCommandState(DOMString commandId);
  boolean queryCommandSupported(DOMString commandId);
  DOMString queryCommandValue(DOMString commandId);

  // https://html.spec.whatwg.org/#making-entire-documents-editable:-the-designmode-idl-attribute
  [CEReactions] attribute DOMString designMode;
};
Document includes DocumentEditing;
