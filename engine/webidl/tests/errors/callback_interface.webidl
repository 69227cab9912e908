// callback_interface.webidl:2: callback interface `C` must have one operation, not 2
callback interface C { undefined a(); undefined b(); };
