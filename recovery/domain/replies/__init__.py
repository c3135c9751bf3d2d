"""How replies are read, rule by rule: words, stop, address, call, short answers, wrong person."""
