package dev.neostream.clean;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;

/** What cleaning makes of a raw document. */
public sealed interface Cleaned {

  /** The document as UTF-8 text with its domain, language and language score. */
  record Clean(Envelope document) implements Cleaned {}

  /** Why the document is not passed on. */
  record Rejected(Rejection rejection) implements Cleaned {}
}
