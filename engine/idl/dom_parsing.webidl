// https://html.spec.whatwg.org/#the-xmlserializer-interface

[Exposed=Window]
interface XMLSerializer {
  constructor();

  DOMString serializeToString(Node root);
};
