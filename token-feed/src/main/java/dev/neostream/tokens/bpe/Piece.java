package dev.neostream.tokens.bpe;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What an id stands for.
 *
 * @param kind how it comes about
 * @param text how people write it; for learned and user pieces also what it decodes to
 */
public record Piece(Kind kind, String text) {

  /** How a piece comes about. Fingerprints hold the ordinals: add kinds at the end only. */
  public enum Kind {
    /** A mark such as {@code </s>}: never made from text and without text of its own. */
    @JsonProperty("control")
    CONTROL,
    /** One byte of a character outside the alphabet, {@code <0x00>} to {@code <0xFF>}. */
    @JsonProperty("byte")
    BYTE,
    /** Made by merges: a smaller id is an earlier merge. */
    @JsonProperty("learned")
    LEARNED,
    /** Text that is always this one id, whatever stands around it, and never part of a merge. */
    @JsonProperty("user")
    USER
  }
}
