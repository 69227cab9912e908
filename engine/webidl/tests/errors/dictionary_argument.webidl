// dictionary_argument.webidl:4: argument `d` is a dictionary: write `optional D d = {}`
dictionary D {};
[Exposed=Window] interface A {
  undefined f(D d);
};
