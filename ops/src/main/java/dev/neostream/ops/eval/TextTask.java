package dev.neostream.ops.eval;

import dev.neostream.ops.eval.DataFile.Item;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * How well the model predicts whole texts:
 *
 * <pre>
 *   text: "{text}"
 *   group: "{domain}"
 * </pre>
 *
 * <p>Its metric {@code bits_per_byte} is minus the sum of the log-probabilities of all tokens of
 * all texts, base 2, over the sum of their bytes of UTF-8; it does not depend on the tokenizer as a
 * perplexity a token does (lm-evaluation-harness, {@code bits_per_byte}). A long text is cut by
 * {@link Continuation#windows}. By chance, all bytes alike, a byte takes 8 bits; less is better.
 */
record TextTask(String name, int version, List<String> data, Template group, Template text)
    implements EvalTask {

  private static final String METRIC = "bits_per_byte";

  private static final double CHANCE = 8;

  TextTask {
    data = List.copyOf(data);
  }

  @Override
  public List<String> metrics() {
    return List.of(METRIC);
  }

  @Override
  public FewShot fewshot() {
    return new FewShot(0, null, null);
  }

  @Override
  public Question question(Item item, List<Item> shots) {
    String whole = text.fill(item.fields());
    if (whole.isEmpty()) {
      throw new IllegalArgumentException("a text must not be empty");
    }
    return model -> {
      double nats = 0;
      for (Continuation window : Continuation.windows(model, whole)) {
        nats -= window.logProbability(model);
      }
      double bytes = whole.getBytes(StandardCharsets.UTF_8).length;
      return new Outcome(Map.of(METRIC, new Measure(nats / Math.log(2), bytes, CHANCE)), false);
    };
  }
}
