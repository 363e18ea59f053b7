/**
 * Documents in: the inputs of a run and the order in which their records enter the stream.
 *
 * <pre>
 *   paths -> Inputs -> Input ... -> RoundRobin -> IngestPlan -> records for topics
 * </pre>
 */
package dev.neostream.ingest;
