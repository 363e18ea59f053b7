/** Scaling laws: loss as a function of parameters and tokens, fitted, predicted, optimised. */
package dev.neostream.trainer.scaling;
