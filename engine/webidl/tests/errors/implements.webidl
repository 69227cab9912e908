// implements.webidl:3: `implements` is gone from WebIDL: use a mixin and `includes`
[Exposed=Window] interface A {};
A implements B;
