/**
 * The Llama-style decoder: its shape, where its parameters lie, and the TorchScript program that
 * computes it inside libtorch. Letters: B rows, T tokens, D model width, H head width, F hidden
 * width, V vocabulary.
 */
package dev.neostream.trainer.model;
