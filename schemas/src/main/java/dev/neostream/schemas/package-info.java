/**
 * What passes between stages: Avro records (generated), topic names, document ids and the envelope
 * that travels inside the Flink job.
 */
package dev.neostream.schemas;
