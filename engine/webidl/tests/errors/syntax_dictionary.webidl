// syntax_dictionary.webidl:4: cannot read the member `required;`
dictionary D {
  long a;
  required;
};
