// variadic_last.webidl:3: variadic argument `a` must be last
[Exposed=Window] interface A {
  undefined f(long... a, optional long b);
};
