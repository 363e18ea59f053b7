package dev.neostream.tokens.job;

import dev.neostream.tokens.pack.Lane;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How documents become blocks.
 *
 * @param tokenizerFile file of the tokenizer, readable by every task
 * @param tokenizer fingerprint that the file must have
 * @param sequenceLength tokens a block predicts
 * @param domains mixture domains; a document of another domain is rejected
 * @param lanes lanes a domain has
 * @param heldOutEvery one document in this many is kept for evaluation; 0 for none
 */
public record TokenizeConfig(
    String tokenizerFile,
    String tokenizer,
    int sequenceLength,
    List<String> domains,
    int lanes,
    int heldOutEvery)
    implements Serializable {

  public TokenizeConfig {
    domains = new ArrayList<>(domains);
    if (domains.isEmpty()) {
      throw new IllegalArgumentException("domains must not be empty");
    }
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes must be at least 1: lanes=" + lanes);
    }
    if (heldOutEvery < 0 || heldOutEvery == 1) {
      throw new IllegalArgumentException(
          "heldOutEvery must be 0 or at least 2: heldOutEvery=" + heldOutEvery);
    }
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
      if (heldOutEvery > 0) {
        all.add(new Lane(Lane.HELD_OUT + domain, 0));
      }
    }
    return all;
  }
}
