package dev.neostream.clean;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import java.util.Optional;

/** What cleaning makes of a raw document. */
public sealed interface Cleaned {

  /** Language found; empty when it was not asked for. */
  String language();

  /** Mixture domain the document goes to, or would have gone to; empty when not known. */
  String domain();

  /** What the shadow profile makes of it; empty without a shadow, or where no rule was reached. */
  Optional<Shadow> shadow();

  /** The document as UTF-8 text with its domain, language and language score. */
  record Clean(Envelope document, Optional<Shadow> shadow, Masks masks) implements Cleaned {
    @Override
    public String language() {
      return document.language;
    }

    @Override
    public String domain() {
      return document.domain;
    }
  }

  /** Why the document is not passed on. */
  record Rejected(Rejection rejection, String language, String domain, Optional<Shadow> shadow)
      implements Cleaned {}

  /** How much personal data was masked. */
  record Masks(int emails, int addresses, int phones) {

    static final Masks NONE = new Masks(0, 0, 0);
  }

  /** The shadow's verdict: its reason for rejecting, or nothing where it would have kept. */
  record Shadow(Optional<Rejection> rejection) {}
}
