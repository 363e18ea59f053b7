/**
 * Trainer ranks. {@code model} computes, {@code train} runs the loop over ports, {@code collective}
 * adds up gradients, {@code topic} connects the ports to Kafka, {@code checkpoint} to files, {@code
 * node} is the process; {@code generate} continues texts.
 */
package dev.neostream.trainer;
