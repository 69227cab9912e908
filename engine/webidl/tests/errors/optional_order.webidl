// optional_order.webidl:3: argument `b` must be optional like the one before it
[Exposed=Window] interface A {
  undefined f(optional long a, long b);
};
