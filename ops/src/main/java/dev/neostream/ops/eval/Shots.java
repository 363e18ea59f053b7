package dev.neostream.ops.eval;

import dev.neostream.ops.eval.DataFile.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Chooses the records that are shown before a question. */
final class Shots {

  /** What stands between two of them, as in lm-evaluation-harness. */
  private static final String BETWEEN = "\n\n";

  private final FewShot rule;
  private final Template group;
  private final Map<String, List<Item>> pool = new HashMap<>();

  /**
   * @param group records show answers to questions of their own group alone
   * @throws IllegalArgumentException if a record has no group
   */
  Shots(FewShot rule, Template group, List<Item> pool) {
    this.rule = rule;
    this.group = group;
    if (rule.count() > 0) {
      pool.forEach(
          item ->
              this.pool
                  .computeIfAbsent(group.fill(item.fields()), g -> new ArrayList<>())
                  .add(item));
    }
  }

  /**
   * Returns the records for a question: always the same, whatever else is asked.
   *
   * @throws IllegalArgumentException if there are too few
   */
  List<Item> before(Item question) {
    List<Item> own =
        rule.count() == 0 ? List.of() : pool.getOrDefault(group.fill(question.fields()), List.of());
    List<Item> chosen = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    SplittableRandom random =
        rule.seed() == null ? null : new SplittableRandom(rule.seed() + question.line());
    while (chosen.size() < rule.count() && seen.size() < own.size()) {
      int next = random == null ? seen.size() : random.nextInt(own.size());
      if (seen.add(next) && !own.get(next).fields().equals(question.fields())) {
        chosen.add(own.get(next));
      }
    }
    if (chosen.size() < rule.count()) {
      throw new IllegalArgumentException(
          "there must be enough other records to show: fewshot="
              + rule.count()
              + ", records="
              + chosen.size());
    }
    return chosen;
  }

  /**
   * Returns the text before an answer.
   *
   * @param delimiter what stands between a prompt and its answer
   * @param answer of a record, as it is shown
   */
  static String context(
      Template description,
      Template prompt,
      String delimiter,
      Function<Item, String> answer,
      Item question,
      List<Item> shots) {
    var context = new StringBuilder(description.fill(question.fields()));
    for (Item shot : shots) {
      context
          .append(prompt.fill(shot.fields()))
          .append(delimiter)
          .append(answer.apply(shot))
          .append(BETWEEN);
    }
    return context.append(prompt.fill(question.fields())).toString();
  }
}
