"""The only glue to Flask: one transaction a request, who acts, guards, errors, templates."""
