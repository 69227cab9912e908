// bad_default.webidl:4: the default of `e` is not a value of `E`
enum E { "x" };
[Exposed=Window] interface A {
  undefined f(optional E e = "y");
};
