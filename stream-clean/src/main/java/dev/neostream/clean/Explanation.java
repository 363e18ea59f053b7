package dev.neostream.clean;

import dev.neostream.clean.rule.Finding;
import java.util.List;

/**
 * Everything cleaning knows about a document.
 *
 * @param outcome the decision
 * @param language language found; empty for a document without text
 * @param languageScore its score, 0 to 1
 * @param kind kind of page whose rules judge it; empty where there are none
 * @param text main text, before edits
 * @param findings every rule of that kind, in order
 */
public record Explanation(
    Cleaned outcome,
    String language,
    double languageScore,
    String kind,
    String text,
    List<Finding> findings) {

  public Explanation {
    findings = List.copyOf(findings);
  }
}
