// no_parent.webidl:2: `A` inherits from `B`, which is no interface
[Exposed=Window] interface A : B {};
