package dev.neostream.ops.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Lengths of phases that are given in tokens: {@code tokens} of the phase, or {@code untilTokens}
 * of the run. A phase ends at the step whose end comes nearest to that number, half up, counted
 * from the start of the run: roundings do not add up, and the run is at most half a step off.
 */
final class PhaseLengths {

  private static final String TOKENS = "tokens";
  private static final String UNTIL = "untilTokens";
  private static final String STEPS = "steps";

  private PhaseLengths() {}

  /**
   * Puts steps in place of tokens.
   *
   * @param run a run, all of its fields given
   */
  static void resolve(JsonNode run, Problems problems) {
    long tokensAStep =
        run.path("mixture").path("rows").asLong()
            * run.path("tokenize").path("sequenceLength").asLong();
    long tokens = 0;
    long steps = 0;
    for (int i = 0; i < run.path("mixture").path("phases").size(); i++) {
      if (!(run.path("mixture").path("phases").get(i) instanceof ObjectNode phase)) {
        continue;
      }
      String length = phase.path(TOKENS).asText();
      String until = phase.path(UNTIL).asText();
      phase.remove(TOKENS);
      phase.remove(UNTIL);
      if (length.isEmpty() && until.isEmpty()) {
        steps += phase.path(STEPS).asLong();
        tokens += phase.path(STEPS).asLong() * tokensAStep;
        continue;
      }
      String name = length.isEmpty() ? UNTIL : TOKENS;
      String key = SpecFile.PHASES + "[" + i + "]." + name;
      if (phase.path(STEPS).asLong() != 0 || !(length.isEmpty() || until.isEmpty())) {
        problems.add(key, "only one of steps, tokens and untilTokens may be given: " + key);
        continue;
      }
      try {
        tokens = length.isEmpty() ? StepCount.tokens(until) : tokens + StepCount.tokens(length);
      } catch (IllegalArgumentException e) {
        problems.add(key, key + ": " + e.getMessage());
        continue;
      }
      long end = tokensAStep > 0 ? StepCount.steps(tokens, tokensAStep) : 0;
      phase.put(STEPS, Math.max(1, end - steps));
      if (tokensAStep > 0 && end <= steps) {
        problems.add(
            key,
            key
                + " must reach at least one step of "
                + tokensAStep
                + " tokens beyond the phase before: "
                + key
                + "="
                + (length.isEmpty() ? until : length)
                + ", steps before="
                + steps);
      }
      steps = end;
    }
  }
}
