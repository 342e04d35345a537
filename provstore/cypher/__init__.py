"""Every statement that is sent to Neo4j: text in files, and its loader. Never a connection."""
