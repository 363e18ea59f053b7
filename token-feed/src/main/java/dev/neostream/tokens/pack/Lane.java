package dev.neostream.tokens.pack;

import dev.neostream.schemas.DocumentId;

/**
 * Where a document's tokens go: a domain's lanes are independent sequences of blocks. The choice
 * depends on the document id alone.
 *
 * @param domain mixture domain, or {@code heldout.<domain>} for documents never trained on
 * @param lane 0 .. lanes-1; held-out domains have one lane
 */
public record Lane(String domain, int lane) {

  /** Prefix of the domains that hold evaluation documents. */
  public static final String HELD_OUT = "heldout.";

  /**
   * Returns the lane of a document.
   *
   * @param lanes lanes a domain has
   * @param heldOutEvery one document in this many is held out; 0 for none
   */
  public static Lane of(String documentId, String domain, int lanes, int heldOutEvery) {
    long bits = DocumentId.bits(documentId);
    if (heldOutEvery > 0 && Long.remainderUnsigned(bits, heldOutEvery) == 0) {
      return new Lane(HELD_OUT + domain, 0);
    }
    return new Lane(domain, (int) Long.remainderUnsigned(bits >>> 32, lanes));
  }
}
