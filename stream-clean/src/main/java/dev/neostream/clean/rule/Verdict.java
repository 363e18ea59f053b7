package dev.neostream.clean.rule;

import dev.neostream.schemas.Rejection;

/** What a rule makes of a page. */
public sealed interface Verdict {

  Verdict KEEP = new Keep();

  /** The page may stay. */
  record Keep() implements Verdict {}

  /** The page must go. */
  record Drop(Rejection rejection) implements Verdict {}
}
