"""Results for machines and people: results.json, attempts.ndjson, junit.xml, summary.md, and the table."""
