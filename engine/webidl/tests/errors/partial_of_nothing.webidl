// partial_of_nothing.webidl:2: partial interface `A` has no interface to join
partial interface A {};
