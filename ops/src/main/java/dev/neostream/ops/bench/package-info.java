/** Benchmarks that users can repeat: {@code ops/neo bench}. */
package dev.neostream.ops.bench;
