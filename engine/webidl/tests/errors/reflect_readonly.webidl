// reflect_readonly.webidl:3: [Reflect] on `A.a`, which is read-only
[Exposed=Window] interface A {
  [Reflect] readonly attribute DOMString a;
};
