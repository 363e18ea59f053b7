/**
 * Alignment: a stored model is trained further, on answers or on preferences. Pure loops over
 * {@code model} and the ports of {@code train}; where blocks come from and checkpoints go is not
 * theirs to know.
 *
 * <p>Read {@link dev.neostream.trainer.align.FineTuningSettings} (what is trained, how), then
 * {@link dev.neostream.trainer.align.SupervisedFineTuning}; of preferences, {@link
 * dev.neostream.trainer.align.PreferenceLoss} and {@link
 * dev.neostream.trainer.align.PreferenceTuning}.
 */
package dev.neostream.trainer.align;
