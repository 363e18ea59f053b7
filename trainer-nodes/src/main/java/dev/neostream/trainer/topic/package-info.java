/** Kafka side of a rank: batches and blocks in, step reports and checkpoint manifests out. */
package dev.neostream.trainer.topic;
