// https://html.spec.whatwg.org/#dom-document-cookie

interface mixin DocumentCookies {
  [Throws] attribute USVString cookie;
};

Document includes DocumentCookies;
