"""The admin API: look into the server and change its weather, over plain HTTP on loopback."""
