// no_mixin.webidl:3: `B` is not a mixin
[Exposed=Window] interface A {};
A includes B;
