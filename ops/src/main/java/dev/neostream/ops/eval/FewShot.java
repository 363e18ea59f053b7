package dev.neostream.ops.eval;

import static dev.neostream.ops.DefinitionFile.require;

/**
 * Records with their answers that stand before a question; they are of its group, and none is the
 * question itself.
 *
 * @param count how many
 * @param data where they are taken from, absolute; null takes the task's own data
 * @param seed draws them without replacement, other ones for every question; null takes the first
 */
record FewShot(int count, String data, Long seed) {

  FewShot {
    require(count >= 0 && count <= 1000, "count of fewshot", "0 to 1000", count);
  }
}
