package dev.neostream.ops.eval;

import static dev.neostream.ops.DefinitionFile.require;

import dev.neostream.ops.eval.DataFile.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Of several continuations the one that the model finds likeliest:
 *
 * <pre>
 *   prompt: "Question: {question}\nAnswer:"   # may be empty: minimal pairs
 *   choices: choices.text                     # a field that is a list, or a list of templates
 *   labels: choices.label                     # names of the choices, likewise (default: none)
 *   target: "{answerKey}"                     # a label; without labels a place, from 0
 *   delimiter: " "                            # before a choice (default)
 *   description: ""                           # stands before everything (default)
 *   fewshot: {count: 5, data: dev.jsonl, seed: 1}   # default: none; without seed the first
 *   metrics: [acc, acc_norm]                  # default: [acc]
 * </pre>
 *
 * <p>{@code acc}: the sum of the choice's log-probabilities is the greatest; {@code acc_norm}:
 * divided by its length in code points; {@code acc_bytes}: in bytes of UTF-8, both without the
 * delimiter. Of equal ones the first counts. So lm-evaluation-harness has it ({@code
 * ConfigurableTask.process_results}).
 */
record ChoiceTask(
    String name,
    int version,
    List<String> data,
    Template group,
    Template description,
    Template prompt,
    TextList choices,
    TextList labels,
    Template target,
    String delimiter,
    FewShot fewshot,
    List<String> metrics)
    implements EvalTask {

  /** What a choice's log-probability is divided by, by metric. */
  private static final Map<String, ToDoubleFunction<String>> LENGTHS =
      Map.of(
          "acc", choice -> 1,
          "acc_norm", choice -> choice.codePointCount(0, choice.length()),
          "acc_bytes", choice -> choice.getBytes(StandardCharsets.UTF_8).length);

  ChoiceTask {
    data = List.copyOf(data);
    metrics = List.copyOf(metrics);
    require(!choices.isEmpty(), "choices", "given", "choices=[]");
    require(
        !metrics.isEmpty() && LENGTHS.keySet().containsAll(metrics),
        "metrics",
        "some of acc, acc_norm, acc_bytes",
        metrics);
  }

  @Override
  public Question question(Item item, List<Item> shots) {
    String context = Shots.context(description, prompt, delimiter, this::answer, item, shots);
    List<String> texts = choices(item);
    int right = right(item, texts);
    return model -> ask(model, context, texts, right);
  }

  private Outcome ask(LanguageModel model, String context, List<String> texts, int right)
      throws IOException, InterruptedException {
    double[] sums = new double[texts.size()];
    boolean truncated = false;
    for (int i = 0; i < sums.length; i++) {
      Continuation continuation = Continuation.of(model, context, delimiter + texts.get(i));
      truncated |= continuation.truncated();
      sums[i] = continuation.logProbability(model);
    }
    Map<String, Measure> measures = new LinkedHashMap<>();
    for (String metric : metrics) {
      int best = best(sums, texts, LENGTHS.get(metric));
      measures.put(metric, new Measure(best == right ? 1 : 0, 1, 1.0 / sums.length));
    }
    return new Outcome(measures, truncated);
  }

  private static int best(double[] sums, List<String> texts, ToDoubleFunction<String> length) {
    int best = 0;
    for (int i = 1; i < sums.length; i++) {
      if (sums[i] / length.applyAsDouble(texts.get(i))
          > sums[best] / length.applyAsDouble(texts.get(best))) {
        best = i;
      }
    }
    return best;
  }

  private String answer(Item item) {
    List<String> texts = choices(item);
    return texts.get(right(item, texts));
  }

  private List<String> choices(Item item) {
    List<String> texts = choices.fill(item.fields());
    if (texts.size() < 2 || texts.contains("")) {
      throw new IllegalArgumentException(
          "there must be two choices or more, none empty: choices=" + texts);
    }
    return texts;
  }

  private int right(Item item, List<String> texts) {
    String answer = target.fill(item.fields());
    if (labels.isEmpty()) {
      if (!answer.matches("\\d{1,9}") || Integer.parseInt(answer) >= texts.size()) {
        throw new IllegalArgumentException(
            "a target must be a choice's place, from 0: target="
                + answer
                + ", choices="
                + texts.size());
      }
      return Integer.parseInt(answer);
    }
    List<String> names = labels.fill(item.fields());
    if (names.size() != texts.size()) {
      throw new IllegalArgumentException(
          "every choice must have a label: labels=" + names.size() + ", choices=" + texts.size());
    }
    int place = names.indexOf(answer);
    if (place < 0 || place != names.lastIndexOf(answer)) {
      throw new IllegalArgumentException(
          "a target must be one of the labels: target=" + answer + ", labels=" + names);
    }
    return place;
  }
}
