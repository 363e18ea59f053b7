/**
 * Trainer ranks. {@code model} computes, {@code train} runs the loop over ports, {@code collective}
 * adds up gradients, {@code topic} connects the ports to Kafka, {@code generate} continues texts.
 */
package dev.neostream.trainer;
