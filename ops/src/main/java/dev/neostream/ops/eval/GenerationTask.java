package dev.neostream.ops.eval;

import static dev.neostream.ops.DefinitionFile.require;

import dev.neostream.ops.eval.DataFile.Item;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * What the model writes, greedily, compared with what it should have written:
 *
 * <pre>
 *   prompt: "Question: {question}\nAnswer:"
 *   target: "{answer}"
 *   delimiter: " "              # before an answer that is shown (default)
 *   description, fewshot        # as in a choice
 *   stop: ["Question:"]         # texts that end an answer (default: none)
 *   maxTokens: 256              # that end it too (default)
 *   extract: '#### (-?[0-9]+)'  # regular expression; its first group that is not empty, else
 *                               # all of the match; no match never is right (default: the whole)
 *   pick: first                 # match, or last (default: first)
 *   ignore: [',', '\$']         # regular expressions taken out of both (default: none)
 *   ignoreCase: false           # default
 * </pre>
 *
 * <p>Its metric {@code exact_match} is that of lm-evaluation-harness ({@code
 * exact_match_hf_evaluate} after {@code RegexFilter}). By chance nothing is right.
 */
record GenerationTask(
    String name,
    int version,
    List<String> data,
    Template group,
    Template description,
    Template prompt,
    Template target,
    String delimiter,
    FewShot fewshot,
    List<String> stop,
    int maxTokens,
    Expression extract,
    Pick pick,
    List<Expression> ignore,
    boolean ignoreCase)
    implements EvalTask {

  private static final String METRIC = "exact_match";

  /** What is compared where nothing was extracted. */
  private static final String INVALID = "[invalid]";

  private static final int MOST_STOPS = 16;

  /** Which of several matches counts. */
  enum Pick {
    FIRST,
    LAST
  }

  GenerationTask {
    data = List.copyOf(data);
    stop = List.copyOf(stop);
    ignore = List.copyOf(ignore);
    require(
        stop.size() <= MOST_STOPS && !stop.contains(""),
        "stop",
        "at most " + MOST_STOPS + " texts, none empty",
        stop);
    require(maxTokens >= 1, "maxTokens", "at least 1", maxTokens);
  }

  @Override
  public List<String> metrics() {
    return List.of(METRIC);
  }

  @Override
  public void requireRoom(int context) {
    if (maxTokens >= context) {
      throw new IllegalArgumentException(
          "maxTokens must leave room for a prompt: maxTokens="
              + maxTokens
              + ", the model's context="
              + context);
    }
  }

  @Override
  public Question question(Item item, List<Item> shots) {
    String expected = target.fill(item.fields());
    String context =
        Shots.context(
            description, prompt, delimiter, shot -> target.fill(shot.fields()), item, shots);
    return model -> ask(model, context, expected);
  }

  private Outcome ask(LanguageModel model, String context, String expected)
      throws IOException, InterruptedException {
    int[] ids = context.isEmpty() ? new int[] {model.prefix()} : model.encode(context);
    int most = model.context() - maxTokens;
    int[] kept = Arrays.copyOfRange(ids, Math.max(0, ids.length - most), ids.length);
    boolean right = isRight(model.generate(kept, maxTokens, stop), expected);
    return new Outcome(Map.of(METRIC, new Measure(right ? 1 : 0, 1, 0)), ids.length > most);
  }

  /** Whether a text counts as the expected one. */
  boolean isRight(String written, String expected) {
    return compared(extracted(written)).equals(compared(expected));
  }

  private String extracted(String written) {
    if (extract.pattern().isEmpty()) {
      return written;
    }
    String found = INVALID;
    Matcher matches = extract.compiled().matcher(written);
    while (matches.find()) {
      found = captured(matches);
      if (pick == Pick.FIRST) {
        break;
      }
    }
    return found;
  }

  private static String captured(Matcher match) {
    if (match.groupCount() == 0) {
      return match.group().strip();
    }
    return IntStream.rangeClosed(1, match.groupCount())
        .mapToObj(match::group)
        .filter(group -> group != null && !group.isEmpty())
        .findFirst()
        .map(String::strip)
        .orElse(match.groupCount() == 1 ? "" : INVALID);
  }

  private String compared(String text) {
    String rest = text;
    for (Expression left : ignore) {
      rest = left.compiled().matcher(rest).replaceAll("");
    }
    return ignoreCase ? rest.toLowerCase(Locale.ROOT) : rest;
  }
}
