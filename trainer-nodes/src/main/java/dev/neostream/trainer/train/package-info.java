/**
 * The train loop of a rank and its ports: batches in, gradients across, reports and checkpoints
 * out.
 */
package dev.neostream.trainer.train;
