/** Ingest into Kafka: a transactional producer around {@link dev.neostream.ingest.IngestPlan}. */
package dev.neostream.ingest.topic;
