// unknown_attribute.webidl:3: unknown extended attribute [Cached]
[Exposed=Window] interface A {
  [Cached] attribute long a;
};
