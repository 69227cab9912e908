// length_missing.webidl:2: `A` has an indexed getter and needs a `length` attribute
[Exposed=Window] interface A {
  getter long item(unsigned long index);
};
