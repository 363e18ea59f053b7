/**
 * The whole system on one machine: broker, Flink cluster, sequencer and media driver in one JVM,
 * each trainer rank in its own, everything on loopback and every state in the run folder.
 */
package dev.neostream.ops.embedded;
