// member_twice.webidl:5: `A.a` is defined already at member_twice.webidl:4
[Exposed=Window]
interface A {
  attribute long a;
  undefined a();
};
