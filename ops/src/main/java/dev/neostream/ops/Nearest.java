package dev.neostream.ops;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The valid name that a user most likely meant. */
public final class Nearest {

  /** A name that differs in more letters was hardly meant. */
  private static final int FURTHEST = 3;

  private Nearest() {}

  /** Returns the valid name that differs in the fewest letters, empty if none is near. */
  public static Optional<String> to(String given, Collection<String> valid) {
    var distance = LevenshteinDistance.getDefaultInstance();
    // Of a name of three letters, three others are not a slip.
    int furthest = Math.min(FURTHEST, (given.length() + 1) / 2);
    return valid.stream()
        .filter(name -> distance.apply(given, name) <= furthest)
        .min(Comparator.comparingInt(name -> distance.apply(given, name)));
  }
}
