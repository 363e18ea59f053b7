/**
 * Checkpoints as files: {@code format} reads and writes safetensors, {@code store} makes a folder
 * of them appear all at once, verified, or not at all. A tensor is a name, a shape and bytes;
 * nothing here knows a training engine.
 */
package dev.neostream.checkpoint;
