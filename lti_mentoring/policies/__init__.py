"""Who may: functions from an actor and loaded objects to yes or no. No queries here."""
