// unknown_type.webidl:4: the type `Missing` is defined in no file
[Exposed=Window]
interface A {
  attribute Missing m;
};
