// cycle.webidl:2: `A` inherits from itself
[Exposed=Window] interface A : B {};
[Exposed=Window] interface B : A {};
