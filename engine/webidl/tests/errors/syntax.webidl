// syntax.webidl:5: cannot read the member `attribute long;`
[Exposed=Window]
interface A {
  undefined fine();
  attribute long;
};
