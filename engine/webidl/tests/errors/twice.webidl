// twice.webidl:2: `A` is defined already at twice.webidl:3
dictionary A {};
[Exposed=Window] interface A {};
