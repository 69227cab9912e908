// https://html.spec.whatwg.org/#web-messaging

dictionary StructuredSerializeOptions {
  sequence<object> transfer = [];
};
