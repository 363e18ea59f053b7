/**
 * Alignment: a stored model is trained further, on answers. Pure loops over {@code model} and the
 * ports of {@code train}; where blocks come from and checkpoints go is not theirs to know.
 *
 * <p>Read {@link dev.neostream.trainer.align.FineTuningSettings} (what is trained, how), then
 * {@link dev.neostream.trainer.align.SupervisedFineTuning}.
 */
package dev.neostream.trainer.align;
