// overloads.webidl:3: overloads of `A.f` with 1 arguments cannot be told apart
[Exposed=Window] interface A {
  undefined f(DOMString a);
  undefined f(USVString a);
};
