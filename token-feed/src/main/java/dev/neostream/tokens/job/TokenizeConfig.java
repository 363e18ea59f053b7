package dev.neostream.tokens.job;

import dev.neostream.tokens.pack.Lane;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How documents become blocks.
 *
 * @param tokenizerFile file of the tokenizer, readable by every task
 * @param tokenizer fingerprint that the file must have
 * @param sequenceLength tokens a block predicts
 * @param domains mixture domains; a document of another domain is rejected
 * @param lanes lanes a domain has
 * @param heldOutEvery one document in this many is kept for evaluation; 0 for none
 * @param heldOutEveryOf the same for single domains
 */
public record TokenizeConfig(
    String tokenizerFile,
    String tokenizer,
    int sequenceLength,
    List<String> domains,
    int lanes,
    int heldOutEvery,
    Map<String, Integer> heldOutEveryOf)
    implements Serializable {

  public TokenizeConfig {
    domains = new ArrayList<>(domains);
    if (domains.isEmpty()) {
      throw new IllegalArgumentException("domains must not be empty");
    }
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes must be at least 1: lanes=" + lanes);
    }
    heldOutEveryOf = new TreeMap<>(heldOutEveryOf);
    requireShare("heldOutEvery", heldOutEvery);
    heldOutEveryOf.forEach((domain, every) -> requireShare("heldOutEveryOf." + domain, every));
  }

  private static void requireShare(String name, int every) {
    if (every < 0 || every == 1) {
      throw new IllegalArgumentException(name + " must be 0 or at least 2: " + name + "=" + every);
    }
  }

  /** Returns the lane of a document. */
  Lane lane(String documentId, String domain) {
    return Lane.of(documentId, domain, lanes, heldOutEvery(domain));
  }

  private int heldOutEvery(String domain) {
    return heldOutEveryOf.getOrDefault(domain, heldOutEvery);
  }

  Path tokenizerPath() {
    return Path.of(tokenizerFile);
  }

  /** Every lane there is, held-out ones included. */
  public List<Lane> allLanes() {
    var all = new ArrayList<Lane>();
    for (String domain : domains) {
      for (int lane = 0; lane < lanes; lane++) {
        all.add(new Lane(domain, lane));
      }
      if (heldOutEvery(domain) > 0) {
        all.add(new Lane(Lane.HELD_OUT + domain, 0));
      }
    }
    return all;
  }
}
