"""Who may see what: roles and grants as code, village logins, lists of families behind a record of who asked."""
