// length_missing.webidl:2: `A` has an indexed getter and needs an `unsigned long` attribute `length`
[Exposed=Window] interface A {
  getter long item(unsigned long index);
};
