// the union `(DOMString or E)`: `DOMString` and `E` cannot be told apart
enum E { "x" };
[Exposed=Window] interface A {
  undefined f((DOMString or E) a);
};
