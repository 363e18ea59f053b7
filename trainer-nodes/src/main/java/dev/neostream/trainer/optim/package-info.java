/** Settings of the optimizer. The arithmetic runs in libtorch, see {@code model.Training}. */
package dev.neostream.trainer.optim;
