/** Checkpoints of a training run as folders that Hugging Face's Llama loads. */
package dev.neostream.trainer.checkpoint;
