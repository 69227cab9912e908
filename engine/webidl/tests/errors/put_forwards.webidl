// put_forwards.webidl:4: [PutForwards=b] on `a`: `B` has no such attribute
[Exposed=Window] interface B {};
[Exposed=Window] interface A {
  [PutForwards=b] readonly attribute B a;
};
