// dictionary_attribute.webidl:4: attribute `a` may not have the type `D`
dictionary D {};
[Exposed=Window] interface A {
  attribute D a;
};
