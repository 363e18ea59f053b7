/** Settings of the optimizer. The arithmetic runs in libtorch, see {@code model.TorchProgram}. */
package dev.neostream.trainer.optim;
