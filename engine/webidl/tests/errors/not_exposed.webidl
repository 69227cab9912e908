// not_exposed.webidl:2: interface `A` needs [Exposed]
interface A {};
