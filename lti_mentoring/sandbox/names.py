"""Invented names, time zones and languages to people the large course with."""

GIVEN_NAMES = (
    "Adaeze", "Aiko", "Alba", "Aleksi", "Amina", "Anouk", "Arjun", "Astrid", "Baraka", "Beatriz",
    "Bilal", "Bruno", "Carys", "Chiara", "Dalia", "Davi", "Edda", "Elio", "Emeka", "Esra",
    "Farid", "Femke", "Gael", "Greta", "Hana", "Henrik", "Ilse", "Imani", "Ivo", "Jiho",
    "Jolanta", "Kamal", "Katya", "Keanu", "Leonie", "Linh", "Mads", "Malika", "Mateo", "Nadia",
    "Nils", "Noor", "Oksana", "Omar", "Paloma", "Pedro", "Priya", "Rafael", "Rania", "Ruben",
    "Saoirse", "Selim", "Signe", "Tariq", "Tessa", "Uma", "Viktor", "Wanjiru", "Yara", "Zeno",
)  # fmt: skip

FAMILY_NAMES = (
    "Abara", "Almeida", "Andersen", "Banerjee", "Becker", "Castro", "Chukwu", "Costa", "D'Amico",
    "Demir", "Dvořák", "Eriksen", "Farah", "Ferrari", "Fischer", "García", "Haddad", "Hansen",
    "Huber", "Ito", "Jansen", "Kaya", "Keller", "Kimani", "Kovač", "Laine", "Larsen", "Lima",
    "Łukasik", "Mbeki", "Moreau", "Müller", "Nguyen", "Novak", "O'Neill", "Okoye", "Pereira",
    "Petrov", "Quint", "Ramos", "Rossi", "Sato", "Schäfer", "Singh", "Søndergaard", "Teixeira",
    "Tran", "Vega", "Visser", "Yildiz",
)  # fmt: skip

TIME_ZONES = (
    "Europe/Lisbon", "Europe/Berlin", "Europe/London", "Europe/Istanbul", "America/Sao_Paulo",
    "America/New_York", "Africa/Lagos", "Africa/Nairobi", "Asia/Kolkata", "Asia/Tokyo",
    "Asia/Kathmandu", "Pacific/Auckland",
)  # fmt: skip

# Underscored as Moodle writes them, so that nobody counts on BCP 47.
LOCALES = ("en", "en", "en", "de", "de", "pt", "pt_br", "en_gb")
