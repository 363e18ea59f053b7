/** Text generation from a trained model. */
package dev.neostream.trainer.generate;
