"""Technical tools that know neither Flask nor LTI nor mentoring."""
