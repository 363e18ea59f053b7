/**
 * Flink side of the contracts: the envelope's way out to topics and the document count that every
 * stage commits with its data.
 */
package dev.neostream.schemas.job;
