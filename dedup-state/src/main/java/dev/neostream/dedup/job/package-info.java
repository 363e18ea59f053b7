/** Flink shell of deduplication. */
package dev.neostream.dedup.job;
