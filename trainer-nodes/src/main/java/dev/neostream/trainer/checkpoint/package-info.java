/**
 * Checkpoints of a training run as folders that Hugging Face's Llama loads, such folders made
 * checkpoints, and checkpoints as GGUF files.
 */
package dev.neostream.trainer.checkpoint;
