"""Bad weather: which fault strikes which attempt, and how it is carried out on a real socket."""
