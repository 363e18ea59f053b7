/**
 * The data mixture: which domain's tokens train the model at which step, and at which learning
 * rate.
 *
 * <p>{@link dev.neostream.tokens.mixture.MixturePlan} says what is asked; {@link
 * dev.neostream.tokens.mixture.DomainSampler} turns shares into rows; {@link
 * dev.neostream.tokens.mixture.Sequencer} turns sealed blocks, plans and finished steps into the
 * batch manifest. Plain Java: no clock, no randomness, no engine.
 */
package dev.neostream.tokens.mixture;
