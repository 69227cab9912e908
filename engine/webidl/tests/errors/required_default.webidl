// required_default.webidl:3: cannot read the member `required long a = 5;`
dictionary D {
  required long a = 5;
};
