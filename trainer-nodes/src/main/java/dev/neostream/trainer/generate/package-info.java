/**
 * Text generation from a trained model: {@link dev.neostream.trainer.generate.Generator} for a
 * sample at a run's end, {@link dev.neostream.trainer.generate.Completer} for a server.
 */
package dev.neostream.trainer.generate;
