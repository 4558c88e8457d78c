"""How caseworkers work: server-rendered pages that stay fresh by themselves."""
