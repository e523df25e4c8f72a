"""A Google Slides server that lives on 127.0.0.1 and misbehaves on request."""
