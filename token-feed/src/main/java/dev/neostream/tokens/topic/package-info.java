/**
 * Kafka side of the token feed: the mixture sequencer, the readers of batches and blocks, and the
 * control of the mixture.
 *
 * <p>No consumer group holds a position here but the sequencer's own: readers are told by number
 * where to start.
 */
package dev.neostream.tokens.topic;
