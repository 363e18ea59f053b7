package dev.neostream.tokens.mixture;

/** What is done about a domain whose next block does not come, while its lanes are open. */
public enum WhenSilent {
  /** Training waits. */
  WAIT,
  /** Its share goes to the others until it has a step's rows again. */
  SHARE,
  /**
   * It is read again from its start, up to {@link SequencerSettings#maxEpochs} times; then as
   * SHARE.
   */
  REPEAT
}
