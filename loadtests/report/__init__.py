"""Results for machines and for people: results.json, attempts.ndjson, junit.xml, summary.md, and the table."""
