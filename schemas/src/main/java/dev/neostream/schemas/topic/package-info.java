/**
 * Kafka side of the contracts: the connection, the wire form and its schema registry.
 *
 * <p>Every value is a Confluent frame: one zero byte, the schema id as a big-endian int, then Avro
 * binary. The embedded registry is a one-partition topic; a schema's id is its offset plus one.
 */
package dev.neostream.schemas.topic;
