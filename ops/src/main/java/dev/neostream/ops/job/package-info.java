/** The Flink job of the run: raw documents to token blocks, three stages chained. */
package dev.neostream.ops.job;
